"""Every section of both reports: shown for any size of month, hostile texts harmless, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.report.frames import branch_view, next_month, office_view
from voc_lib import report
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView, Html, OfficeView, actions_of

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)> =1+1 {{ 7*7 }} \u202e$\\frac{1}{2}$"


def _problems(view: BranchView) -> object:
    return concentrated_problems(view.current, view.previous)


def _actions(view: BranchView) -> object:
    return actions_of(view, concentrated_problems(view.current, view.previous))


BRANCH: dict[str, Callable[[BranchView], Html]] = {
    "masthead": report.narrative.branch_masthead,
    "key figures": report.overview.key_figure_list,
    "key figure table": report.overview.key_figure_table,
    "sources": report.tables.source_table,
    "months": report.figures.monthly_chart,
    "days": report.figures.daily_chart,
    "service": report.figures.concern_chart,
    "categories": report.figures.category_chart,
    "category table": report.tables.category_table,
    "problems": lambda view: report.tables.problem_table(view, _problems(view)),  # type: ignore[arg-type]
    "issues": report.tables.issue_table,
    "issue days": report.figures.issue_chart,
    "cases": report.cases.typical_cases,
    "mood": report.figures.mood_chart,
    "satisfaction": report.figures.satisfaction_chart,
    "channels": report.tables.channel_table,
    "products": report.tables.product_table,
    "outlets": report.tables.outlet_table,
    "suggestions": lambda view: report.suggestions.suggestions_by_department(view, _actions(view)),  # type: ignore[arg-type]
    "follow-up": lambda view: report.suggestions.follow_up_table(view, _actions(view)),  # type: ignore[arg-type]
    "quality": report.quality.quality_sentences,
    "intake": report.quality.branch_intake,
    "method": report.quality.method_notes,
}
OFFICE: dict[str, Callable[[OfficeView], Html]] = {
    "masthead": report.office.office_masthead,
    "summary": report.office.office_summary_page,
    "key figures": report.overview.key_figure_list,
    "branches": report.comparison.branch_table,
    "mood": report.comparison.mood_table,
    "heat map": report.figures.branch_heat_map,
    "shared": report.office.shared_issues,
    "hottest": report.office.hottest_issues,
    "actions": report.office.action_tables,
    "landing": report.office.landing_sum,
    "unplaced": report.office.unplaced_rows,
}


def _office(profile: Profile, sizes: dict[str, tuple[int, ...]]) -> OfficeView:
    views = [branch_view(profile, branch=branch, sizes=size) for branch, size in sizes.items()]
    return office_view(views, [_actions(view) for view in views])  # type: ignore[misc]


@pytest.fixture(scope="module", params=[(0,), (1,), (300, 0), (5, 7), (120, 150)], ids=str)
def view(profile: Profile, request: pytest.FixtureRequest) -> BranchView:
    return branch_view(profile, sizes=request.param)


@pytest.fixture(
    scope="module",
    params=[{"BJ": (0,)}, {"BJ": (60, 80), "TJ": (60, 0)}, {"BJ": (200, 250), "HE": (150, 300), "LN": (1,)}],
    ids=str,
)
def office(profile: Profile, request: pytest.FixtureRequest) -> OfficeView:
    return _office(profile, request.param)


@pytest.mark.parametrize("section", BRANCH.values(), ids=BRANCH)
def test_a_branchs_section_is_shown_for_any_month(view: BranchView, section: Callable[[BranchView], Html]) -> None:
    markup = section(view).markup
    assert markup.startswith("<") and not re.search(r">(nan|None|<NA>)|Undefined", markup)


@pytest.mark.parametrize("section", OFFICE.values(), ids=OFFICE)
def test_an_office_section_is_shown_for_any_month(office: OfficeView, section: Callable[[OfficeView], Html]) -> None:
    markup = section(office).markup
    assert markup.startswith("<") and not re.search(r">(nan|None|<NA>)|Undefined", markup)


def test_hostile_texts_are_harmless_everywhere(profile: Profile) -> None:
    view = branch_view(profile, sizes=(60, 80))
    hostile = replace(
        view,
        scored=view.scored.assign(text=HOSTILE, outlet=HOSTILE, channel=HOSTILE, product=HOSTILE),
        hotspots=view.hotspots.assign(label=HOSTILE, kind="term", is_hot=True),
    )
    pages = [section(hostile).markup for section in BRANCH.values()]
    office = office_view([hostile], [_actions(hostile)])  # type: ignore[list-item]
    pages += [section(office).markup for section in OFFICE.values()]
    for page in pages:
        assert "<script" not in page and "<img" not in page and "\u202e" not in page
    assert any("{{ 7*7 }}" in page for page in pages) and any("&lt;script&gt;" in page for page in pages)


def test_the_same_view_gives_the_same_bytes_whatever_the_order_of_its_rows(profile: Profile) -> None:
    view = branch_view(profile, sizes=(60, 80))
    shuffled = replace(view, scored=view.scored.sample(frac=1, random_state=2).reset_index(drop=True))
    for name, section in BRANCH.items():
        assert section(view).markup == section(shuffled).markup, name


def test_every_chart_names_its_number_of_records_and_has_an_alternative(profile: Profile) -> None:
    view = branch_view(profile, sizes=(120, 150))
    for name in ("months", "days", "service", "categories", "mood", "satisfaction"):
        markup = BRANCH[name](view).markup
        assert re.search(r'aria-label="[^"]*\d', markup) and re.search(r"<figcaption>[^<]*n=\d", markup), name


def test_the_service_chart_is_titled_as_the_branches_know_it(profile: Profile) -> None:
    assert "北京市分行服务类客户之声各类问题占比" in report.figures.concern_chart(branch_view(profile)).markup


def test_an_earlier_suggestion_is_followed_with_its_interval(profile: Profile) -> None:
    view = branch_view(profile)
    later = next_month(view, _actions(view), 350)  # type: ignore[arg-type]
    markup = report.suggestions.follow_up_table(later, _actions(later)).markup  # type: ignore[arg-type]
    assert re.search(r" \d\.\d（\d\.\d–\d+\.\d）", markup) and "逾期未答复" in markup and "2013年5月" in markup


def test_the_office_names_the_branches_that_are_missing(profile: Profile) -> None:
    told = report.office.office_summary_page(_office(profile, {"BJ": (60, 80)})).markup
    assert "天津市分行、河北省分行、山西省分行、内蒙古自治区分行和辽宁省分行本月没有分行报告" in told


def test_the_landing_holds_what_belongs_to_no_branch(profile: Profile) -> None:
    told = report.office.landing_sum(_office(profile, {"BJ": (60, 80)})).markup
    assert "87行＝入库80行＋重复4行＋拒收3行" in told and "1行分行或时间无法识别" in told
