"""An executed report by hand, with every kind of thing a report shows; hostile texts are escaped, as authors do."""

from __future__ import annotations

import html
from typing import Any

from nbformat import NotebookNode, v4

TITLE = "北京市分行 2013年5月 客户之声建议分析报告"
HOSTILE = (
    "<script>document.title='stolen'</script>",
    "{{7*7}}{% for x in y %}",
    "![x](javascript:alert(1))",
    '"><img src=x onerror=alert(1)>',
    "</blockquote></main><style>body{display:none}</style>",
)

_MASTHEAD = (
    f'<header class="masthead"><p class="kicker">北京电话银行中心</p><h1>{TITLE}</h1>'
    '<p class="meta">共1,204件</p></header>'
)
_SUMMARY = (
    '<div class="summary"><p>本月共受理客户之声1,204件,比上月增加82件。</p></div>'
    '<ul class="key-figures"><li><span class="value">1,204</span><span class="label">客户之声</span>'
    '<span class="change up">+82</span></li><li><span class="value">4.21</span><span class="label">满意度</span>'
    '<span class="change down">−0.03</span></li></ul>'
)
_CHART = (
    '<figure class="chart"><svg role="img" aria-label="每日件数" viewBox="0 0 600 160"><defs>'
    '<clipPath id="c1"><rect width="600" height="160"/></clipPath></defs><polyline clip-path="url(#c1)" fill="none" '
    'stroke="#0b4a8f" points="0,140 300,20 600,90"/></svg><figcaption>图1 每日件数</figcaption></figure>'
)


def table(n_rows: int = 60) -> str:
    """A table long enough to run over a page, its counts out of order, with a total at its foot."""
    body = "".join(
        f'<tr><td>类别{n}</td><td class="num">{n * 37 % 101:,}</td><td>柜面排队时间过长，网点窗口不足</td></tr>'
        for n in range(1, n_rows + 1)
    )
    return (
        '<div class="table-wrap"><table class="data"><caption>表1 各类问题</caption>'
        '<thead><tr><th scope="col">类别</th><th class="num" scope="col">件数</th><th>说明</th></tr></thead>'
        f"<tbody>{body}</tbody>"
        '<tfoot><tr><th scope="row">合计</th><td class="num">9,999</td><td></td></tr></tfoot>'
        "</table></div>"
    )


def markdown(source: str) -> NotebookNode:
    """A Markdown cell."""
    return v4.new_markdown_cell(source)


def code(source: str, *outputs: Any, tags: tuple[str, ...] = ()) -> NotebookNode:
    """A code cell that has run."""
    cell = v4.new_code_cell(source, outputs=list(outputs), execution_count=1)
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def shows(markup: str) -> NotebookNode:
    """An output of markup."""
    return v4.new_output("display_data", {"text/html": markup, "text/plain": "<IPython.core.display.HTML object>"})


def says(text: str) -> NotebookNode:
    """An output of plain text."""
    return v4.new_output("execute_result", {"text/plain": text}, execution_count=1)


def notebook(*cells: NotebookNode) -> NotebookNode:
    """The cells as a notebook, with ids by position."""
    made = v4.new_notebook(cells=list(cells))
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def report() -> NotebookNode:
    """A whole report."""
    cases = "".join(f'<blockquote class="case"><p>{html.escape(text)}</p></blockquote>' for text in HOSTILE)
    made = notebook(
        markdown("# 04 Branch report\n\nWhat one branch heard in one month."),
        code('branch: str = "BJ"  # branch code\nmonth: str = "2013-04"', tags=("parameters",)),
        code('month = "2013-05"', tags=("injected-parameters",)),
        code("task = open_task(branch, month)", v4.new_output("stream", name="stderr", text="loading\n")),
        code("show(masthead(figures))", shows(_MASTHEAD)),
        code("show(summary(figures))", shows(_SUMMARY)),
        markdown("## 一、总体情况\n\n本月以**工单**为主。"),
        code("show(daily)", shows(_CHART)),
        markdown("## 二、各类问题\n\n### 服务类"),
        code("show(categories)", shows(table())),
        markdown("## 三、典型问题"),
        code("show(cases)", shows(cases)),
        code("texts", says("\n".join(HOSTILE))),
        code('task.write("summary", summary)'),
    )
    made.metadata["voc"] = {"scope": "branch", "reads": ["scored[-12..0]"], "writes": ["summary"]}
    return made
