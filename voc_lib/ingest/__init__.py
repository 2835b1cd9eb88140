"""Ingestion: raw exports become the landed table, the quarantine and the ledger; voices on one matter are linked."""

from voc_lib.ingest.editorial import land_editorial
from voc_lib.ingest.landing import land
from voc_lib.ingest.linking import link_matters
from voc_lib.ingest.quality import daily_counts, intake, refusals
from voc_lib.ingest.state import FileReport, LandReport, landed_months

__all__ = [
    "FileReport",
    "LandReport",
    "daily_counts",
    "intake",
    "land",
    "land_editorial",
    "landed_months",
    "link_matters",
    "refusals",
]
