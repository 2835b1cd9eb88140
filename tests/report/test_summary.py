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
    assert (row["branch"], row["n_records"], row["change"], row["n_open_actions"]) == ("BJ", 150, 1.5, 2)
    assert row["n_work_orders"] + row["n_complaint_intents"] + row["n_surveys"] == 150
    assert len(row["daily_counts"]) == 31 and sum(row["daily_counts"]) == 150
    assert row["title"] == "北京市分行 2013年5月 客户之声建议分析报告"


def test_an_empty_month_has_no_shares(profile: Profile) -> None:
    row = branch_summary(branch_view(profile, sizes=(0,)), rows("actions", [])).iloc[0]
    assert row["n_records"] == 0 and pd.isna(row["satisfaction"]) and pd.isna(row["negative_share"])
    assert pd.isna(row["change"]) and pd.isna(row["top_issue"])
