"""params/sources.yaml: which raw files hold which source, and how their columns map to the records table."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from voc_lib.params.base import Settings

__all__ = ["FIELDS", "REQUIRED_FIELDS", "LabelSettings", "SourceSettings", "Sources"]

FIELDS = (
    "record_id",
    "occurred_at",
    "branch",
    "outlet",
    "order_type",
    "channel",
    "customer",
    "text",
    "score",
    "level",
    "status",
    "reply",
    "replied_at",
)
REQUIRED_FIELDS = ("record_id", "occurred_at", "branch", "text")

FieldName = Literal[
    "record_id",
    "occurred_at",
    "branch",
    "outlet",
    "order_type",
    "channel",
    "customer",
    "text",
    "score",
    "level",
    "status",
    "reply",
    "replied_at",
]


_SAMPLE = datetime(2013, 5, 31, 14, 15, 16)


class SourceSettings(Settings):
    """The layout of one source's exports."""

    files: tuple[str, ...] = Field(min_length=1)
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    sheets: tuple[str, ...] | None = None
    columns: dict[FieldName, str]
    optional: tuple[FieldName, ...] = ()
    constants: dict[FieldName, str] = Field(default_factory=dict)
    drop: tuple[str, ...] = ()
    values: dict[FieldName, dict[str, str]] = Field(default_factory=dict)
    time_formats: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    placeholders: tuple[str, ...] = ("0", "无", "匿名", "未知", "-")
    text_required: bool = True
    score_required: bool = False

    @field_validator("encodings")
    @classmethod
    def _known_encodings(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            try:
                "".encode(name)
            except LookupError:
                raise ValueError(f"encodings that Python knows; {name} is none (usual: utf-8-sig, gb18030)") from None
        return value

    @field_validator("time_formats")
    @classmethod
    def _possible_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for form in value:
            try:
                sample = _SAMPLE.strftime(form)
                told = datetime.strptime(sample, form)
            except ValueError:
                told = None
            if told is None or told.date() != _SAMPLE.date():
                raise ValueError(f"formats with year, month and day such as %Y-%m-%d %H:%M:%S; {form!r} is none")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = {*self.columns, *self.constants}
        missing = [name for name in REQUIRED_FIELDS if name not in given]
        if missing:
            raise ValueError(f"no column or constant for {', '.join(missing)}")
        if self.score_required and "score" not in given:
            raise ValueError("score_required, but no column or constant for score")
        twice = [name for name in self.columns if name in self.constants]
        if twice:
            raise ValueError(f"both a column and a constant for {', '.join(twice)}")
        both = [column for column in self.drop if column in self.columns.values()]
        if both:
            raise ValueError(f"{', '.join(both)} cannot be both mapped and dropped")
        return self


LabelField = Literal["text", "tokens", "category", "sentiment", "intent", "spans"]


class LabelSettings(Settings):
    """The layout of files with labelled texts: the column of each field, and other ways of writing its values."""

    columns: dict[LabelField, str] = Field(default_factory=dict)
    values: dict[LabelField, dict[str, str]] = Field(default_factory=dict)

    def column(self, field: LabelField) -> str:
        """The column that holds a field; its own name unless the profile says otherwise."""
        return self.columns.get(field, field)


class Sources(Settings):
    """All three sources; one that a centre does not have is left out."""

    work_order: SourceSettings | None = None
    complaint_intent: SourceSettings | None = None
    survey: SourceSettings | None = None
    labels: LabelSettings = Field(default_factory=LabelSettings)

    def items(self) -> list[tuple[str, SourceSettings]]:
        """Name and settings of each source that the centre has."""
        pairs = [("work_order", self.work_order), ("complaint_intent", self.complaint_intent), ("survey", self.survey)]
        return [(name, settings) for name, settings in pairs if settings is not None]
