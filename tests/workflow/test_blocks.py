from __future__ import annotations

import base64

from nbformat import v4

from tests.workflow.report_notebook import code, markdown, notebook, report, says, shows
from voc_lib.workflow.blocks import Item, parts_of


def test_code_that_shows_nothing_joins_the_next_output() -> None:
    parts = parts_of(notebook(code("import a"), markdown("## 一"), code("x = 1"), code("x", says("1")), code("save()")))
    assert [block.items[0].kind for block in parts.body] == ["markdown", "text"]
    assert [entry.source for entry in parts.body[1].code] == ["import a", "x = 1", "x"]
    assert [entry.source for entry in parts.code] == ["save()"]


def test_what_precedes_the_masthead_tells_how_the_report_is_made() -> None:
    parts = parts_of(report())
    assert parts.lead[0].items[0].content.startswith("# 04 Branch report")
    assert "masthead" in parts.body[0].items[0].content
    assert parts.body[0].code == ()
    assert [entry.source for entry in parts.code[2:]] == [
        "task = open_task(branch, month)",
        "show(masthead(figures))",
        'task.write("summary", summary)',
    ]
    assert parts.code[2].log == "loading\n"


def test_without_a_masthead_everything_is_body() -> None:
    parts = parts_of(notebook(markdown("# 02"), code("1", says("1"))))
    assert (parts.lead, len(parts.body)) == ((), 2)


def test_parameters_are_those_the_notebook_was_run_with() -> None:
    cells = (
        code('branch: str = "BJ"  # code\nmonth: str = "2013-04"\ntop = 3', tags=("parameters",)),
        code('month = "2013-05"', tags=("injected-parameters",)),
        code("other = 1"),
    )
    assert parts_of(notebook(*cells)).parameters == (("branch", "BJ"), ("month", "2013-05"), ("top", "3"))
    assert parts_of(notebook(code("if", tags=("parameters",)))).parameters == ()


def test_declared_tables_are_told() -> None:
    parts = parts_of(report())
    assert (parts.reads, parts.writes) == (("scored[-12..0]",), ("summary",))


def test_the_richest_harmless_form_is_shown() -> None:
    def shown(data: dict[str, str], **metadata: object) -> tuple[Item, ...]:
        output = v4.new_output("display_data", data, metadata=metadata)
        return tuple(item for block in parts_of(notebook(code("x", output))).body for item in block.items)

    assert shown({"text/html": "<b>x</b>", "text/plain": "x"}) == (Item("html", "<b>x</b>"),)
    assert shown({"text/markdown": "**x**", "text/plain": "x"}) == (Item("markdown", "**x**"),)
    assert shown({"image/png": "AA\nBB\n", "text/plain": "x"}, alt="每日") == (
        Item("image", "data:image/png;base64,AABB", "每日"),
    )
    [drawing] = shown({"image/svg+xml": "<svg/>"}, **{"image/svg+xml": {"alt": "趋势"}})
    assert (drawing.alt, base64.b64decode(drawing.content.split(",")[1])) == ("趋势", b"<svg/>")
    assert shown({"application/javascript": "alert(1)"}) == ()
    assert shown({"application/vnd.jupyter.widget-view+json": "{}", "text/plain": "Progress"}) == (
        Item("text", "Progress"),
    )


def test_errors_and_streams_lose_their_terminal_colours() -> None:
    error = v4.new_output("error", ename="ValueError", evalue="bad", traceback=["\x1b[31mValueError\x1b[0m: bad"])
    stream = v4.new_output("stream", name="stdout", text="\x1b[1mdone\x1b[0m\n")
    block = parts_of(notebook(code("x", stream, error))).body[0]
    assert block.items == (Item("text", "done\n"), Item("error", "ValueError: bad", "ValueError: bad"))


def test_several_outputs_of_a_cell_stay_together() -> None:
    parts = parts_of(notebook(code("x", shows("<p>1</p>"), shows("<p>2</p>"))))
    assert [item.content for item in parts.body[0].items] == ["<p>1</p>", "<p>2</p>"]


def test_raw_and_empty_cells_are_left_out() -> None:
    parts = parts_of(notebook(v4.new_raw_cell("x"), markdown(" \n"), code(" ")))
    assert (parts.body, parts.code) == ((), ())
