"""params/sources.yaml: which raw files hold which source, and how their columns map to the records table."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from voc_lib.params.base import Settings

__all__ = [
    "FIELDS",
    "REQUIRED_FIELDS",
    "BranchFrom",
    "LabelSettings",
    "QuerySettings",
    "SourceSettings",
    "Sources",
]

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
FIELDS: tuple[str, ...] = get_args(FieldName)
REQUIRED_FIELDS = ("record_id", "occurred_at", "branch", "text")


_SAMPLE = datetime(2013, 5, 31, 14, 15, 16)


# One heading, or several whose cells are put together, one a line.
Headings = str | Annotated[tuple[str, ...], Field(min_length=1)]


def _headings(given: Headings) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


class BranchFrom(Settings):
    """How a branch is found in another field, where the export has no column for it or leaves it empty."""

    field: FieldName = "text"
    patterns: tuple[str, ...] = Field(min_length=1)
    default: str | None = None

    @field_validator("patterns")
    @classmethod
    def _compile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            try:
                found = re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {pattern} ({error})") from error
            if found.groups > 1 or found.match("") is not None:
                raise ValueError(f"patterns that match a name, with one group at most around it; {pattern!r} does not")
        return value


_PASSWORD = re.compile(r"//[^/]*:[^/]*@|[?&;]\s*(?:password|passwd|pwd|token|secret)=", re.IGNORECASE)


class QuerySettings(Settings):
    """A table or a query of a database, read at each landing into a file below data/raw."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)
    url: str | None = None
    url_from: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    table: str | None = None
    sql: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("a query needs url (without a password) or url_from (a variable that holds it), not both")
        if (self.table is None) == (self.sql is None):
            raise ValueError("a query needs table or sql, not both")
        if self.url is not None and _PASSWORD.search(self.url):
            raise ValueError("a password does not belong into a profile: name a variable that holds the url (url_from)")
        return self


class SourceSettings(Settings):
    """The layout of one source's exports."""

    files: tuple[str, ...] = ()
    queries: tuple[QuerySettings, ...] = ()
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030", "big5hkscs")
    sheets: tuple[str, ...] | None = None
    columns: dict[FieldName, Headings]
    branch_from: BranchFrom | None = None
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

    def headings(self, field: str) -> tuple[str, ...]:
        """The columns that hold a field, in the order in which they are put together; none where it has no column."""
        return _headings(self.columns[field]) if field in self.columns else ()

    @property
    def mapped(self) -> tuple[str, ...]:
        """Every column that holds a field."""
        return tuple(heading for field in self.columns for heading in self.headings(field))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = {*self.columns, *self.constants, *(("branch",) if self.branch_from else ())}
        missing = [name for name in REQUIRED_FIELDS if name not in given]
        if missing:
            raise ValueError(f"no column or constant for {', '.join(missing)}")
        if self.score_required and "score" not in given:
            raise ValueError("score_required, but no column or constant for score")
        if not self.files and not self.queries:
            raise ValueError("neither files nor queries: nothing to read")
        names = [query.name for query in self.queries]
        if len(set(names)) < len(names):
            raise ValueError(f"queries given twice: {', '.join(sorted({n for n in names if names.count(n) > 1}))}")
        twice = [name for name in self.columns if name in self.constants]
        if twice:
            raise ValueError(f"both a column and a constant for {', '.join(twice)}")
        both = [column for column in self.drop if column in self.mapped]
        if both:
            raise ValueError(f"{', '.join(both)} cannot be both mapped and dropped")
        if self.branch_from and self.branch_from.field not in given - {"branch"}:
            raise ValueError(f"branch_from.field is {self.branch_from.field}, which has no column or constant")
        return self


LabelField = Literal["text", "tokens", "category", "sentiment", "intent", "spans"]


class LabelSettings(Settings):
    """The layout of files with labelled texts: the column of each field, and other ways of writing its values."""

    columns: dict[LabelField, Headings] = Field(default_factory=dict)
    values: dict[LabelField, dict[str, str]] = Field(default_factory=dict)

    def headings(self, field: LabelField) -> tuple[str, ...]:
        """The columns that hold a field; its own name unless the profile says otherwise."""
        return _headings(self.columns.get(field, field))


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
