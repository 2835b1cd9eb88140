"""params/thresholds.yaml: every number that decides something, one group a room."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from voc_lib.params.base import Settings

__all__ = [
    "CategoriseSettings",
    "HeatWeights",
    "HotspotSettings",
    "IngestSettings",
    "ReportSettings",
    "SentimentSettings",
    "Thresholds",
]


class IngestSettings(Settings):
    """Landing and linking."""

    max_text_chars: int = Field(default=20_000, ge=100)
    max_zip_entries: int = Field(default=1_000, ge=1)
    max_zip_mb: int = Field(default=8_000, ge=1)
    link_days: int = Field(default=31, ge=0, le=62)
    link_similarity: float = Field(default=0.6, gt=0, le=1)


class CategoriseSettings(Settings):
    """When a decision counts as the rules', and when an expert should look."""

    rule_decides: float = Field(default=0.8, ge=0, le=1)
    review_below: float = Field(default=0.6, ge=0, le=1)


class SentimentSettings(Settings):
    """Sentiment engine."""

    engine: Literal["voc", "snownlp"] = "voc"


class HeatWeights(Settings):
    """How much each part of the heat index counts; only their ratios matter."""

    volume: float = Field(default=2.0, ge=0)
    growth: float = Field(default=5.0, ge=0)
    negative: float = Field(default=2.0, ge=0)
    escalation: float = Field(default=1.0, ge=0)

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if self.volume + self.negative + self.escalation <= 0:
            raise ValueError("one of volume, negative and escalation must count, for a month without history")
        return self


class HotspotSettings(Settings):
    """Hot issues."""

    false_discovery_rate: float = Field(default=0.1, gt=0, lt=1)
    prior_months: int = Field(default=6, ge=1)
    prior_records: float = Field(default=2.0, gt=0)
    min_records: int = Field(default=5, ge=1)
    max_issues: int = Field(default=10, ge=1)
    typical_cases: int = Field(default=3, ge=1)
    heat: HeatWeights = HeatWeights()


class ReportSettings(Settings):
    """What the reports show."""

    top_issues: int = Field(default=5, ge=1)
    top_categories: int = Field(default=10, ge=1)
    small_number: int = Field(default=10, ge=1)
    small_change: int = Field(default=50, ge=1)
    journey_days: int = Field(default=62, ge=1, le=366)
    journey_contacts: int = Field(default=3, ge=3)


class Thresholds(Settings):
    """All groups."""

    ingest: IngestSettings = IngestSettings()
    categorise: CategoriseSettings = CategoriseSettings()
    sentiment: SentimentSettings = SentimentSettings()
    hotspot: HotspotSettings = HotspotSettings()
    report: ReportSettings = ReportSettings()
