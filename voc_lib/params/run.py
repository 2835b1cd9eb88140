"""params/run.yaml: the centre and the moment a run stands for."""

from __future__ import annotations

import zoneinfo
from datetime import datetime

from pydantic import Field, field_validator

from voc_lib.params.base import Settings

__all__ = ["RunSettings"]


class RunSettings(Settings):
    """The run as a whole."""

    profile: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    centre: str
    head_office: str
    report_title: str
    head_office_title: str
    customer_voice: str
    time_zone: str = "Asia/Shanghai"
    as_of: datetime | None = None
    history_months: int = Field(default=12, ge=1, le=60)
    days_to_answer: int = Field(default=15, ge=1, le=365)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"not an IANA time zone: {value}") from error
        return value
