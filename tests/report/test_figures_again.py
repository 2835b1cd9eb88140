"""Every figure that a report shows, computed a second time by SQL over the Parquet tables, by a path of its own."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from tests.builders import TZ
from tests.report.frames import branch_view, next_month, office_view
from voc_lib import report
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView, OfficeView, actions_of
from voc_lib.schema import SOURCE_NAMES
from voc_lib.store import Store

Row = tuple[Any, ...]
NAMES = {name: source for source, name in SOURCE_NAMES.items()}

# How the reports write shares, changes and intervals, said again in SQL. Months here have fewer than 1,000 records.
MACROS = """
CREATE MACRO pct(n, t) AS CASE WHEN n > 0 AND 100.0 * n / t < 1 THEN '不足1%'
    WHEN n < t AND 100.0 * n / t > 99 THEN '超过99%' ELSE printf('%.0f%%', 100.0 * n / t) END;
CREATE MACRO told_share(n, t) AS CASE WHEN t < 10 THEN '–' ELSE pct(n, t) END;
CREATE MACRO told_change(n, b) AS CASE WHEN n = b THEN '持平'
    WHEN b < 50 OR n < 50 OR n >= 2 * b THEN printf('%s%d件', CASE WHEN n > b THEN '+' ELSE '−' END, abs(n - b))
    WHEN round(abs(n / b::DOUBLE - 1) * 100) = 0 THEN '持平'
    ELSE printf('%s%.0f%%', CASE WHEN n > b THEN '+' ELSE '−' END, round(abs(n / b::DOUBLE - 1) * 100)) END;
CREATE MACRO z() AS 1.959963984540054;
CREATE MACRO middle(n, t) AS (n / t + z() * z() / (2 * t)) / (1 + z() * z() / t);
CREATE MACRO half(n, t) AS z() / (1 + z() * z() / t) * sqrt(n / t * (1 - n / t) / t + z() * z() / (4 * t * t));
CREATE MACRO wilson(n, t) AS printf('（%.0f–%.0f%%）',
    100 * CASE WHEN n = 0 THEN 0.0 ELSE middle(n::DOUBLE, t::DOUBLE) - half(n::DOUBLE, t::DOUBLE) END,
    100 * CASE WHEN n = t THEN 1.0 ELSE middle(n::DOUBLE, t::DOUBLE) + half(n::DOUBLE, t::DOUBLE) END);
"""
NOW, BEFORE, MINE = "month = '2013-06'", "month = '2013-05'", "branch = 'BJ'"


@dataclass
class Both:
    """The reports, and the tables they were made from."""

    view: BranchView
    office: OfficeView
    actions: Any
    db: duckdb.DuckDBPyConnection

    def ask(self, query: str) -> list[Row]:
        return self.db.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.ask(query)[0][0]


@pytest.fixture(scope="module")
def both(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> Both:
    store = Store(str(tmp_path_factory.mktemp("tables")), TZ)
    views, all_actions = [], []
    for branch, sizes, n in (("BJ", (260, 310), 420), ("SX", (120, 90), 130), ("LN", (30, 20), 8)):
        first = branch_view(profile, branch=branch, month="2013-05", sizes=sizes)
        view = next_month(first, actions_of(first, concentrated_problems(first.current, first.previous)), n)
        actions = actions_of(view, concentrated_problems(view.current, view.previous))
        for month in view.months:
            store.write("scored", view.scored[view.scored["month"] == month], branch, month)
        store.write("hotspots", view.hotspots, branch, view.month)
        store.write("actions", actions, branch, view.month)
        views.append(view)
        all_actions.append(actions)
    db = duckdb.connect()
    db.execute("SET TimeZone = 'Asia/Shanghai'")
    for table in ("scored", "hotspots", "actions"):
        place = f"{store.root}/{table}/*/*/part.parquet"
        db.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{place}', hive_partitioning=false)")
    db.execute(MACROS)
    return Both(views[0], office_view(views, all_actions), all_actions[0], db)


def tables(markup: str) -> list[list[list[str]]]:
    """Rows of cells of each table, as a reader reads them, the heads left out."""
    found = []
    for body in re.findall(r"<tbody>(.*?)</tbody>", markup, re.DOTALL):
        lines = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
        found.append(
            [
                [
                    html.unescape(re.sub("<[^>]+>", "", c))
                    for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", li, re.DOTALL)
                ]
                for li in lines
            ]
        )
    return found


def columns(rows: list[list[str]], *places: int) -> set[Row]:
    return {tuple(row[place] for place in places) for row in rows}


def as_text(rows: list[Row]) -> set[Row]:
    return {tuple(f"{value:,}" if isinstance(value, int) else str(value) for value in row) for row in rows}


@pytest.mark.parametrize(
    ("section", "place", "column", "texts_only"),
    [
        ("source_table", 0, "source", False),
        ("channel_table", 0, "channel", False),
        ("channel_table", 1, "concerns_channel", True),
        ("product_table", 0, "product", True),
        ("category_table", 0, "category_name", True),
    ],
)
def test_a_table_of_counts(both: Both, section: str, place: int, column: str, texts_only: bool) -> None:
    rows = tables(getattr(report.tables, section)(both.view).markup)[place]
    if section == "category_table":
        rows = [[row[0], *row[2:6]] for row in rows]
    if section == "source_table":
        rows = [[NAMES[row[0]], *row[1:]] for row in rows]
    only = "AND category IS NOT NULL" if texts_only else ""
    expected = both.ask(
        f"""WITH mine AS (SELECT * FROM scored WHERE {MINE} {only}),
        n AS (SELECT {column} v, count(*) FILTER ({NOW}) n, count(*) FILTER ({BEFORE}) b FROM mine
              WHERE {column} IS NOT NULL GROUP BY 1)
        SELECT v, n, told_share(n, (SELECT count(*) FROM mine WHERE {NOW})), b, told_change(n, b) FROM n
        WHERE n > 0"""
    )
    assert columns(rows, 0, 1, 2, 3, 4) == as_text(expected) and len(rows) == len(expected)


def test_negative_records_of_each_category(both: Both) -> None:
    rows = tables(report.tables.category_table(both.view).markup)[0]
    expected = both.ask(
        f"""SELECT category_name, count(*) FILTER (sentiment_label = 'negative') FROM scored
        WHERE {MINE} AND {NOW} AND category IS NOT NULL GROUP BY 1"""
    )
    assert columns(rows, 0, 6) == as_text(expected)


def test_key_figures(both: Both) -> None:
    rows = {row[0]: row[1:3] for row in tables(report.overview.key_figure_table(both.view).markup)[0]}

    def pair(what: str) -> list[str]:
        return [both.one(f"SELECT {what} FROM scored WHERE {MINE} AND {month}") for month in (NOW, BEFORE)]

    assert rows["客户之声"] == pair("printf('%d件', count(*))")
    assert rows["涉及事项"] == pair("printf('%d项', count(DISTINCT matter_id))")
    for kind in ("建议", "疑难"):
        assert rows[f"{kind}工单"] == pair(f"printf('%d件', count(*) FILTER (order_type = '{kind}'))")
    assert rows["投诉意向"] == pair("printf('%d件', count(*) FILTER (source = 'complaint_intent'))")
    assert rows["满意度回访"] == pair("printf('%d件', count(*) FILTER (source = 'survey'))")
    assert rows["平均满意度（5分制）"] == pair("printf('%.1f分', avg(score))")
    negative = "pct(count(*) FILTER (sentiment_label = 'negative'), count(*) FILTER (category IS NOT NULL))"
    assert rows["负面占比"] == pair(negative)


def test_sentences_of_the_summary(both: Both) -> None:
    problems = concentrated_problems(both.view.current, both.view.previous)
    told = re.sub("<[^>]+>", "", report.narrative.summary_page(both.view, problems, both.actions).markup)
    mine = f"FROM scored WHERE {MINE} AND {NOW}"
    assert f"客户之声{both.one(f'SELECT count(*) {mine}')}件" in told
    n, n_matters = both.ask(f"SELECT count(*), count(DISTINCT matter_id) {mine}")[0]
    assert (f"涉及事项{n_matters}项" in told) == (n_matters < n)
    top = both.ask(
        f"""SELECT category_name, count(*) n, (SELECT count(*) {mine} AND category IS NOT NULL) t {mine}
        AND category IS NOT NULL AND category <> '{both.view.profile.taxonomy.nothing}'
        GROUP BY category, category_name ORDER BY n DESC, category LIMIT 3"""
    )
    for name, n, total in top:
        assert f"“{name}”（{n}件，占{both.one(f'SELECT pct({n}, {total})')}）" in told
    scores, mean = both.ask(f"SELECT count(score), printf('%.1f', avg(score)) {mine}")[0]
    assert f"满意度回访{scores}件，平均{mean}分" in told
    old = both.one(f"SELECT count(*) FROM actions WHERE {MINE} AND raised_month < '2013-06'")
    assert f"往期建议{old}项" in told


def test_days_months_scores_and_moods_behind_the_charts(both: Both) -> None:
    sources = ", ".join(f"count(*) FILTER (source = '{source}')" for source in SOURCE_NAMES)
    mine = f"FROM scored WHERE {MINE}"
    days = both.ask(
        f"""SELECT d, {sources}, count(record_id) FROM range(1, 31) r(d)
        LEFT JOIN (SELECT * {mine} AND {NOW}) s ON day(s.occurred_at) = d GROUP BY d"""
    )
    assert columns(tables(report.figures.daily_chart(both.view).markup)[0], 0, 1, 2, 3, 4) == as_text(days)
    months = both.ask(f"SELECT month, {sources}, count(*) {mine} GROUP BY 1")
    assert columns(tables(report.figures.monthly_chart(both.view).markup)[0], 0, 1, 2, 3, 4) == as_text(months)
    scores = both.ask(
        f"SELECT score, count(*) FILTER ({NOW}), count(*) FILTER ({BEFORE}) {mine} AND score IS NOT NULL GROUP BY 1"
    )
    assert columns(tables(report.figures.satisfaction_chart(both.view).markup)[0], 0, 1, 2) == as_text(scores)
    of_mood = ", ".join(f"count(*) FILTER (sentiment_label = '{mood}')" for mood in ("negative", "neutral", "positive"))
    moods = both.ask(
        f"""SELECT category_name, {of_mood}, count(*) n {mine} AND {NOW} AND category IS NOT NULL
        AND category <> '{both.view.profile.taxonomy.nothing}' GROUP BY 1 HAVING n >= 10"""
    )
    assert columns(tables(report.figures.mood_chart(both.view).markup)[0], 0, 1, 2, 3, 4) == as_text(moods)


def test_shares_of_service_matters(both: Both) -> None:
    expected = both.ask(
        f"SELECT category_name, count(*) FROM scored WHERE {MINE} AND {NOW} AND concerns = 'service' GROUP BY 1"
    )
    assert columns(tables(report.figures.concern_chart(both.view).markup)[0], 0, 1) == as_text(expected)


def test_concentrated_problems_with_their_intervals(both: Both) -> None:
    problems = concentrated_problems(both.view.current, both.view.previous)
    rows = tables(report.tables.problem_table(both.view, problems).markup)[0]
    expected = both.ask(
        f"""WITH mine AS (SELECT * FROM scored WHERE {MINE} AND {NOW} AND category IS NOT NULL),
        t AS (SELECT count(*) t FROM mine)
        SELECT category_name, count(*) n, pct(n, t) || wilson(n, t),
               told_share(count(*) FILTER (sentiment_label = 'negative'), n) FROM mine, t GROUP BY category_name, t"""
    )
    assert rows and columns(rows, 0, 1, 2, 3) <= as_text(expected)


def test_outlets_with_their_intervals(both: Both) -> None:
    rows = tables(report.tables.outlet_table(both.view).markup)[0]
    expected = both.ask(
        f"""SELECT outlet, count(*) n, count(category) t, count(*) FILTER (sentiment_label = 'negative') neg,
        pct(neg, t) || wilson(neg, t) FROM scored WHERE {MINE} AND {NOW} AND outlet IS NOT NULL
        GROUP BY 1 HAVING n >= 10"""
    )
    assert columns(rows, 0, 1, 2, 3, 4) == as_text(expected)


def test_issues_and_their_days(both: Both) -> None:
    rows = tables(report.tables.issue_table(both.view).markup)[0]
    members = f"""(SELECT rank, label, unnest(record_ids) id FROM hotspots WHERE {MINE}) i
        JOIN (SELECT *, source || ':' || record_id id FROM scored WHERE {MINE} AND {NOW}) s USING (id)"""
    expected = both.ask(f"SELECT rank || '. ' || label, count(*) FROM {members} GROUP BY rank, label")
    assert columns(rows, 0, 1) == as_text(expected)
    days = tables(report.figures.issue_chart(both.view).markup)[0]
    for place in (1, 2, 3):
        of_days = dict(both.ask(f"SELECT day(occurred_at), count(*) FROM {members} WHERE rank = {place} GROUP BY 1"))
        assert [int(row[place]) for row in days] == [of_days.get(day, 0) for day in range(1, 31)]


def test_suggestions_and_follow_up(both: Both) -> None:
    rows = tables(report.suggestions.follow_up_table(both.view, both.actions).markup)[0]
    expected = both.ask(
        f"""SELECT a.action_id, count(s.record_id) FROM actions a LEFT JOIN scored s
        ON s.category = a.category AND s.branch = a.branch AND s.month = a.month
        WHERE a.{MINE} AND a.raised_month < a.month GROUP BY 1"""
    )
    assert columns(rows, 1, 5) == as_text(expected) and rows
    told = report.suggestions.suggestions_by_department(both.view, both.actions).markup
    for identity, n in both.ask(
        f"""SELECT a.action_id, count(*) FROM actions a JOIN scored s USING (category, branch, month)
        WHERE a.{MINE} AND a.status = 'open' GROUP BY 1"""
    ):
        assert f"（本月{n}件；编号{identity}；" in told


def test_branches_side_by_side(both: Both) -> None:
    names = {branch.name: branch.code for branch in both.view.profile.branches.branches}
    rows = tables(report.comparison.branch_table(both.office).markup)[0]
    sources = ", ".join(f"count(*) FILTER ({NOW} AND source = '{source}')" for source in SOURCE_NAMES)
    expected = both.ask(
        f"""SELECT branch, count(*) FILTER ({NOW}) n, told_change(n, count(*) FILTER ({BEFORE})),
        count(DISTINCT matter_id) FILTER ({NOW}), {sources} FROM scored GROUP BY 1"""
    )
    assert columns([[names[row[0]], *row[1:]] for row in rows], *range(7)) == as_text(expected)


def test_categories_of_all_branches(both: Both) -> None:
    rows = tables(report.figures.branch_heat_map(both.office).markup)[0]
    of_branch = ", ".join(f"count(*) FILTER (branch = '{code}')" for code in both.office.reporting)
    expected = both.ask(
        f"SELECT category_name, {of_branch} FROM scored WHERE {NOW} AND category IS NOT NULL GROUP BY 1"
    )
    assert columns(rows[:-1], *range(4)) <= as_text(expected)
    total = both.ask(f"SELECT '全部类别', {of_branch} FROM scored WHERE {NOW} AND category IS NOT NULL")
    assert columns(rows[-1:], *range(4)) == as_text(total)
