"""`voc queue` and `voc teach`: the workbook goes out and comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests.builders import TZ, rows
from voc_lib.cli import main
from voc_lib.store import Store

Voc = Callable[..., Result]


@pytest.fixture
def voc(tmp_path: Path, project: Path) -> Voc:
    """The command on a data folder with one categorised branch-month."""
    told = [
        {"text": "额度怎么不动", "category": "12", "category_name": "额度调整", "confidence": 0.3, "method": "model"},
        {"text": "=年费", "category": "16", "category_name": "用卡与年费", "confidence": 0.9, "method": "rule"},
    ]
    table = rows("categorised", [row | {"evidence": []} for row in told])
    Store(str(tmp_path / "data"), TZ).write("categorised", table, "BJ", "2013-05")
    places = ["--params", str(project / "params"), "--data", str(tmp_path / "data")]
    return lambda *arguments: CliRunner().invoke(main, [*arguments, *places])


def test_what_experts_answer_comes_back(voc: Voc, tmp_path: Path) -> None:
    file = tmp_path / "queue.xlsx"
    done = voc("queue", "2013-05", "-o", str(file))
    assert done.exit_code == 0, done.output
    assert "2 texts of 2013-05 (BJ)" in done.output
    book = openpyxl.load_workbook(file)
    sheet = book["待复核"]
    assert [sheet.cell(row, 2).value for row in (2, 3)] == ["额度怎么不动", "=年费"]
    sheet.cell(2, 8).value = "11 申请与审批"
    book.save(file)
    done = voc("teach", str(file), "--by", "甲", "--month", "2013-05")
    assert done.exit_code == 0, done.output
    assert "1 answers: 0 as decided before, 1 otherwise" in done.output
    stored = (tmp_path / "data" / "labels" / "category.csv").read_text(encoding="utf-8-sig")
    assert stored.splitlines() == [
        "text,category,decided,by,month,version",
        "额度怎么不动,11,12,甲,2013-05,1",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("queue", "2013-04", "-o", "q.xlsx"), "nothing is categorised there"),
        (("queue", "2013-05", "--branch", "SH", "-o", "q.xlsx"), "nothing is categorised there"),
        (("queue", "2013-05", "-o", "q.csv"), "cannot write that kind of file"),
        (("teach", "none.xlsx", "--by", "甲", "--month", "2013-05"), "file not found"),
        (("teach", "none.xlsx", "--by", "甲", "--month", "五月"), "not a month"),
    ],
)
def test_a_wrong_call_is_one_message(voc: Voc, arguments: tuple[str, ...], message: str) -> None:
    done = voc(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_blank_answers_store_nothing(voc: Voc, tmp_path: Path) -> None:
    file = tmp_path / "queue.xlsx"
    voc("queue", "2013-05", "-o", str(file))
    done = voc("teach", str(file), "--by", "甲", "--month", "2013-05")
    assert done.exit_code == 2
    assert "no answer found" in done.stderr
    assert not (tmp_path / "data" / "labels").exists()


def test_the_doctor_lists_rules(voc: Voc) -> None:
    done = voc("doctor", "--rules")
    assert done.exit_code == 0, done.output
    assert done.output == ""
