"""Everything that the branch report and the head-office report show: functions of tables that give Html.

A notebook opens a view (`open_branch`, `open_office`) and calls the modules by name:
`report.figures.daily_chart(view)`, `report.tables.category_table(view)`.
"""

from voc_lib.report import (
    analyst,
    cases,
    comparison,
    concentration,
    figures,
    followup,
    journeys,
    likes,
    movements,
    narrative,
    office,
    office_actions,
    overview,
    quality,
    replies,
    suggestions,
    tables,
    watch,
)
from voc_lib.report.actions import actions_of
from voc_lib.report.form import feedback_form
from voc_lib.report.html import Html, join
from voc_lib.report.office_view import OfficeView, open_office
from voc_lib.report.records_page import RECORDS_FILE, records_page
from voc_lib.report.summary import branch_summary
from voc_lib.report.view import BranchView, open_branch

__all__ = [
    "RECORDS_FILE",
    "BranchView",
    "Html",
    "OfficeView",
    "actions_of",
    "analyst",
    "branch_summary",
    "cases",
    "comparison",
    "concentration",
    "feedback_form",
    "figures",
    "followup",
    "join",
    "journeys",
    "likes",
    "movements",
    "narrative",
    "office",
    "office_actions",
    "open_branch",
    "open_office",
    "overview",
    "quality",
    "records_page",
    "replies",
    "suggestions",
    "tables",
    "watch",
]
