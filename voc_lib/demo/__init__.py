"""Demo data: seeded, made-up exports of all three sources, with everything planted that the reports should find.

Stands apart from the rooms: it uses the profile and nothing else, and no stage knows that it exists.
"""

from voc_lib.demo.files import write_demo
from voc_lib.demo.guard import check_demo, remove_demo

__all__ = ["check_demo", "remove_demo", "write_demo"]
