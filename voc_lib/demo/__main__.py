"""`python -m voc_lib.demo check|forget FOLDER`: what the Makefile asks before it runs or cleans."""

from __future__ import annotations

import argparse
import sys

from voc_lib.demo.guard import check_demo, remove_demo
from voc_lib.errors import VocError


def main() -> int:
    """Check that demo data and other files are not mixed, or take the demo data away; 2 with a message otherwise."""
    parser = argparse.ArgumentParser(prog="python -m voc_lib.demo", description=__doc__)
    parser.add_argument("what", choices=("check", "forget"))
    parser.add_argument("folder")
    options = parser.parse_args()
    try:
        is_demo = check_demo(options.folder)
        if options.what == "forget" and is_demo:
            remove_demo(options.folder)
    except VocError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
