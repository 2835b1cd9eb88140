"""What is left of an executed notebook: nothing of the moment, the place or the machine."""

from __future__ import annotations

import copy
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from voc_lib.workflow.canonical import canonical_bytes, canonical_notebook, path_names

PARAMETERS = {"branch": "BJ", "month": "2013-05"}


def executed(*outputs: nbformat.NotebookNode, source: str = "1") -> nbformat.NotebookNode:
    """A notebook as papermill leaves it."""
    node = new_notebook(
        cells=[new_markdown_cell("# T"), new_code_cell(source, outputs=list(outputs), execution_count=1)],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python", "path": "/x"},
            "language_info": {"name": "python", "version": "3.11.9", "file_extension": ".py"},
            "papermill": {"start_time": "2026-01-01", "input_path": "/home/me/in.ipynb", "parameters": PARAMETERS},
            "voc": {"scope": "branch", "reads": [], "writes": []},
            "widgets": {},
        },
    )
    node.cells[1].metadata.update(
        {
            "execution": {"iopub.status.busy": "2026"},
            "papermill": {"duration": 1.0},
            "tags": ["parameters"],
            "trusted": 1,
        }
    )
    return node


def stored(*outputs: nbformat.NotebookNode, home: str = "/home/me", **folders: str) -> nbformat.NotebookNode:
    return canonical_notebook(executed(*outputs), parameters=PARAMETERS, paths=path_names(folders, home=home))


def stream(text: str, name: str = "stdout") -> nbformat.NotebookNode:
    return new_output("stream", name=name, text=text)


def test_metadata_is_what_the_white_list_names() -> None:
    node = stored()
    assert dict(node.metadata) == {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "file_extension": ".py"},
        "papermill": {"parameters": PARAMETERS},
        "voc": {"scope": "branch", "reads": [], "writes": []},
    }
    assert dict(node.cells[1].metadata) == {"tags": ["parameters"]}
    assert dict(node.cells[0].metadata) == {}


def test_ids_come_from_position_and_content() -> None:
    one, other = executed(), executed()
    assert one.cells[0].id != other.cells[0].id
    first = canonical_notebook(one, parameters={}, paths=[])
    assert [c.id for c in first.cells] == [c.id for c in canonical_notebook(other, parameters={}, paths=[]).cells]
    changed = canonical_notebook(executed(source="2"), parameters={}, paths=[])
    assert changed.cells[0].id == first.cells[0].id
    assert changed.cells[1].id != first.cells[1].id


def test_the_notebook_given_is_left_as_it_is() -> None:
    node = executed(stream("a"), stream("b"))
    before = copy.deepcopy(node)
    canonical_notebook(node, parameters={}, paths=[])
    assert node == before


def test_the_form_is_stable() -> None:
    once = stored(stream("a /home/me/x 0xdeadbeef\n"), stream("b", "stderr"), home="/home/me", home_folder="/home/me")
    again = canonical_notebook(once, parameters=PARAMETERS, paths=[])
    assert canonical_bytes(again) == canonical_bytes(once)
    assert canonical_bytes(once).endswith(b"}\n")


@pytest.mark.parametrize(
    "outputs",
    [
        [stream("ab"), stream("x", "stderr"), stream("c")],
        [stream("x", "stderr"), stream("a"), stream("bc")],
        [stream("abc"), stream("x", "stderr")],
    ],
)
def test_chunks_of_streams_do_not_show(outputs: list[nbformat.NotebookNode]) -> None:
    kept = stored(*outputs).cells[1].outputs
    assert [(o.name, o.text) for o in kept] == [("stdout", "abc"), ("stderr", "x")]


def test_streams_stay_on_their_side_of_other_outputs() -> None:
    shown = new_output("display_data", {"text/plain": "figure"})
    kept = stored(stream("a"), shown, stream("b"), stream("c")).cells[1].outputs
    assert [o.get("text", "-") for o in kept] == ["a", "-", "bc"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("/tmp/ipykernel_4242/1234567.py:3: UserWarning", "<cell>:3: UserWarning"),
        ("<Figure at 0x7f3a2b1c0d10>", "<Figure at 0x…>"),
        ("read /srv/voc/data/raw/a.csv", "read <data>/raw/a.csv"),
        ("/srv/voc/data2 stays apart", "<project>/data2 stays apart"),
        ("in ~/desk/x.py", "in <desk>/x.py"),
        ("3/4 of 1/2, 0x1f", "3/4 of 1/2, 0x1f"),
    ],
)
def test_nothing_of_the_machine_is_left_in_texts(text: str, expected: str) -> None:
    folders = {"data": "/srv/voc/data", "project": "/srv/voc", "desk": "/home/me/desk", "root": "/", "none": ""}
    data = new_output("execute_result", {"text/plain": text, "text/html": text}, execution_count=1)
    kept = stored(stream(text), data, **folders).cells[1].outputs
    assert kept[0].text == expected
    assert kept[1].data == {"text/plain": expected, "text/html": expected}


def test_pictures_are_left_alone() -> None:
    picture = new_output("display_data", {"image/png": "AAAA/srv/voc/0xdeadbeef"})
    assert stored(picture, project="/srv/voc").cells[1].outputs[0].data["image/png"] == "AAAA/srv/voc/0xdeadbeef"


def error(*lines: str) -> nbformat.NotebookNode:
    return new_output("error", ename="ValueError", evalue="no 13800138000", traceback=list(lines))


def test_tracebacks_lose_their_places_and_keep_their_names() -> None:
    lines = (
        "File \x1b[0;32m/usr/lib/python3.11/json/decoder.py:337\x1b[0m, in decode(self)",
        '  File "/opt/odd folder/thing.py", line 3',
        "File ~/secret/x.py:9, in f()",
        "Cell In[3], line 1",
    )
    kept = stored(error(*lines)).cells[1].outputs[0]
    assert kept.traceback == [
        "File …/decoder.py:337, in decode(self)",
        '  File "…/thing.py", line 3',
        "File …/x.py:9, in f()",
        "Cell In[3], line 1",
    ]


def test_errors_and_standard_error_are_masked() -> None:
    def mask(text: str) -> str:
        return text.replace("13800138000", "[phone]")

    node = executed(stream("kept 13800138000"), stream("13800138000", "stderr"), error("at 13800138000"))
    outputs = canonical_notebook(node, parameters={}, paths=[], mask=mask).cells[1].outputs
    texts: list[Any] = [outputs[0].text, outputs[1].text, outputs[2].evalue, outputs[2].traceback]
    assert texts == ["kept 13800138000", "[phone]", "no [phone]", ["at [phone]"]]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_flood_is_shortened_to_the_same_wherever_it_was_cut_into_chunks(stream: str) -> None:
    text = "".join(f"/home/somebody/project/file {n}\n" for n in range(60_000))
    stored = []
    for size in (1_000, 77_777, len(text)):
        chunks = [text[at : at + size] for at in range(0, len(text), size)]
        cell = nbformat.v4.new_code_cell("flood()")
        cell.outputs = [nbformat.v4.new_output("stream", name=stream, text=chunk) for chunk in chunks]
        node = canonical_notebook(
            nbformat.v4.new_notebook(cells=[cell]), parameters={}, paths=[("/home/somebody/project", "<project>")]
        )
        stored.append(node.cells[0].outputs)
    assert stored[0] == stored[1] == stored[2]
    (output,) = stored[0]
    assert len(output.text) < 101_000
    assert output.text.startswith("<project>/file 0\n")
    assert output.text.endswith("<project>/file 59999\n")
    assert "characters left out" in output.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10 %\r20 %\rdone\nnext", "done\nnext"),
        ("10 %\r20 %\r\nnext\r", "20 %\r\nnext\r"),
        ("a\r\nb\n", "a\r\nb\n"),
        ("a" * 3_000_000 + "\rb", "b"),  # a pattern with backtracking would never come to its end
    ],
    ids=["progress", "ends over themselves", "another system's line ends", "one long line"],
)
def test_a_line_that_was_written_over_is_as_it_was_at_last(text: str, shown: str) -> None:
    assert (
        stored(*(stream(text[at : at + 50_000]) for at in range(0, len(text), 50_000))).cells[1].outputs[0].text
        == shown
    )
