from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from voc_lib.categorise import add_expert_labels, expert_form, read_expert_form, read_expert_labels, read_label_table
from voc_lib.categorise.expert_form import FORM_HEADINGS
from voc_lib.errors import SourceError
from voc_lib.params import Taxonomy

QUEUE = pd.DataFrame(
    {
        "text": ["=1+1额度", "年费太贵"],
        "category": ["12", "16"],
        "category_name": ["额度调整", "用卡与年费"],
        "confidence": [0.31, 0.4],
        "method": ["model", "rule"],
        "evidence": [["额度"], []],
        "n_records": [2, 1],
        "value": [1.0, 0.6],
    }
)
TEXT, ANSWER, KEY = (FORM_HEADINGS.index(name) + 1 for name in ("内容", "专家类别", "核对码"))


@pytest.fixture
def form(tmp_path: Path, taxonomy: Taxonomy) -> Callable[..., Path]:
    """The workbook as it comes back: cells (row, column) → value are what the expert wrote."""

    def write(answers: dict[tuple[int, int], Any], sheet: str = "待复核") -> Path:
        path = tmp_path / "queue.xlsx"
        path.write_bytes(expert_form(QUEUE, taxonomy=taxonomy, title="BJ 2013-05"))
        book = openpyxl.load_workbook(path)
        for (row, column), value in answers.items():
            book[sheet].cell(row, column).value = value
        book.save(path)
        return path

    return write


def test_no_cell_is_a_formula_and_answers_are_chosen_from_the_taxonomy(form: Callable[..., Path]) -> None:
    book = openpyxl.load_workbook(form({}))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    (choose,) = book["待复核"].data_validations.dataValidation
    assert choose.formula1 == "'类别目录'!$A$2:$A$4"
    assert [row[0].value for row in book["类别目录"]["A2:A4"]] == ["12 额度调整", "16 用卡与年费", "90 无实质内容"]


def test_the_same_queue_gives_the_same_bytes(taxonomy: Taxonomy) -> None:
    assert expert_form(QUEUE, taxonomy=taxonomy, title="一") == expert_form(QUEUE, taxonomy=taxonomy, title="一")


@pytest.mark.parametrize("answer", ["16 用卡与年费", "16", 16, "用卡与年费"])
def test_an_answer_comes_back_however_it_is_written(
    form: Callable[..., Path], taxonomy: Taxonomy, answer: object
) -> None:
    answers = read_expert_form(form({(2, ANSWER): answer}), taxonomy=taxonomy)
    assert answers.to_dict("records") == [{"text": "=1+1额度", "category": "16", "decided": "12", "version": 1}]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({(2, ANSWER): "17 别的"}, r"not a category of the taxonomy.*row: 2.*found: 17 别的"),
        ({(2, ANSWER): "=A1"}, r"answer is a formula.*row: 2"),
        ({(2, ANSWER): "12", (2, TEXT): "别的内容"}, r"text was changed.*row: 2"),
        ({(1, ANSWER): "答案"}, r"columns are not those"),
        (
            {(2, ANSWER): "12", (3, ANSWER): "16", (3, TEXT): "=1+1额度"},
            r"text was changed.*row: 3",
        ),
    ],
)
def test_what_is_wrong_is_told_by_row(
    form: Callable[..., Path], taxonomy: Taxonomy, cells: dict[tuple[int, int], Any], message: str
) -> None:
    with pytest.raises(SourceError, match=message) as told:
        read_expert_form(form(cells), taxonomy=taxonomy)
    assert "额度低" not in str(told.value)


def test_one_text_with_two_answers_is_refused(form: Callable[..., Path], taxonomy: Taxonomy) -> None:
    path = form({})
    book = openpyxl.load_workbook(path)
    sheet = book["待复核"]
    for column in range(1, len(FORM_HEADINGS) + 1):
        sheet.cell(3, column).value = sheet.cell(2, column).value
    sheet.cell(2, TEXT).data_type = sheet.cell(3, TEXT).data_type = "s"
    sheet.cell(2, ANSWER).value, sheet.cell(3, ANSWER).value = "12", "16"
    book.save(path)
    with pytest.raises(SourceError, match=r"one text has two answers.*row: 3.*expected: 12, as in row 2"):
        read_expert_form(path, taxonomy=taxonomy)


def test_another_workbook_is_refused(tmp_path: Path, taxonomy: Taxonomy) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    with pytest.raises(SourceError, match="sheet missing"):
        read_expert_form(tmp_path / "other.xlsx", taxonomy=taxonomy)
    with pytest.raises(SourceError, match="cannot be read"):
        read_expert_form(tmp_path / "text.xlsx", taxonomy=taxonomy)
    with pytest.raises(SourceError, match="not found"):
        read_expert_form(tmp_path / "none.xlsx", taxonomy=taxonomy)


def test_a_workbook_of_an_earlier_taxonomy_is_refused(form: Callable[..., Path], taxonomy: Taxonomy) -> None:
    with pytest.raises(SourceError, match=r"another version.*found: 1.*expected: 2"):
        read_expert_form(form({(2, ANSWER): "12"}), taxonomy=taxonomy.model_copy(update={"version": 2}))


def test_answers_are_kept_and_a_new_word_replaces_the_old(
    form: Callable[..., Path], taxonomy: Taxonomy, tmp_path: Path
) -> None:
    answers = read_expert_form(form({(2, ANSWER): "16", (3, ANSWER): "16"}), taxonomy=taxonomy)
    assert add_expert_labels(tmp_path, answers, by="甲", month="2013-05") == (2, 0)
    again = answers[answers["text"] == "年费太贵"].assign(category="90")
    assert add_expert_labels(tmp_path, again, by="乙", month="2013-06") == (0, 1)
    assert read_expert_labels(tmp_path, taxonomy=taxonomy) == {"=1+1额度": "16", "年费太贵": "90"}
    table = read_label_table(tmp_path).set_index("text")
    assert list(table.loc["年费太贵", ["decided", "by", "month", "version"]]) == ["16", "乙", "2013-06", "1"]
