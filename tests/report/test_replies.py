"""Replies of the records: answered share and time to answer, the same as a database finds them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view
from tests.report.test_figures_again import tables
from voc_lib import schema
from voc_lib.ingest import land
from voc_lib.params import Profile, load_profile
from voc_lib.report import OfficeView
from voc_lib.report.replies import branch_replies, days_to_reply, office_replies, reply_figures
from voc_lib.store import Store


def _records() -> pd.DataFrame:
    told = [
        ("A", "修好了", "2013-05-04 10:00:00"),
        ("A", "修好了", None),
        ("A", None, "2013-05-03 10:00:00"),
        ("A", " ", None),
        ("B", None, None),
        ("B", "早已答复", "2013-05-01 10:00:00"),  # its time cannot be right
        (None, "无类别", "2013-05-04 10:00:00"),
    ]
    given = [
        {"category_name": name, "reply": reply, "replied_at": at, "occurred_at": "2013-05-02 10:00:00"}
        for name, reply, at in told
    ]
    return rows("scored", given)


def test_a_reply_is_words_or_a_time_and_its_days_make_sense() -> None:
    figures = reply_figures(_records(), "category_name")
    assert figures.to_dict("list") == {
        "category_name": ["A", "B"],
        "n": [4, 2],
        "n_answered": [3, 1],
        "n_timed": [2, 0],
        "median": [1.5, pytest.approx(float("nan"), nan_ok=True)],
        "p90": [pytest.approx(1.9), pytest.approx(float("nan"), nan_ok=True)],
    }
    assert days_to_reply(_records()).notna().sum() == 3


def test_a_source_that_carries_no_reply_is_not_called_unanswered(profile: Profile) -> None:
    view = branch_view(profile, sizes=(40,))
    bare = view.scored
    assert bare["reply"].isna().all() and branch_replies(view).markup == ""
    answered = bare.assign(reply=bare["reply"].mask(bare["source"] == "work_order", "<b>已办</b>"))
    markup = branch_replies(replace(view, scored=answered)).markup
    n = int((answered["source"] == "work_order").sum())
    assert f"工单本月{n}件，数据中已有答复的{n}件（100%）" in markup and "<b>" not in markup and "回访" not in markup


@pytest.mark.full
@pytest.mark.shared
def test_the_citys_replies_are_told_as_a_database_counts_them(
    project: Path, tmp_path: Path, shared_data: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the city's own profile; each message's category is the first one whose words it holds."""
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    city = load_profile(project / "params" / "examples" / "city-government")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "replies.xlsx").write_bytes((shared_data / "gov" / "replies.xlsx").read_bytes())
    land(city, tmp_path)
    store = Store(str(tmp_path), city.tz)
    landed = store.read_partitions("landed", store.partitions("landed"))
    assert len(landed) > 1300 and landed["reply"].notna().mean() > 0.9
    told = [_category(text, city) for text in landed["text"]]
    scored = rows("scored", landed.assign(category_name=told, category="11").to_dict("records"))
    month = str(scored["month"].value_counts().sort_index().idxmax())
    db = duckdb.connect()
    db.register("scored", scored[["branch", "month", "category_name", "occurred_at", "replied_at", "reply"]])

    def counted(column: str, where: str) -> set[tuple[str, ...]]:
        return set(db.execute(_SQL.format(column=column, where=f"month = '{month}' AND {where}")).fetchall())

    nothing = {name: schema.empty(name, tz=city.tz) for name in ("hotspots", "actions", "rawfiles")}
    office = OfficeView(
        profile=city, month=month, scored=scored, summaries=schema.empty("summary", tz=city.tz), **nothing
    )
    by_branch, by_category = tables(office_replies(office).markup)
    codes = {city.branch(code).name: code for code in city.branches.codes}
    assert {(codes[row[0]], *row[1:]) for row in by_branch} == counted("branch", "true") and len(by_branch) >= 5
    assert {tuple(row) for row in by_category} == counted("category_name", "true") and len(by_category) >= 4
    largest = codes[by_branch[0][0]]
    view = replace(
        branch_view(profile, sizes=(1,)),
        profile=city,
        branch=largest,
        month=month,
        scored=scored[scored["branch"] == largest],
    )
    assert {tuple(row) for row in tables(branch_replies(view).markup)[0]} == counted(
        "category_name", f"branch = '{largest}'"
    )


_SQL = """
WITH mine AS (
    SELECT {column} AS name, reply IS NOT NULL OR replied_at IS NOT NULL AS answered,
        CASE WHEN replied_at >= occurred_at THEN (epoch(replied_at) - epoch(occurred_at)) / 86400.0 END AS days
    FROM scored WHERE {where}
), sums AS (
    SELECT name, count(*) AS n, sum(answered::INT)::INT AS a, count(days) AS t,
        median(days) AS middle, quantile_cont(days, 0.9) AS most
    FROM mine GROUP BY name
)
SELECT name, n::TEXT, a::TEXT,
    CASE WHEN n < 10 THEN n || '件中的' || a || '件' WHEN a > 0 AND 100.0 * a / n < 1 THEN '不足1%'
        WHEN a < n AND 100.0 * a / n > 99 THEN '超过99%' ELSE printf('%.0f%%', 100.0 * a / n) END,
    CASE WHEN t < 10 THEN '–' ELSE printf('%.1f', middle) END,
    CASE WHEN t < 10 THEN '–' ELSE printf('%.1f', most) END
FROM sums"""


def _category(text: str, city: Profile) -> str:
    """The first category one of whose words the text holds: enough to group by."""
    for category in city.taxonomy.categories:
        if any(word in text for word in category.keywords):
            return category.name
    return city.taxonomy.category(city.taxonomy.nothing).name
