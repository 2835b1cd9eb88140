"""The charts of the reports, a family a module. Each draws within the theme and gives back Html."""

from voc_lib.report.figures.bars import category_chart, concern_chart, mood_chart
from voc_lib.report.figures.heat import branch_heat_map
from voc_lib.report.figures.issues import issue_chart
from voc_lib.report.figures.scores import satisfaction_chart
from voc_lib.report.figures.volumes import daily_chart, monthly_chart

__all__ = [
    "branch_heat_map",
    "category_chart",
    "concern_chart",
    "daily_chart",
    "issue_chart",
    "monthly_chart",
    "mood_chart",
    "satisfaction_chart",
]
