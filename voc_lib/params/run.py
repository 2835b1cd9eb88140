"""params/run.yaml: the centre and the moment a run stands for."""

from __future__ import annotations

import re
import zoneinfo
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import Field, field_validator

from voc_lib.params.base import Settings

__all__ = ["RunSettings", "Words"]


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Words(Settings):
    """What a centre calls those it works for and with."""

    branch: str = Field(default="分行", min_length=1)
    # How branches are counted: 6家分行, 9个区县.
    branch_measure: str = Field(default="家", min_length=1)
    outlet: str = Field(default="网点", min_length=1)
    customer: str = Field(default="客户", min_length=1)
    sources: dict[Literal["work_order", "complaint_intent", "survey"], str] = Field(default_factory=dict)


class RunSettings(Settings):
    """The run as a whole."""

    profile: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    centre: str
    head_office: str
    report_title: str
    head_office_title: str
    customer_voice: str
    words: Words = Words()
    time_zone: str = "Asia/Shanghai"
    as_of: datetime | None = None
    keep_raw_days: int | None = Field(default=None, ge=1)
    history_months: int = Field(default=12, ge=1, le=60)
    days_to_answer: int = Field(default=15, ge=1, le=365)
    days_to_answer_by_department: dict[str, Annotated[int, Field(ge=1, le=365)]] = Field(default={})

    def days_of(self, department: str) -> int:
        """Days within which that department owes an answer."""
        return self.days_to_answer_by_department.get(department, self.days_to_answer)

    @field_validator("as_of", mode="before")
    @classmethod
    def _moment(cls, value: object) -> object:
        """A bare date is the end of that day; a number is no moment, though it could be read as seconds since 1970."""
        if isinstance(value, (int, float)) or (isinstance(value, str) and value.strip().isdigit()):
            raise ValueError("a date or a time such as 2013-05-31 or 2013-05-31T18:00:00")
        if isinstance(value, str) and _DATE.fullmatch(value.strip()):
            value = date.fromisoformat(value.strip())
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time(23, 59, 59))
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"not an IANA time zone: {value}") from error
        return value
