"""Heat, growth and effect, computed a second time by SQL over the Parquet tables, by a path of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import pandas as pd
import pytest

from tests.builders import TZ
from tests.report.frames import branch_view, next_month
from tests.report.test_figures_again import tables
from voc_lib import report
from voc_lib.hotspot import concentrated_problems, find_hotspots
from voc_lib.params import Profile
from voc_lib.report import BranchView, actions_of
from voc_lib.store import Store

MONTH = "2013-06"
TEXTS = f"FROM scored WHERE category IS NOT NULL AND month = '{MONTH}'"
EARLIER = f"FROM scored WHERE category IS NOT NULL AND month < '{MONTH}'"


@dataclass
class Again:
    """A branch-month with issues found by the hotspot room, and its tables."""

    view: BranchView
    actions: pd.DataFrame
    db: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def again(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> Again:
    first = branch_view(profile, month="2013-05", sizes=(150, 160, 170))
    earlier = actions_of(first, concentrated_problems(first.current, first.previous))
    view = next_month(first, earlier, 200)
    # Something grows, and its customers are angry enough to go to a regulator.
    grown = view.scored[(view.scored["month"] == MONTH) & (view.scored["category"] == "61")]
    more = [
        grown.assign(record_id=grown["record_id"] + suffix, matter_id=grown["matter_id"] + suffix) for suffix in "abcd"
    ]
    scored = pd.concat([view.scored, *more], ignore_index=True)
    risk = (scored["sentiment_label"] == "negative").map({True: 0.3, False: 0.05}).where(scored["category"].notna())
    scored = scored.assign(escalation_risk=risk)
    now, before = scored[scored["month"] == MONTH], scored[scored["month"] < MONTH]
    found = find_hotspots(
        now, before, branch="BJ", month=MONTH, profile=profile, history_months=[m for m in view.months if m < MONTH]
    )
    view = replace(view, scored=scored, hotspots=found)
    actions = actions_of(view, concentrated_problems(view.current, view.previous))
    store = Store(str(tmp_path_factory.mktemp("tables")), TZ)
    for month in view.months:
        store.write("scored", scored[scored["month"] == month], "BJ", month)
    store.write("hotspots", view.hotspots, "BJ", MONTH)
    store.write("actions", actions, "BJ", MONTH)
    db = duckdb.connect()
    for table in ("scored", "hotspots", "actions"):
        place = f"{store.root}/{table}/*/*/part.parquet"
        db.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{place}', hive_partitioning=false)")
    db.execute(
        f"""CREATE TABLE members AS SELECT i.rank, s.* FROM (SELECT rank, unnest(record_ids) id FROM hotspots) i
        JOIN (SELECT *, source || ':' || record_id id {TEXTS}) s USING (id)"""
    )
    return Again(view, actions, db)


def test_heat_from_its_four_parts(again: Again) -> None:
    weights = again.view.profile.thresholds.hotspot.heat
    expected = again.db.execute(
        f"""WITH parts AS (SELECT h.rank,
            count(DISTINCT m.matter_id) / (SELECT count(DISTINCT matter_id) {TEXTS}) share,
            -log10(any_value(h.p_value)) surety, any_value(h.growth_low) low, any_value(h.is_hot)::INT hot,
            avg((m.sentiment_label = 'negative')::INT) negative, avg(coalesce(m.escalation_risk, 0)) escalation
            FROM hotspots h JOIN members m USING (rank) GROUP BY 1)
        SELECT rank, printf('%.0f', 100 * ({weights.volume} * share / (share + 0.1)
            + {weights.growth} * hot * (surety / (surety + 3) + greatest(0, 1 - 1 / low)) / 2
            + {weights.negative} * negative + {weights.escalation} * escalation)
            / {weights.volume + weights.growth + weights.negative + weights.escalation}) FROM parts ORDER BY rank"""
    ).fetchall()
    rows = tables(report.tables.issue_table(again.view).markup)[0]
    assert [(int(row[0].split(".")[0]), row[-2]) for row in rows] == expected and len(rows) > 2
    assert any(row[-1] in ("显著上升", "新增热点") for row in rows), [row[-1] for row in rows]


def test_growth_of_the_issues_that_are_a_whole_category(again: Again) -> None:
    prior = again.view.profile.thresholds.hotspot.prior_records
    expected = dict(
        again.db.execute(
            f"""WITH whole AS (SELECT rank, any_value(category) category, count(DISTINCT matter_id) n FROM members
                GROUP BY rank HAVING count(DISTINCT category) = 1),
            volume AS (SELECT (SELECT count(DISTINCT matter_id) {TEXTS}) now, (SELECT count(*) FROM
                (SELECT DISTINCT month, matter_id {EARLIER})) before),
            told AS (SELECT rank, n, now / before * (SELECT count(*) FROM
                (SELECT DISTINCT month, matter_id {EARLIER} AND category = whole.category)) expected FROM whole, volume
                WHERE n = (SELECT count(DISTINCT matter_id) {TEXTS} AND category = whole.category))
            SELECT rank, [printf('%.1f', expected), printf('%.1f', (n + {prior}) / (expected + {prior}))] FROM told"""
        ).fetchall()
    )
    rows = {int(row[0].split(".")[0]): row for row in tables(report.tables.issue_table(again.view).markup)[0]}
    assert len(expected) >= 2
    for rank, (usual, ratio) in expected.items():
        assert [rows[rank][-4], rows[rank][-3].split("（")[0]] == [usual, ratio]


def test_the_effect_of_earlier_suggestions_and_its_interval(again: Again) -> None:
    """The ratio of the shares; and at the ends of its interval the exact binomial tail is 2.5 %."""
    found = again.db.execute(
        f"""WITH texts AS (SELECT * FROM scored WHERE category IS NOT NULL),
        counts AS (SELECT a.action_id, a.rate_ratio, a.rate_ratio_low, a.rate_ratio_high,
            (SELECT count(*) FROM texts WHERE month = '{MONTH}' AND category = a.category) n,
            (SELECT count(*) FROM texts WHERE month = '{MONTH}') t,
            (SELECT count(*) FROM texts WHERE category = a.category AND
                CASE a.effect_base WHEN 'before' THEN month < a.raised_month ELSE month = a.raised_month END) b,
            (SELECT count(*) FROM texts WHERE
                CASE a.effect_base WHEN 'before' THEN month < a.raised_month ELSE month = a.raised_month END) tb
            FROM actions a WHERE a.raised_month < a.month AND a.effect <> 'too_few'),
        ends AS (SELECT *, rate_ratio_low / (tb / t) / (1 + rate_ratio_low / (tb / t)) p,
            rate_ratio_high / (tb / t) / (1 + rate_ratio_high / (tb / t)) q FROM counts),
        terms AS (SELECT *, unnest(range(0, n + b + 1)) k FROM ends)
        SELECT action_id, any_value(rate_ratio), any_value((n / t) / (b / tb)),
            sum(exp(lgamma(n + b + 1) - lgamma(k + 1) - lgamma(n + b - k + 1) + k * ln(p) + (n + b - k) * ln(1 - p)))
                FILTER (k >= n),
            sum(exp(lgamma(n + b + 1) - lgamma(k + 1) - lgamma(n + b - k + 1) + k * ln(q) + (n + b - k) * ln(1 - q)))
                FILTER (k <= n) FROM terms GROUP BY 1"""
    ).fetchall()
    assert found
    for _, ratio, by_sql, below, above in found:
        assert ratio == pytest.approx(by_sql)
        assert below == pytest.approx(0.025, abs=1e-6) and above == pytest.approx(0.025, abs=1e-6)
