"""The profile: everything that distinguishes one centre from another, read once from params/ and validated."""

from voc_lib.params.load import Profile, load_profile
from voc_lib.params.masking import Masking
from voc_lib.params.parts import PROFILE_PARTS, check_parts, part_digests, restricted
from voc_lib.params.sources import SourceSettings
from voc_lib.params.taxonomy import Category, Taxonomy
from voc_lib.params.thresholds import CategoriseSettings, HotspotSettings, ReportSettings, SentimentSettings

__all__ = [
    "PROFILE_PARTS",
    "CategoriseSettings",
    "Category",
    "HotspotSettings",
    "Masking",
    "Profile",
    "ReportSettings",
    "SentimentSettings",
    "SourceSettings",
    "Taxonomy",
    "check_parts",
    "load_profile",
    "part_digests",
    "restricted",
]
