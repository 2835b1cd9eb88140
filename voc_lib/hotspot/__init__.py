"""Hot issues, concentrated problems and typical cases of a branch and month."""

from voc_lib.hotspot.compared import compared_problems
from voc_lib.hotspot.concentrated import concentrated_problems
from voc_lib.hotspot.find import find_hotspots
from voc_lib.hotspot.funnel import outlet_funnel
from voc_lib.hotspot.gatherings import gathering_places
from voc_lib.hotspot.overview import burst_overview, daily_counts, hotspot_overview
from voc_lib.hotspot.span import issues_of_span
from voc_lib.hotspot.typical import shortened, text_vectors, typical_rows

__all__ = [
    "burst_overview",
    "compared_problems",
    "concentrated_problems",
    "daily_counts",
    "find_hotspots",
    "gathering_places",
    "hotspot_overview",
    "issues_of_span",
    "outlet_funnel",
    "shortened",
    "text_vectors",
    "typical_rows",
]
