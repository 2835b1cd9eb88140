"""The row that the site shows."""

from __future__ import annotations

import pandas as pd

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report import branch_summary


def test_the_row_counts_what_the_report_counts(profile: Profile) -> None:
    view = branch_view(profile, sizes=(100, 150))
    row = branch_summary(view, rows("actions", [{"status": s} for s in ("open", "overdue", "done")])).iloc[0]
    assert (row["branch"], row["n_records"], row["n_before"], row["n_open_actions"]) == ("BJ", 150, 100, 2)
    assert row["n_work_orders"] + row["n_complaint_intents"] + row["n_surveys"] == 150
    assert len(row["daily_counts"]) == 31 and sum(row["daily_counts"]) == 150
    assert row["title"] == "北京市分行 2013年5月 客户之声建议分析报告"


def test_an_empty_month_has_no_shares(profile: Profile) -> None:
    row = branch_summary(branch_view(profile, sizes=(0,)), rows("actions", [])).iloc[0]
    assert row["n_records"] == 0 and pd.isna(row["satisfaction"]) and pd.isna(row["negative_share"])
    assert pd.isna(row["n_before"]) and pd.isna(row["top_issue"])


def test_what_the_report_does_not_tell_of_few_the_site_does_not_know(profile: Profile) -> None:
    few = branch_summary(branch_view(profile, sizes=(6,)), rows("actions", [])).iloc[0]
    assert pd.isna(few["satisfaction"]) and pd.isna(few["negative_share"]) and pd.isna(few["review_share"])
    fallen = branch_summary(branch_view(profile, sizes=(40, 0)), rows("actions", [])).iloc[0]
    assert (fallen["n_records"], fallen["n_before"]) == (0, 40)
