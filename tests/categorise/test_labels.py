from pathlib import Path

import pandas as pd
import pytest

from voc_lib.categorise import read_expert_labels
from voc_lib.categorise.labels import clean_labels
from voc_lib.errors import SourceError
from voc_lib.params import Taxonomy
from voc_lib.store import write_bytes


def write(root: Path, text: str, *, encoding: str = "utf-8") -> Path:
    (root / "labels").mkdir()
    (root / "labels" / "category.csv").write_text(text, encoding=encoding)
    return root


def test_no_file_no_labels(tmp_path: Path, taxonomy: Taxonomy) -> None:
    assert read_expert_labels(tmp_path, taxonomy=taxonomy) == {}


def test_texts_are_normalised_and_the_later_word_counts(tmp_path: Path, taxonomy: Taxonomy) -> None:
    write(tmp_path, "text,category\nＡＰＰ 年费,12\n空的,\n,16\napp　年费,16\n", encoding="utf-8-sig")
    assert read_expert_labels(tmp_path, taxonomy=taxonomy) == {"app 年费": "16"}


def test_what_spreadsheets_do_to_codes_is_undone(taxonomy: Taxonomy) -> None:
    frame = pd.DataFrame({"text": ["a", "b", "c", None], "category": [12.0, "16.0", float("nan"), 12.0]})
    assert clean_labels(frame, taxonomy=taxonomy) == {"a": "12", "b": "16"}


def test_an_unknown_code_is_named_but_never_the_text(tmp_path: Path, taxonomy: Taxonomy) -> None:
    write(tmp_path, "text,category\n好的,12\n秘密的话,61\n")
    with pytest.raises(SourceError, match=r"row: 3.*found: 61.*\n.*did you mean 16") as error:
        read_expert_labels(tmp_path, taxonomy=taxonomy)
    assert "秘密" not in str(error.value)


def test_a_missing_column_is_named(tmp_path: Path, taxonomy: Taxonomy) -> None:
    write(tmp_path, "text,label\n好的,12\n")
    with pytest.raises(SourceError, match=r"required column missing.*column: category"):
        read_expert_labels(tmp_path, taxonomy=taxonomy)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, taxonomy: Taxonomy) -> None:
    (write(tmp_path, "") / "labels" / "category.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(SourceError, match="labels cannot be read"):
        read_expert_labels(tmp_path, taxonomy=taxonomy)


def test_labels_lie_in_an_object_store_as_well(taxonomy: Taxonomy) -> None:
    code = taxonomy.codes[0]
    write_bytes("memory://voc-labels/labels/category.csv", f"text,category\n换一张卡,{code}\n".encode())
    assert read_expert_labels("memory://voc-labels", taxonomy=taxonomy) == {"换一张卡": code}
