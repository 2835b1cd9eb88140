"""Another centre's reports speak its own words: no bank word comes from the code."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.report.frames import branch_view, office_view
from tests.report.test_sections import BRANCH, OFFICE
from voc_lib import report
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.params.run import Words
from voc_lib.report import actions_of

BANK = re.compile("分行|总行|客户|网点|银行")


def test_no_bank_word_comes_from_the_code(profile: Profile) -> None:
    run = profile.run.model_copy(
        update={
            "centre": "热线中心",
            "head_office": "市级",
            "report_title": "来信分析报告",
            "head_office_title": "来信汇总报告",
            "customer_voice": "来信",
            "words": Words(branch="区县", outlet="街道", customer="市民"),
        }
    )
    other = replace(profile, run=run)
    views = [branch_view(other, branch=branch, sizes=(120, 150)) for branch in ("BJ", "SX")]
    actions = [actions_of(view, concentrated_problems(view.current, view.previous)) for view in views]
    office = office_view(views, actions)
    problems = concentrated_problems(views[0].current, views[0].previous)
    shown = [section(views[0]).markup for section in BRANCH.values()]
    shown += [section(office).markup for section in OFFICE.values()]
    shown.append(report.narrative.summary_page(views[0], problems, actions[0]).markup)
    text = re.sub("<[^>]+>", " ", " ".join(shown))
    # What the profile and the records say is theirs.
    theirs = {branch.name for branch in profile.branches.branches} | {"电话银行", *views[0].texts["text"]}
    for code in profile.taxonomy.codes:
        category = profile.taxonomy.category(code)
        theirs |= {category.name, category.suggestion, category.department}
    theirs |= {profile.taxonomy.level_of(code).name for code in profile.taxonomy.codes}
    for words in sorted(theirs, key=len, reverse=True):
        text = text.replace(words, "")
    left = re.sub(r"手机银行|新华支行|中山路支行|解放路支行", "", text)
    assert [left[max(0, m.start() - 15) : m.end() + 10] for m in BANK.finditer(left)] == []
    assert "区县" in text and "市民" in text and "街道" in text
