"""Canaries are found in every kind of file that the project writes, in the form in which a reader would see them."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest

from voc_lib.privacy import find_canaries

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
    weasyprint = pytest.importorskip("weasyprint")
    weasyprint.HTML(string="<p>卡号 62220001 手机银行</p>").write_pdf(tmp_path / "a.pdf")
    assert find_canaries(tmp_path, ["62220001"])["file"].tolist() == ["a.pdf"]
    assert find_canaries(tmp_path, ["62220002"]).empty
