"""A centre words its own sentences; the figures, the escaping and the links stay ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.frames import branch_view, office_view
from voc_lib.errors import ProfileError
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.params.sentences import Narrative
from voc_lib.report import BranchView, actions_of
from voc_lib.report.narrative import summary_page
from voc_lib.report.sentences import sentences


def worded(profile: Profile, **templates: str) -> Profile:
    return replace(profile, narrative=Narrative(templates={**profile.narrative.templates, **templates}))


def summary(view: BranchView) -> str:
    problems = concentrated_problems(view.current, view.previous)
    return summary_page(view, problems, actions_of(view, problems)).markup


def test_a_centres_own_words_stand_in_the_summary(profile: Profile) -> None:
    view = branch_view(worded(profile, volume="本月来信共{{ n_records | count('封') }}。\n\n  共{{ n_matters }}事。"))
    told = summary(view)
    assert "<li>本月来信共400封。</li><li>共" in told and "共登记" not in told


def test_a_template_cannot_let_markup_through(profile: Profile) -> None:
    view = branch_view(worded(profile, empty="{{ name }}<b>无</b>。"), sizes=(0,))
    (told,) = sentences(view, "empty", month="5月", name="<script>\u202e")
    assert told == "&lt;script&gt;<b>无</b>。"


def test_counts_lead_to_their_records_in_a_branchs_report_alone(profile: Profile) -> None:
    view = branch_view(profile)
    told = summary(view)
    assert 'href="records.html#category=' in told and 'href="records.html#sentiment_label=negative"' in told
    assert 'href="records.html#source=survey"' in told
    problems = concentrated_problems(view.current, view.previous)
    office = office_view([view], [actions_of(view, problems)])
    (largest, *_) = sentences(
        office,
        "largest",
        problems=[{"name": "甲", "category": "61", "n": 3, "share": ""}],
        praised=[],
        spread="whole",
        n_problems=1,
        n_texts=3,
    )
    assert largest == "反映的问题是“甲”（3件）。"


def test_a_template_that_fails_over_the_figures_names_its_line(profile: Profile) -> None:
    view = branch_view(worded(profile, volume="好。\n{{ n_records / 0 }}"))
    with pytest.raises(ProfileError, match=r"cannot be made.*volume\.j2, line: 2"):
        summary(view)
