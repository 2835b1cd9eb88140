"""Canaries are found in every kind of file that the project writes, in the form in which a reader would see them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest

from voc_lib.errors import RenderError
from voc_lib.privacy import find_canaries
from voc_lib.workflow.pdf_exporter import html_to_pdf

CANARY = "6222-canary-<7>"


def test_every_kind_of_file_is_searched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CANARY)
    (tmp_path / "b.html").write_text("<p>6222-can<b>ary</b>-&lt;7&gt;</p>")
    (tmp_path / "c.json").write_text(json.dumps({"k": [CANARY]}))
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"x\n{CANARY}")])
    nbformat.write(nb, tmp_path / "d.ipynb")
    pd.DataFrame({"x": [CANARY]}).to_parquet(tmp_path / "e.parquet")
    book = openpyxl.Workbook()
    book.active["A1"] = CANARY
    book.save(tmp_path / "f.xlsx")
    (tmp_path / "clean.txt").write_text("nothing here")
    found = find_canaries(tmp_path, [CANARY, ""])
    assert found["file"].tolist() == ["a.txt", "b.html", "c.json", "d.ipynb", "e.parquet", "f.xlsx"]


@pytest.mark.pdf
def test_a_pdf_is_searched_as_it_reads(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(html_to_pdf("<p>卡号 62220001 手机银行</p>"))
    assert find_canaries(tmp_path, ["62220001"])["file"].tolist() == ["a.pdf"]
    assert find_canaries(tmp_path, ["62220002"]).empty


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("a.html", b"<p>138 0013\n 8000</p>"),
        ("b.html", "<p>138\u200f0013\u20668000</p>".encode()),
        ("c.csv", "号码，138-0013-8000，王小五".encode("gb18030")),
        ("d.csv.gz", gzip.compress(b"x,13800138000\n", mtime=0)),
        ("e.txt", "１３８００１３８０００".encode()),
        ("f.txt", "13800138000".encode("utf-16")),
        ("g.txt", b"1<b>3800</b>138000"),
    ],
)
def test_a_number_is_found_however_it_is_written(tmp_path: Path, name: str, payload: bytes) -> None:
    (tmp_path / name).write_bytes(payload)
    for value in ("13800138000", "138 0013 8000"):
        assert find_canaries(tmp_path, [value])["file"].tolist() == [name]
        assert find_canaries(tmp_path, [value[:-1] + "1"]).empty


def test_a_name_is_found_in_the_bytes_of_a_spreadsheet_and_with_blanks_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("客户,王小五\n".encode("gb18030"))
    (tmp_path / "b.txt").write_text("王 小\u200b五", encoding="utf-8")
    assert find_canaries(tmp_path, ["王小五"])["file"].tolist() == ["a.csv", "b.txt"]


def test_figures_side_by_side_are_no_number_of_somebody(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<svg><path d="M138 0013 8000"/></svg><script>[138,13,8000]</script>')
    assert find_canaries(tmp_path, ["13800138000", "138138000"]).empty


def test_what_cannot_be_searched_is_not_said_to_be_clean(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{not json")
    with pytest.raises(RenderError, match=r"a\.json"):
        find_canaries(tmp_path, ["13800138000"])
