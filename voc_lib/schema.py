"""The tables that flow between the stages: columns, types, units and meaning, declared once.

`conform` brings a DataFrame into a table's form and checks it (pandera); `arrow_schema` gives the stored form.
Every read and every write goes through both, so what a notebook sees is what the stage before it promised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from voc_lib.errors import TableError, nearest

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa_pandas
    import pyarrow as pa

__all__ = [
    "ANSWERS",
    "CONCERN_NAMES",
    "HEAD_OFFICE",
    "OUTCOME_NAMES",
    "QUARANTINE_REASONS",
    "REASON_NAMES",
    "SCORES",
    "SENTIMENTS",
    "SENTIMENT_NAMES",
    "SOURCES",
    "SOURCE_NAMES",
    "STATUS_NAMES",
    "TABLES",
    "UNKNOWN",
    "Column",
    "Table",
    "conform",
]

Kind = Literal["str", "int", "float", "bool", "time", "date", "list_str", "list_int"]

SOURCES = ("work_order", "complaint_intent", "survey")
SENTIMENTS = ("negative", "neutral", "positive")
INTENTS = ("question", "suggestion", "complaint", "praise", "none")
METHODS = ("rule", "model", "expert", "none")
CONCERNS = ("service", "channel", "product", "process")
QUARANTINE_REASONS = (
    "impossible_time",
    "future_time",
    "unknown_branch",
    "empty_text",
    "bad_score",
    "duplicate_id_conflict",
    "unreadable_row",
)
ACTION_STATUSES = ("open", "answered", "overdue", "done")
ANSWERS = ("adopted", "done", "declined", "escalated")
SCORES = (1, 2, 3, 4, 5)  # of a survey; the last is the best
# What reports and index call them.
SOURCE_NAMES = {"work_order": "工单", "complaint_intent": "投诉意向", "survey": "满意度回访"}
SENTIMENT_NAMES = {"negative": "负面", "neutral": "中性", "positive": "正面"}
CONCERN_NAMES = {"service": "服务", "channel": "渠道", "product": "产品", "process": "业务流程"}
REASON_NAMES = {
    "impossible_time": "时间不存在",
    "future_time": "时间晚于数据截止",
    "unknown_branch": "机构无法识别",
    "empty_text": "内容为空",
    "bad_score": "满意度分值无效",
    "duplicate_id_conflict": "编号重复而内容不同",
    "unreadable_row": "行格式无法读取",
}
OUTCOME_NAMES = {
    "n_rows": "原始行数",
    "n_records": "入库",
    "n_duplicates": "重复",
    "n_refused": "拒收",
    "n_later": "晚于本月",
    "n_erased": "按本人要求删除",
}
STATUS_NAMES = {"open": "待答复", "answered": "已答复", "overdue": "逾期未答复", "done": "已办结"}
UNKNOWN = "unknown"  # branch or month of a row that belongs to no branch-month
HEAD_OFFICE = "head_office"  # stands where a branch code stands, for what covers all branches
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether it may be missing, what it means, and what its values must fulfil."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    isin: tuple[object, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    pattern: str | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns, the key that makes a row unique, and the order in which rows are stored."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(c.name for c in self.columns))


def _c(name: str, kind: Kind, meaning: str, **options: Any) -> Column:
    return Column(name, kind, meaning, **options)


_BRANCH = _c("branch", "str", "branch code of params/branches.yaml")
_MONTH = _c("month", "str", "reporting month, YYYY-MM, from occurred_at", pattern=MONTH)

_LANDED = (
    _c("record_id", "str", "the source system's number of the voice, unique within its source"),
    _c("source", "str", "where the voice was heard", isin=SOURCES),
    _c("order_type", "str", "疑难 or 建议; work orders only", nullable=True),
    _BRANCH,
    _c("outlet", "str", "outlet (网点) as the source names it", nullable=True),
    _c("occurred_at", "time", "when the customer spoke, with the profile's time zone"),
    _MONTH,
    _c("channel", "str", "channel through which the voice came in", nullable=True),
    _c("customer_key", "str", "HMAC-SHA256 of the customer's number (hex); never leaves data/", nullable=True),
    _c("text", "str", "what the customer said, masked; empty for score-only survey rows"),
    _c("score", "int", "satisfaction 1 to 5; survey only", nullable=True, at_least=1, at_most=5),
    _c("level", "str", "the source's own grading of the matter", nullable=True),
    _c("status", "str", "state of handling in the source system", nullable=True),
    _c("reply", "str", "the reply that was given, masked", nullable=True),
    _c("replied_at", "time", "when it was given", nullable=True),
    _c("n_masked", "int", "how many personal data were masked in text and reply", at_least=0),
    _c("origin_file", "str", "raw file, relative to data/raw"),
    _c("origin_sheet", "str", "sheet of a workbook; empty otherwise"),
    _c("origin_row", "int", "row in the file, the heading being row 1", at_least=1),
)
_RECORDS = (
    *_LANDED,
    _c("matter_id", "str", "record_id, with its source before it, of the first voice on the same matter"),
)
_CATEGORISED = (
    *_RECORDS,
    _c("category", "str", "level-2 code of the taxonomy; missing where there is no text", nullable=True),
    _c("category_name", "str", "its name", nullable=True),
    _c("level1", "str", "its level-1 code", nullable=True),
    _c("level1_name", "str", "its name", nullable=True),
    _c("confidence", "float", "estimated probability that the category is right", nullable=True, at_least=0, at_most=1),
    _c("method", "str", "who decided", isin=METHODS),
    _c("evidence", "list_str", "the words that made the decision, strongest first"),
    _c("needs_review", "bool", "confidence below the profile's threshold: an expert should look"),
    _c("concerns", "str", "what it concerns: 服务, 渠道, 产品 or 业务", nullable=True, isin=CONCERNS),
    _c("product", "str", "product named in the text", nullable=True),
    _c("concerns_channel", "str", "channel that the text is about", nullable=True),
)
_SCORED = (
    *_CATEGORISED,
    _c(
        "sentiment",
        "float",
        "−1 negative … 1 positive; missing where there is no text",
        nullable=True,
        at_least=-1,
        at_most=1,
    ),
    _c("sentiment_label", "str", "the likeliest class", nullable=True, isin=SENTIMENTS),
    _c("intent", "str", "what the customer wants of the bank", nullable=True, isin=INTENTS),
    _c("aspects", "list_str", "what is judged and how, as noun:±word"),
    _c(
        "escalation_risk",
        "float",
        "0 … 1, how likely the matter goes to a regulator or court",
        nullable=True,
        at_least=0,
        at_most=1,
    ),
    _c("escalation_reasons", "list_str", "what says so, strongest first"),
    _c("keywords", "list_str", "key phrases, strongest first"),
)

_TABLES = (
    Table(
        "landed",
        "one voice of one customer, masked, as landed",
        _LANDED,
        ("source", "record_id"),
        ("occurred_at", "source", "record_id"),
    ),
    Table(
        "records",
        "one voice of one customer, linked to its matter",
        _RECORDS,
        ("source", "record_id"),
        ("occurred_at", "source", "record_id"),
    ),
    Table(
        "categorised",
        "a record with its category",
        _CATEGORISED,
        ("source", "record_id"),
        ("occurred_at", "source", "record_id"),
    ),
    Table(
        "scored",
        "a categorised record with sentiment, intent and keywords",
        _SCORED,
        ("source", "record_id"),
        ("occurred_at", "source", "record_id"),
    ),
    Table(
        "quarantine",
        "one refused row",
        (
            _c("origin_file", "str", "raw file, relative to data/raw"),
            _c("origin_sheet", "str", "sheet of a workbook; empty otherwise"),
            _c("origin_row", "int", "row in the file, the heading being row 1", at_least=1),
            _c("source", "str", "which source the file belongs to", isin=SOURCES),
            _c("branch", "str", "branch code, or unknown"),
            _c("month", "str", "month, or unknown"),
            _c("named_branch", "str", "branch code that the row itself names, or unknown: who can mend it"),
            _c("record_id", "str", "the row's own number where it has one (# and a hash if a person's)", nullable=True),
            _c("reason", "str", "why it was refused", isin=QUARANTINE_REASONS),
            _c("detail", "str", "what was found, never personal data or the text"),
        ),
        ("origin_file", "origin_sheet", "origin_row"),
        ("origin_file", "origin_sheet", "origin_row"),
    ),
    Table(
        "ledger",
        "how many rows of one raw file ended how, in one branch-month",
        (
            _c("origin_file", "str", "raw file, relative to data/raw"),
            _c("source", "str", "which source the file belongs to", isin=SOURCES),
            _c("branch", "str", "branch code, or unknown"),
            _c("month", "str", "month, or unknown"),
            _c(
                "outcome",
                "str",
                "record, duplicate, erased (its customer is forgotten), or the reason of refusal",
                isin=("record", "duplicate", "erased", *QUARANTINE_REASONS),
            ),
            _c("n_rows", "int", "rows that ended so", at_least=1),
        ),
        ("origin_file", "branch", "month", "outcome"),
        ("origin_file", "branch", "month", "outcome"),
    ),
    Table(
        "rawfiles",
        "how many rows of one raw file, whole, ended how, as the end of a month sees it in which a row of it is dated",
        (
            _c("branch", "str", "always head_office"),
            _c("month", "str", "the month, YYYY-MM", pattern=MONTH),
            _c("origin_file", "str", "raw file, relative to data/raw"),
            _c("sha256", "str", "of the file's bytes"),
            _c("source", "str", "which source the file belongs to", isin=SOURCES),
            _c(
                "outcome",
                "str",
                "record, duplicate, the reason of refusal, or later: dated after the month, and the file has a usual "
                "number of rows as late as that (where not, future_time)",
                isin=("record", "duplicate", "later", "erased", *QUARANTINE_REASONS),
            ),
            _c("n_rows", "int", "rows of the file that ended so; all outcomes add up to its rows", at_least=1),
            _c("n_unplaced", "int", "of these, rows that belong to no branch-month", at_least=0),
            _c("unplaced_rows", "list_int", "their rows in the file (the heading being row 1), the first twelve"),
        ),
        ("origin_file", "month", "outcome"),
        ("origin_file", "outcome"),
    ),
    Table(
        "hotspots",
        "one hot issue of a branch and month",
        (
            _BRANCH,
            _MONTH,
            _c("rank", "int", "1 is the hottest", at_least=1),
            _c("issue_id", "str", "stable name of the issue, from its content"),
            _c("label", "str", "name of the issue: its category, and the customers' own phrases that tell it"),
            _c("kind", "str", "what made it a candidate", isin=("category", "term", "matter")),
            _c("category", "str", "level-2 code that most of its records carry", nullable=True),
            _c("category_name", "str", "its name", nullable=True),
            _c("n_records", "int", "records of the month that belong to it", at_least=1),
            _c("n_matters", "int", "matters among them", at_least=1),
            _c("n_customers", "int", "customers among them", at_least=0),
            _c("heat", "float", "heat index 0 … 100, the weighted sum of its parts", at_least=0, at_most=100),
            _c("heat_volume", "float", "part: how much of the month it is, 0 … 1", at_least=0, at_most=1),
            _c("heat_growth", "float", "part: how surely and how fast it grew, 0 … 1", at_least=0, at_most=1),
            _c("heat_negative", "float", "part: share of its records that are negative, 0 … 1", at_least=0, at_most=1),
            _c("heat_escalation", "float", "part: mean escalation risk, 0 … 1", at_least=0, at_most=1),
            _c("expected", "float", "records expected from the earlier months", nullable=True, at_least=0),
            _c("growth", "float", "ratio to the expected, shrunk; 1 is no change", nullable=True, at_least=0),
            _c(
                "growth_low",
                "float",
                "lower end of its 95 % interval, which does not know that the issue was chosen for growing",
                nullable=True,
                at_least=0,
            ),
            _c("growth_high", "float", "upper end of the same", nullable=True, at_least=0),
            _c(
                "p_value",
                "float",
                "of no growth, for the member that grew most surely, not for the whole issue",
                nullable=True,
                at_least=0,
                at_most=1,
            ),
            _c(
                "q_value",
                "float",
                "false-discovery rate at which that member would be called hot",
                nullable=True,
                at_least=0,
                at_most=1,
            ),
            _c("is_hot", "bool", "grew beyond chance at the profile's false-discovery rate"),
            _c("is_new", "bool", "hot, and hardly heard of before"),
            _c("history_months", "int", "earlier months that the expectation rests on", at_least=0),
            _c("negative_share", "float", "share of its records that are negative", at_least=0, at_most=1),
            _c("first_seen", "date", "first day in the month"),
            _c("last_seen", "date", "last day in the month"),
            _c("daily_counts", "list_int", "records a day, from the month's first day to its last"),
            _c("terms", "list_str", "its key phrases"),
            _c("record_ids", "list_str", "its records, as source:record_id"),
            _c("typical_record_ids", "list_str", "the ones that tell it best"),
        ),
        ("branch", "month", "rank"),
        ("rank",),
    ),
    Table(
        "edits",
        "one decision of an analyst about a report",
        (
            _BRANCH,
            _MONTH,
            _c("position", "int", "its place in the file, from 1", at_least=1),
            _c("by", "str", "who decided"),
            _c(
                "kind",
                "str",
                "what was decided",
                isin=("comment", "rename", "merge", "suppress", "typical", "suggestion"),
            ),
            _c("target", "str", "the issue (its name or issue_id), or the category of a suggestion", nullable=True),
            _c("told", "str", "the new name, the issue merged into, the reason, or the words, masked", nullable=True),
            _c("record_ids", "list_str", "typical cases, as source:record_id"),
        ),
        ("branch", "month", "position"),
        ("position",),
    ),
    Table(
        "answers",
        "one answer of a branch to one suggestion, as its feedback form gave it",
        (
            _BRANCH,
            _c("month", "str", "month of the form that it stands in, YYYY-MM", pattern=MONTH),
            _c("action_id", "str", "the suggestion it answers"),
            _c("position", "int", "its place among the answers of that form to that suggestion, from 1", at_least=1),
            _c("answer", "str", "what the branch says", isin=ANSWERS),
            _c("reply", "str", "in its words, masked", nullable=True),
            _c("replied_on", "date", "day on which it answered, where that is told", nullable=True),
            _c("done_on", "date", "day on which it was, or will be, settled", nullable=True),
        ),
        ("branch", "month", "action_id", "position"),
        ("action_id", "position"),
    ),
    Table(
        "actions",
        "one suggestion and its life, as known at the end of the month",
        (
            _c("action_id", "str", "stable identity: branch, category and the month that raised it"),
            _BRANCH,
            _MONTH,
            _c("raised_month", "str", "month of the report that raised it first", pattern=MONTH),
            _c("category", "str", "level-2 code"),
            _c("category_name", "str", "its name"),
            _c("matter", "str", "what it is about, in a few words"),
            _c("suggestion", "str", "what the report suggests"),
            _c("department", "str", "who should act"),
            _c("n_records", "int", "records behind it in this month", at_least=0),
            _c("evidence_record_ids", "list_str", "the records quoted for it"),
            _c("status", "str", "where it stands", isin=ACTION_STATUSES),
            _c("reply", "str", "the branch's answer, masked", nullable=True),
            _c("replied_at", "time", "when it came (start of the day), where that is told", nullable=True),
            _c("due", "date", "day by which an answer is due"),
            _c("answer", "str", "what the latest answer says", nullable=True, isin=ANSWERS),
            _c("n_answers", "int", "answers so far", at_least=0),
            _c("first_replied_at", "time", "when the first answer came, where that is told", nullable=True),
            _c("done_on", "date", "day on which it was settled, where that is told", nullable=True),
            _c(
                "reopened_month",
                "str",
                "month in which it last came back after being done",
                nullable=True,
                pattern=MONTH,
            ),
            _c("n_reopened", "int", "how often it came back after being done", at_least=0),
            _c("effect", "str", "whether it helped", nullable=True, isin=("fell", "no_change", "rose", "too_few")),
            _c(
                "effect_base",
                "str",
                "what the month is held against: the months before it was raised, or the one that raised it",
                nullable=True,
                isin=("before", "raised"),
            ),
            _c(
                "rate_ratio",
                "float",
                "the matter's share of all texts in this month against that of effect_base",
                nullable=True,
                at_least=0,
            ),
            _c("rate_ratio_low", "float", "lower end of its 95 % interval", nullable=True, at_least=0),
            _c("rate_ratio_high", "float", "upper end of its 95 % interval", nullable=True, at_least=0),
        ),
        ("action_id",),
        ("raised_month", "action_id"),
    ),
    Table(
        "summary",
        "the key figures of one report, as the site shows them",
        (
            _c("branch", "str", "branch code, or head_office"),
            _MONTH,
            _c("title", "str", "title of the report"),
            _c("n_records", "int", "voices", at_least=0),
            _c("n_matters", "int", "matters", at_least=0),
            _c("n_work_orders", "int", "of these work orders", at_least=0),
            _c("n_complaint_intents", "int", "of these complaint intents", at_least=0),
            _c("n_surveys", "int", "of these survey call-backs", at_least=0),
            _c(
                "n_before", "int", "voices last month; missing where last month is not known", nullable=True, at_least=0
            ),
            _c("satisfaction", "float", "mean score; missing where few gave one", nullable=True, at_least=1, at_most=5),
            _c("negative_share", "float", "share of texts that are negative", nullable=True, at_least=0, at_most=1),
            _c(
                "review_share",
                "float",
                "share of texts that an expert should look at",
                nullable=True,
                at_least=0,
                at_most=1,
            ),
            _c("n_hot", "int", "issues called hot", at_least=0),
            _c("top_issue", "str", "the first of them", nullable=True),
            _c("n_open_actions", "int", "suggestions without an answer", at_least=0),
            _c("daily_counts", "list_int", "voices a day, from the month's first day to its last"),
            _c(
                "topics",
                "list_str",
                "issues, suggestions and categories that the report tells of, for the search",
            ),
        ),
        ("branch", "month"),
        ("branch",),
    ),
)
TABLES: Mapping[str, Table] = {table.name: table for table in _TABLES}


def table(name: str) -> Table:
    """The declared table of that name. Raises: TableError where there is none."""
    if name not in TABLES:
        raise TableError("no such table", table=name, expected=", ".join(TABLES), hint=_did_you_mean(name))
    return TABLES[name]


def _did_you_mean(name: str) -> str | None:
    near = nearest(name, TABLES)
    return f"did you mean {near}?" if near else None


def conform(frame: pd.DataFrame, name: str, *, tz: str) -> pd.DataFrame:
    """A copy of the frame in the table's form: its columns in order, canonical types, sorted, plain index.

    Args:
        frame: the rows; columns that the table does not declare are refused.
        name: which table.
        tz: IANA name of the profile's time zone; times are brought into it.
    Raises: TableError naming the column (and the first bad row) when it does not fit.
    """
    import pandas as pd
    import pandera.errors

    spec = table(name)
    missing = [c for c in spec.names if c not in frame.columns]
    extra = [c for c in frame.columns if c not in spec.names]
    if missing or extra:
        raise TableError(
            "columns do not fit the table",
            table=name,
            missing=missing or None,
            unexpected=extra or None,
            hint="voc_lib/schema.py declares the columns of every table",
        )
    data: dict[str, pd.Series] = {}
    for column in spec.columns:
        try:
            data[column.name] = _CASTS[column.kind](frame[column.name], tz)
        except (TypeError, ValueError, OverflowError):
            # Never the library's message, which quotes the cell, nor that error as the cause: both end in a log.
            raise TableError(
                "column has another type",
                table=name,
                column=column.name,
                expected=column.kind,
                found=_first_misfit(frame[column.name], column.kind, tz),
            ) from None
    result = pd.DataFrame(data, index=frame.index)
    result = _sorted(result, list(dict.fromkeys((*spec.order, *spec.key))))
    try:
        # Asking the columns themselves first is twenty times as fast, and most tables are as they should be.
        if not _fits(result, spec):
            _pandera(name).validate(result, lazy=False)
    except pandera.errors.SchemaError as error:
        raise TableError(
            "values do not fit the table",
            table=name,
            column=getattr(error.schema, "name", None),
            expected=str(error.check),
            rows=_bad_rows(error),
        ) from None
    duplicated = result.duplicated(list(spec.key))
    if duplicated.any():
        raise TableError("rows repeat their key", table=name, key=" ".join(spec.key), rows=int(duplicated.sum()))
    return result


def empty(name: str, *, tz: str) -> pd.DataFrame:
    """The table without rows, in its canonical types."""
    import pandas as pd

    return conform(pd.DataFrame({c: pd.Series(dtype="object") for c in table(name).names}), name, tz=tz)


def _sorted(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The frame in the order of some columns, with a plain index; the later ones are compared only among equals."""
    import numpy as np

    first = frame[by[0]]
    if len(frame) < _FEW or first.dtype.kind not in "iufM" or first.isna().any():
        return frame.sort_values(by, kind="stable", ignore_index=True)
    values = first.astype("int64").to_numpy() if first.dtype.kind == "M" else first.to_numpy()
    order = values.argsort(kind="stable")
    values = values[order]
    is_equal = np.append(values[1:] == values[:-1], False)
    is_equal[1:] |= is_equal[:-1]
    equals = order[is_equal]
    order[is_equal] = equals[frame[by].iloc[equals].reset_index(drop=True).sort_values(by, kind="stable").index]
    return frame.take(order).reset_index(drop=True)


_FEW = 1000  # rows, of which sorting by all columns at once takes no longer


def _fits(frame: pd.DataFrame, spec: Table) -> bool:
    """Whether every column plainly fulfils its declaration; where not, pandera says what is wrong, if anything is."""
    for column in spec.columns:
        values = frame[column.name]
        known = values.dropna() if values.isna().any() else values
        if len(known) < len(values) and not column.nullable:
            return False
        if known.empty:
            continue
        if column.isin is not None and not set(known.unique()) <= set(column.isin):
            return False
        if column.at_least is not None and not known.min() >= column.at_least:
            return False
        if column.at_most is not None and not known.max() <= column.at_most:
            return False
        if column.pattern is not None and not all(re.match(column.pattern, value) for value in known.unique()):
            return False
    return True


def _bad_rows(error: Any) -> str | None:
    cases = getattr(error, "failure_cases", None)
    if cases is None or not hasattr(cases, "__len__") or "index" not in getattr(cases, "columns", ()):
        return None
    return f"{len(cases)}, the first at position {cases['index'].iloc[0]}"


def _first_misfit(values: pd.Series, kind: Kind, tz: str) -> str:
    """Position and type of the first cell that is not of the kind; never what it holds."""
    for position in range(len(values)):
        try:
            _CASTS[kind](values.iloc[position : position + 1], tz)
        except (TypeError, ValueError, OverflowError):
            return f"{type(values.iloc[position]).__name__} at position {position}"
    return str(values.dtype)


def _require(values: pd.Series, is_good: Callable[[Any], bool]) -> None:
    """Each cell of an object column is good or missing; TypeError otherwise. Only objects hold cells of mixed types."""
    if values.dtype == object and not all(is_good(value) for value in values[values.notna()]):
        raise TypeError


def _as_text(values: pd.Series, tz: str) -> pd.Series:
    from pandas.api.types import is_string_dtype

    _require(values, lambda value: isinstance(value, str))
    if values.dtype != object and not is_string_dtype(values.dtype) and values.notna().any():
        raise TypeError
    return values.astype("str")


def _as_int(values: pd.Series, tz: str) -> pd.Series:
    _require(values, lambda value: not isinstance(value, str))
    if str(values.dtype).startswith("str"):
        raise TypeError
    return values.astype("Int64")


def _as_float(values: pd.Series, tz: str) -> pd.Series:
    import pandas as pd

    _require(values, lambda value: not isinstance(value, str))
    if str(values.dtype).startswith("str"):
        raise TypeError
    return pd.Series(values.to_numpy(dtype="float64", na_value=float("nan")), index=values.index)


def _as_bool(values: pd.Series, tz: str) -> pd.Series:
    if values.isna().any() or not values.isin([True, False]).all():
        raise TypeError
    return values.astype("bool")


def _as_time(values: pd.Series, tz: str) -> pd.Series:
    import pandas as pd

    times = pd.to_datetime(values) if values.dtype == object else values
    if getattr(times.dtype, "tz", None) is None:
        times = times.astype("datetime64[us]").dt.tz_localize(tz)
    return times.dt.tz_convert(tz).astype(f"datetime64[us, {tz}]")


def _as_date(values: pd.Series, tz: str) -> pd.Series:
    import pandas as pd

    days = pd.to_datetime(values)
    if days.dt.tz is not None:
        days = days.dt.tz_convert(tz).dt.tz_localize(None)
    return days.dt.normalize().astype("datetime64[us]")


def _as_list(cast: Callable[[Any], Any]) -> Callable[[pd.Series, str], pd.Series]:
    def convert(values: pd.Series, tz: str) -> pd.Series:
        import numpy as np
        import pandas as pd

        # A text is no list, though Python would take it for one of its characters.
        if not all(row is None or isinstance(row, (list, tuple, np.ndarray)) for row in values):
            raise TypeError
        return pd.Series(
            [[cast(v) for v in row] if row is not None else [] for row in values], index=values.index, dtype="object"
        )

    return convert


_CASTS: Mapping[Kind, Callable[[Any, str], Any]] = {
    "str": _as_text,
    "int": _as_int,
    "float": _as_float,
    "bool": _as_bool,
    "time": _as_time,
    "date": _as_date,
    "list_str": _as_list(str),
    "list_int": _as_list(int),
}


def warm(params: str) -> None:
    """Build the checks of all tables ahead, for kernels that are forked from this process."""
    for name in TABLES:
        conform(empty(name, tz="UTC"), name, tz="UTC")


@cache
def _pandera(name: str) -> pa_pandas.DataFrameSchema:
    import pandera.pandas as pa

    columns = {}
    for column in table(name).columns:
        checks = []
        if column.isin is not None:
            checks.append(pa.Check.isin(list(column.isin)))
        if column.at_least is not None:
            checks.append(pa.Check.ge(column.at_least))
        if column.at_most is not None:
            checks.append(pa.Check.le(column.at_most))
        if column.pattern is not None:
            checks.append(pa.Check.str_matches(column.pattern))
        columns[column.name] = pa.Column(checks=checks, nullable=column.nullable, description=column.meaning)
    return pa.DataFrameSchema(columns, strict=True, ordered=True, name=name)


def arrow_schema(name: str, *, tz: str) -> pa.Schema:
    """The stored form of the table, without anything that depends on library versions."""
    import pyarrow as pa

    kinds: dict[Kind, Any] = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", tz=tz),
        "date": pa.date32(),
        "list_str": pa.list_(pa.string()),
        "list_int": pa.list_(pa.int64()),
    }
    return pa.schema([pa.field(c.name, kinds[c.kind], nullable=c.nullable) for c in table(name).columns])
