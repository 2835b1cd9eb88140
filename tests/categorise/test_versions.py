import pandas as pd
import pytest

from voc_lib.categorise import broken_series, migrated, read_expert_labels
from voc_lib.categorise.versions import successor
from voc_lib.params import Taxonomy

CHANGES = [
    {"version": 2, "codes": {"11": ["12"], "13": ["16"], "14": []}, "kept": ["16"]},
    {"version": 3, "codes": {"15": ["12", "16"]}},
]


@pytest.fixture
def third(taxonomy: Taxonomy) -> Taxonomy:
    return Taxonomy.model_validate(taxonomy.model_dump() | {"version": 3, "changes": CHANGES})


@pytest.mark.parametrize(
    ("code", "version", "later"),
    [("11", 1, "12"), ("11", 2, "11"), ("13", 1, "16"), ("14", 1, None), ("15", 2, None), ("16", 1, "16")],
)
def test_a_code_is_followed_through_the_versions(code: str, version: int, later: str | None, third: Taxonomy) -> None:
    assert successor(code, version, third) == later


def test_a_report_can_say_which_series_break(third: Taxonomy) -> None:
    told = broken_series(third)
    assert list(told["原编码"] + told["变化"]) == ["11改编码", "13并入", "14停用", "15拆分"]


def test_history_gets_the_present_names(third: Taxonomy) -> None:
    old = pd.DataFrame(
        {"category": ["11", "14", None], "category_name": ["旧", "旧", None], "level1": "1", "level1_name": "旧"}
    )
    new = migrated(old, 1, taxonomy=third)
    assert new["category_name"].tolist()[0] == "额度调整"
    assert new["category"].isna().tolist() == [False, True, True]


def test_labels_of_an_earlier_version_are_carried_over(tmp_path, third: Taxonomy) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "labels").mkdir()
    lines = ["text,category,version", "甲,11,1", "乙,14,1", "丙,12,3", "丁,16,"]
    (tmp_path / "labels" / "category.csv").write_text("\n".join(lines), encoding="utf-8")
    assert read_expert_labels(tmp_path, taxonomy=third) == {"甲": "12", "丙": "12", "丁": "16"}


def test_a_change_must_end_in_codes_that_there_are(taxonomy: Taxonomy) -> None:
    with pytest.raises(ValueError, match="not codes of this taxonomy: 77"):
        Taxonomy.model_validate(
            taxonomy.model_dump() | {"version": 2, "changes": [{"version": 2, "codes": {"11": ["77"]}}]}
        )
