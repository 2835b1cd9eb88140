"""Ingestion: raw exports become the landed table, the quarantine and the ledger; voices on one matter are linked."""

from voc_lib.ingest.editorial import land_editorial
from voc_lib.ingest.feedback import keep_answers, land_feedback
from voc_lib.ingest.forgetting import Trace, forget, trace
from voc_lib.ingest.landing import land
from voc_lib.ingest.linking import link_matters
from voc_lib.ingest.pattern import odd_days
from voc_lib.ingest.quality import daily_counts, intake, refusals
from voc_lib.ingest.retention import Purge, purge
from voc_lib.ingest.state import FileReport, LandReport, landed_months

__all__ = [
    "FileReport",
    "LandReport",
    "Purge",
    "Trace",
    "daily_counts",
    "forget",
    "intake",
    "keep_answers",
    "land",
    "land_editorial",
    "land_feedback",
    "landed_months",
    "link_matters",
    "odd_days",
    "purge",
    "refusals",
    "trace",
]
