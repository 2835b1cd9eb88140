"""output/index.html: every report in a branch × month table, and what became of every row of every raw file.

A function of tables and of the run's states. Links are relative, so that the page works from any folder and any place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from voc_lib.params import Profile
from voc_lib.schema import HEAD_OFFICE, QUARANTINE_REASONS
from voc_lib.store import write_bytes
from voc_lib.workflow import assets

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IndexCell", "ReportState", "build_index", "intake_by_file", "spark_points", "write_index"]

_SOURCES = {"work_order": "工单", "complaint_intent": "投诉意向", "survey": "满意度回访"}
_REASONS = {
    "impossible_time": "时间不存在",
    "future_time": "时间晚于数据截止",
    "unknown_branch": "分行无法识别",
    "empty_text": "内容为空",
    "bad_score": "满意度分值无效",
    "duplicate_id_conflict": "编号重复而内容不同",
    "unreadable_row": "行格式无法读取",
}
_SPARK_WIDTH, _SPARK_HEIGHT = 96, 22
_STYLES = ("base.css", "screen.css", "site/site.css")
_SCRIPT = "screen.js"


@dataclass(frozen=True)
class ReportState:
    """How the run left one branch-month.

    Args:
        state: done, or failed.
        files: the files that are there, of report.html and report.pdf.
        failed: executed notebook that holds the error (e.g. 03.ipynb), if one is there.
    """

    state: Literal["done", "failed"]
    files: tuple[str, ...] = ("report.html", "report.pdf")
    failed: str | None = None


@dataclass(frozen=True)
class IndexCell:
    """One cell of the branch × month table as the template shows it; no state means that nothing was run."""

    state: ReportState | None
    folder: str
    figures: Mapping[str, Any] | None
    spark: str
    change: tuple[str, str] | None


def build_index(
    summary: pd.DataFrame, ledger: pd.DataFrame, *, profile: Profile, states: Mapping[tuple[str, str], ReportState]
) -> str:
    """The index as one self-contained page.

    Args:
        summary: table `summary`, all branches (and head_office) and months that have one; maybe without rows.
        ledger: table `ledger`, all partitions, also those of unknown branch or month; maybe without rows.
        profile: names of branches, centre and report.
        states: state of each (branch, month); the branch may be head_office. What is missing was not run.
    Returns: the page's HTML.
    """
    figures = {(row["branch"], row["month"]): row for row in summary.to_dict("records")}
    known = {*states, *figures}
    months = sorted({month for _, month in known}, reverse=True)
    small = profile.thresholds.report.small_number
    rows = [
        (name, [_cell((code, month), states.get((code, month)), figures.get((code, month)), small) for month in months])
        for code, name in _branches(profile, {branch for branch, _ in known})
    ]
    files = intake_by_file(ledger)
    return (
        str(
            _environment()
            .get_template("site/index.html.j2")
            .render(
                centre=profile.run.centre,
                title=profile.run.report_title,
                months=[(month, _month_name(month)) for month in months],
                rows=rows,
                files=[{**row, "source": _SOURCES[row["source"]]} for row in files.to_dict("records")],
                total=files.drop(columns=["origin_file", "source"]).sum().to_dict(),
                reasons=[(name, _REASONS[name]) for name in QUARANTINE_REASONS if files[name].sum()],
                failed=sum(state.state == "failed" for state in states.values()),
            )
        )
        + "\n"
    )


def write_index(page: str, output: str) -> None:
    """Write the page as index.html in the output folder (path or fsspec URL), atomically."""
    write_bytes(f"{output.rstrip('/')}/index.html", page.encode("utf-8"))


def intake_by_file(ledger: pd.DataFrame) -> pd.DataFrame:
    """What became of the rows of each raw file.

    Args:
        ledger: table `ledger`.
    Returns: a row per file, sorted by source and file: origin_file, source, raw (all rows, which is the sum of the
        next three), records, duplicates, refused, and the rows refused for each reason of QUARANTINE_REASONS.
    """
    import pandas as pd

    counts = ledger.pivot_table(
        index=["source", "origin_file"], columns="outcome", values="n_rows", aggfunc="sum", fill_value=0
    )
    counts = counts.reindex(columns=["record", "duplicate", *QUARANTINE_REASONS], fill_value=0).astype("int64")
    reasons = counts[list(QUARANTINE_REASONS)]
    result = pd.DataFrame(
        {
            "raw": counts.sum(axis=1),
            "records": counts["record"],
            "duplicates": counts["duplicate"],
            "refused": reasons.sum(axis=1),
        }
    ).join(reasons)
    return result.sort_index().reset_index().rename_axis(columns=None)


def spark_points(counts: Sequence[int], *, width: int = _SPARK_WIDTH, height: int = _SPARK_HEIGHT) -> str:
    """Points of an SVG polyline through daily counts, from 0 at the foot to the largest at the top; empty below two."""
    if len(counts) < 2:
        return ""
    top = max(max(counts), 1)
    step = (width - 2) / (len(counts) - 1)
    return " ".join(f"{1 + i * step:.1f},{height - 1 - n / top * (height - 2):.1f}" for i, n in enumerate(counts))


def _cell(key: tuple[str, str], state: ReportState | None, figures: Mapping[str, Any] | None, small: int) -> IndexCell:
    code, month = key
    spark = spark_points([int(n) for n in figures["daily_counts"]]) if figures else ""
    return IndexCell(state, f"{month}/{code}", figures, spark, change_in_words(figures, small) if figures else None)


def change_in_words(figures: Mapping[str, Any], small: int) -> tuple[str, str] | None:
    """Direction and words of a month's change: per cent, or plain counts where one of the months is small."""
    ratio, now = figures["change"], int(figures["n_records"])
    if ratio is None or ratio != ratio or ratio <= 0:
        return None
    before = round(now / ratio)
    is_small = min(now, before) < small
    difference = now - before if is_small else round((ratio - 1) * 100)
    if not difference:
        return "flat", "持平"
    words = f"{'+' if difference > 0 else '−'}{abs(difference):,}{'' if is_small else '%'}"
    return ("up" if difference > 0 else "down"), words


def _branches(profile: Profile, known: set[str]) -> list[tuple[str, str]]:
    """Code and name of each row: the head office first, then the branches as the profile orders them."""
    named = [(HEAD_OFFICE, profile.run.head_office), *((b.code, b.short_name) for b in profile.branches.branches)]
    return [(code, name) for code, name in named if code in known]


def _month_name(month: str) -> str:
    return f"{int(month[:4])}年{int(month[5:7])}月"


def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets.template_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        style=assets.inline_style(*_STYLES),
        script=assets.inline_script(_SCRIPT),
        policy=assets.content_security_policy(_SCRIPT),
    )
    environment.filters["path"] = _url_path
    return environment


def _url_path(path: str) -> str:
    import urllib.parse

    return urllib.parse.quote(path)
