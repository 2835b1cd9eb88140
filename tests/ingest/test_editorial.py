"""Files of decisions become the table `edits`; a faulty one is named, and nothing is written then."""

from __future__ import annotations

from pathlib import Path

import pytest

from voc_lib.errors import ProfileError
from voc_lib.ingest import land_editorial
from voc_lib.params import Profile
from voc_lib.store import Store

GOOD = """\
by: 林分析
comment: 本月更换了系统，详情请联系 13800138000。
issues:
  - {issue: 手机银行, rename: 手机银行登录}
  - {issue: 征信, merge_into: 手机银行}
  - {issue: 其他, suppress: 与本行无关}
  - {issue: 额度调整, typical: ["work_order:A1"]}
suggestions:
  - {category: "61", text: 请检查登录流程}
"""


def _put(root: Path, text: str, name: str = "BJ/2013-05.yaml") -> Path:
    path = root / "editorial" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_decision_is_a_row_in_the_order_of_the_file(profile: Profile, tmp_path: Path) -> None:
    _put(tmp_path, GOOD)
    assert land_editorial(profile, tmp_path) == 1
    edits = Store(str(tmp_path), profile.tz).read("edits", "BJ", "2013-05")
    assert edits["kind"].tolist() == ["comment", "rename", "merge", "suppress", "typical", "suggestion"]
    assert set(edits["by"]) == {"林分析"}
    assert edits["record_ids"].iloc[4] == ["work_order:A1"]
    assert "13800138000" not in edits["told"].iloc[0], "what an analyst writes is masked as well"


def test_a_file_taken_away_takes_its_decisions_with_it(profile: Profile, tmp_path: Path) -> None:
    path = _put(tmp_path, GOOD)
    land_editorial(profile, tmp_path)
    path.unlink()
    assert land_editorial(profile, tmp_path) == 0
    assert Store(str(tmp_path), profile.tz).partitions("edits") == []


@pytest.mark.parametrize(
    ("text", "name", "match"),
    [
        ("by: x\nissues: [{issue: a}]", "BJ/2013-05.yaml", "nothing decided"),
        ("by: x\nissues: [{issue: a, renam: b}]", "BJ/2013-05.yaml", r"unknown key(.|\n)*did you mean rename"),
        ("by: x\nissues: [{issue: a, merge_into: a}]", "BJ/2013-05.yaml", "into itself"),
        ("by: x\nissues: [{issue: a, suppress: b, rename: c}]", "BJ/2013-05.yaml", "neither renamed nor merged"),
        ("by: x\nissues: [{issue: a, rename: c}, {issue: a, suppress: c}]", "BJ/2013-05.yaml", "decided twice: a"),
        (
            "by: x\nissues: [{issue: a, merge_into: b}, {issue: b, suppress: c}]",
            "BJ/2013-05.yaml",
            "itself merged or suppressed: b",
        ),
        ("by: x\nissues: [{issue: a, typical: [A1]}]", "BJ/2013-05.yaml", "source:record_id"),
        ("comment: y", "BJ/2013-05.yaml", r"key is missing(.|\n)*by"),
        ('by: x\nsuggestions: [{category: "6l", text: y}]', "BJ/2013-05.yaml", r"no such category(.|\n)*6l"),
        ("by: x", "BJJ/2013-05.yaml", r"no such branch(.|\n)*did you mean BJ"),
        ("by: x", "BJ/2013-5.yaml", "not a file of decisions"),
    ],
)
def test_a_fault_is_named_and_nothing_is_written(
    profile: Profile, tmp_path: Path, text: str, name: str, match: str
) -> None:
    _put(tmp_path, GOOD, "SX/2013-05.yaml")
    _put(tmp_path, text, name)
    with pytest.raises(ProfileError, match=match):
        land_editorial(profile, tmp_path)
    assert Store(str(tmp_path), profile.tz).partitions("edits") == []
