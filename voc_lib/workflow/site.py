"""output/index.html: every report in a branch × month table, and what became of every row of every raw file.

A function of tables and of the run's states. Links are relative, so that the page works from any folder and any place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from voc_lib.numbers.intake import intake
from voc_lib.numbers.spark import spark_lines
from voc_lib.numbers.wording import month_name, short_change
from voc_lib.params import Profile
from voc_lib.schema import HEAD_OFFICE, OUTCOME_NAMES, QUARANTINE_REASONS, REASON_NAMES, SCORES
from voc_lib.store import write_bytes
from voc_lib.workflow import assets

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["REPORT_FILES", "IndexCell", "ReportState", "ReviewState", "build_index", "write_index"]

REPORT_FILES = ("report.html", "report.pdf", "feedback_form.xlsx", "records.html")
_SPARK_WIDTH, _SPARK_HEIGHT = 96, 22
_STYLES = ("base.css", "screen.css", "site/site.css")
_SCRIPTS = ("screen.js", "find.js")


REVIEW_NAMES = {"draft": "草稿", "approved": "已审定", "published": "已发布"}


@dataclass(frozen=True)
class ReviewState:
    """Where a report stands between being made and being sent.

    Args:
        state: draft, approved or published.
        told: who approved it, or why its approval holds no more; may be empty.
    """

    state: Literal["draft", "approved", "published"] = "draft"
    told: str = ""

    @property
    def name(self) -> str:
        """As the index calls it."""
        return REVIEW_NAMES[self.state]


@dataclass(frozen=True)
class ReportState:
    """How the run left one branch-month.

    Args:
        state: done, or failed.
        files: the files that are there, of REPORT_FILES.
        failed: executed notebook that holds the error (e.g. 03.ipynb), if one is there.
        review: where a report that is done stands.
    """

    state: Literal["done", "failed"]
    files: tuple[str, ...] = ("report.html", "report.pdf")
    failed: str | None = None
    review: ReviewState = ReviewState()


@dataclass(frozen=True)
class IndexCell:
    """One cell of the branch × month table as the template shows it; no state means that nothing was run.

    Args:
        state: how the run left it.
        folder: of its files, in the output folder.
        figures: its row of table `summary`.
        spark: points of the line through its daily counts; course: the same in words.
        change: direction, as a class of the style sheet, and words.
    """

    state: ReportState | None
    folder: str
    figures: Mapping[str, Any] | None
    spark: str
    course: str
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
    small = profile.thresholds.report.small_change
    rows = [
        (name, [_cell((code, month), states.get((code, month)), figures.get((code, month)), small) for month in months])
        for code, name in _branches(profile, {branch for branch, _ in known})
    ]
    files = intake(ledger).sort_values(["source", "origin_file"], ignore_index=True)
    return (
        str(
            _environment()
            .get_template("site/index.html.j2")
            .render(
                centre=profile.run.centre,
                title=profile.run.report_title,
                months=[(month, month_name(month)) for month in months],
                rows=rows,
                topics=_topics(rows, months),
                voice=profile.run.customer_voice,
                words=profile.run.words,
                best=SCORES[-1] if "survey" in profile.own_sources else None,
                outcomes=[
                    (key, name)
                    for key, name in OUTCOME_NAMES.items()
                    if key not in ("n_later", "n_erased") or files[key].any()
                ],
                files=[{**row, "source": profile.source_names[row["source"]]} for row in files.to_dict("records")],
                total=files.drop(columns=["origin_file", "source"]).sum().to_dict(),
                reasons=[(name, REASON_NAMES[name]) for name in QUARANTINE_REASONS if files[name].sum()],
                failed=sum(state.state == "failed" for state in states.values()),
            )
        )
        + "\n"
    )


def write_index(page: str, output: str) -> None:
    """Write the page as index.html in the output folder (path or fsspec URL), atomically."""
    write_bytes(f"{output.rstrip('/')}/index.html", page.encode("utf-8"))


def _cell(key: tuple[str, str], state: ReportState | None, figures: Mapping[str, Any] | None, small: int) -> IndexCell:
    code, month = key
    if figures is None:
        return IndexCell(state, f"{month}/{code}", None, "", "", None)
    counts = [int(n) for n in figures["daily_counts"]]
    lines = spark_lines(counts, width=_SPARK_WIDTH, height=_SPARK_HEIGHT) if len(counts) > 1 else []
    spark = " ".join(f"{x},{y}" for line in lines for x, y in line)
    course = f"每日件数，最少{min(counts)}件，最多{max(counts)}件" if counts else ""
    return IndexCell(state, f"{month}/{code}", figures, spark, course, _change(figures, small))


def _topics(rows: list[tuple[str, list[IndexCell]]], months: list[str]) -> list[tuple[str, str, list[str]]]:
    """Address, name and topics of each report that is there, the latest month first, for the search over all."""
    found = []
    for place, month in enumerate(months):
        for name, cells in rows:
            cell = cells[place]
            if cell.figures is not None and cell.state is not None and "report.html" in cell.state.files:
                found.append(
                    (f"{cell.folder}/report.html", f"{name} {month_name(month)}", list(cell.figures["topics"]))
                )
    return found


def _change(figures: Mapping[str, Any], small: int) -> tuple[str, str] | None:
    """Direction (flat where it may be chance) and words of a month's change, as the report's tables tell it."""
    import pandas as pd

    before = figures["n_before"]
    if pd.isna(before):
        return None
    words, direction = short_change(int(figures["n_records"]), int(before), small=small)
    return direction, words


def _branches(profile: Profile, known: set[str]) -> list[tuple[str, str]]:
    """Code and name of each row: the head office first, then the branches as the profile orders them."""
    named = [(HEAD_OFFICE, profile.run.head_office), *((b.code, b.short_name) for b in profile.branches.branches)]
    return [(code, name) for code, name in named if code in known]


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
        script=assets.inline_script(*_SCRIPTS),
        policy=assets.content_security_policy(*_SCRIPTS),
    )
    environment.filters["path"] = _url_path
    return environment


def _url_path(path: str) -> str:
    import urllib.parse

    return urllib.parse.quote(path)
