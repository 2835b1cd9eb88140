"""A profile loads whole, or says which file, which key, what was found, what is allowed and what was probably meant."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from voc_lib.errors import ProfileError
from voc_lib.params import load_profile


@pytest.fixture
def folder(project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project / "params", tmp_path / "params"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_profile_loads(folder: Path) -> None:
    profile = load_profile(folder)
    assert profile.branches.codes == ("BJ", "TJ", "HE", "SX", "NM", "LN")
    assert len(profile.taxonomy.codes) == 39
    assert [name for name, _ in profile.sources.items()] == ["work_order", "complaint_intent", "survey"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "run.yaml",
            "time_zone:",
            "time_zoen:",
            r"unknown key .*run.yaml, key: time_zoen, allowed: .*did you mean time_zone",
        ),
        (
            "run.yaml",
            "Asia/Shanghai",
            "Asia/Peking",
            r"wrong value .*key: time_zone, found: 'Asia/Peking', expected: not an IANA",
        ),
        (
            "run.yaml",
            "days_to_answer: 15",
            "days_to_answer: soon",
            r"key: days_to_answer, found: 'soon', expected: .*integer",
        ),
        (
            "run.yaml",
            "days_to_answer: 15",
            "days_to_answer: 0",
            r"key: days_to_answer, found: 0, expected: .*greater than",
        ),
        ("run.yaml", "centre: ", "# centre: ", r"key is missing .*run.yaml, key: centre"),
        (
            "run.yaml",
            "days_to_answer: 15",
            "days_to_answer: 15\ndays_to_answer: 16",
            r"key given twice: days_to_answer",
        ),
        ("run.yaml", "centre: ", "centre: [", r"not valid YAML .*run.yaml, line"),
        ("run.yaml", "centre: ", "\tcentre: ", r"not valid YAML .*found: a tab: indent with blanks"),
        ("run.yaml", "as_of: null", "as_of: 20130531", r"key: as_of, found: 20130531, expected: a date or a time"),
        ("run.yaml", "days_to_answer: 15", "days_to_answer: 500", r"found: 500, expected: less than or equal to 365"),
        ("run.yaml", "centre: 北", "centre: [北]\ndays: ", r"1 more fault in this file"),
        (
            "sources.yaml",
            '["%Y-%m-%d %H:%M:%S"',
            '["%Y-%m-%d %Q"',
            r"key: work_order.time_formats.*'%Y-%m-%d %Q' is none",
        ),
        (
            "sources.yaml",
            '["%Y-%m-%d %H:%M:%S"',
            '["%H:%M:%S"',
            r"formats with year, month and day .*'%H:%M:%S' is none",
        ),
        ("sources.yaml", "[utf-8-sig, gb18030, big5hkscs]", "[utf8x]", r"key: work_order.encodings.*utf8x is none"),
        ("sources.yaml", "[utf-8-sig, gb18030, big5hkscs]", "[rot13]", r"key: work_order.encodings.*rot13 is none"),
        ("branches.yaml", "code: TJ", "code: BJ", r"branches.yaml, fault: codes given twice: BJ"),
        ("branches.yaml", "code: TJ", "code: ../TJ", r"key: branches.1.code, found: '../TJ'"),
        ("branches.yaml", "code: TJ", "code: head_office", r"head_office is reserved"),
        ("branches.yaml", "short_name: 天津", "shortname: 天津", r"unknown key|key is missing"),
        (
            "sources.yaml",
            "    text: 工单内容",
            "    txet: 工单内容",
            r"sources.yaml, key: work_order.columns.txet.*did you mean text",
        ),
        ("sources.yaml", "    text: 工单内容", "    level: 工单内容", r"no column or constant for text"),
        ("sources.yaml", "drop: [客户姓名, 联系电话]", "drop: [工单内容]", r"cannot be both mapped and dropped"),
        ("sources.yaml", "complaint_intent:", "complaint_intents:", r"unknown key .*did you mean complaint_intent"),
        (
            "thresholds.yaml",
            "min_records: 5",
            "min_record: 5",
            r"key: hotspot.min_record, allowed: .*did you mean min_records",
        ),
        (
            "thresholds.yaml",
            "engine: voc",
            "engine: snow",
            r"key: sentiment.engine, found: 'snow', expected: .*'voc' or 'snownlp'",
        ),
    ],
)
def test_a_fault_is_named_with_file_key_found_and_allowed(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    change(folder, file, old, new)
    with pytest.raises(ProfileError, match=re.compile(said, re.DOTALL)):
        load_profile(folder)


@pytest.mark.parametrize("written", ["2013-05-31", '"2013-05-31"', "2013-05-31T23:59:59"])
def test_a_bare_date_is_the_end_of_its_day(folder: Path, written: str) -> None:
    change(folder, "run.yaml", "as_of: null", f"as_of: {written}")
    assert load_profile(folder).as_of == datetime(2013, 5, 31, 23, 59, 59)


def test_a_pattern_that_does_not_compile_is_refused(folder: Path) -> None:
    path = folder / "taxonomy.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["levels"][0]["children"][0]["patterns"] = {"(": 1.0}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ProfileError, match="not a regular expression"):
        load_profile(folder)


@pytest.mark.parametrize("file", ["run.yaml", "branches.yaml", "sources.yaml", "taxonomy.yaml", "thresholds.yaml"])
def test_a_missing_an_empty_and_a_binary_file_are_named(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileError, match=f"cannot be read .*{file}"):
        load_profile(folder)
    (folder / file).write_text("", encoding="utf-8")
    with pytest.raises(ProfileError, match=f"expected keys and values .*{file}"):
        load_profile(folder)
    (folder / file).unlink()
    with pytest.raises(ProfileError, match=f"missing .*{file}"):
        load_profile(folder)


def test_a_missing_folder_and_word_list_are_named(folder: Path) -> None:
    (folder / "lexicon" / "stop_words.txt").unlink()
    with pytest.raises(ProfileError, match=r"word list is missing .*stop_words\.txt"):
        load_profile(folder)
    with pytest.raises(ProfileError, match="profile folder not found"):
        load_profile(folder / "nowhere")


def test_an_unknown_branch_is_answered_with_the_nearest(folder: Path) -> None:
    with pytest.raises(ProfileError, match="did you mean BJ"):
        load_profile(folder).branch("BK")


def test_every_key_of_the_shipped_profile_has_its_comment(project: Path) -> None:
    """A key stands below a comment, or a comment at the head of its list or file names it."""
    for file in ("run.yaml", "thresholds.yaml"):
        previous = ""
        for line in (project / "params" / file).read_text(encoding="utf-8").splitlines():
            if re.match(r"\s*[a-z_]+: \S", line):
                assert previous.lstrip().startswith("#"), f"{file}: no comment above {line.strip()}"
            previous = line if line.strip() else previous
    for file in ("branches.yaml", "sources.yaml", "taxonomy.yaml", "lexicon/sentiment.yaml"):
        text = (project / "params" / file).read_text(encoding="utf-8")
        comments = " ".join(line for line in text.splitlines() if line.lstrip().startswith("#"))
        for key in _setting_names(file):
            assert re.search(rf"\b{key}\b", comments), f"{file}: {key} is not explained"


def _setting_names(file: str) -> list[str]:
    from voc_lib.params.branches import Branch
    from voc_lib.params.lexicon import SentimentLexicon
    from voc_lib.params.sources import SourceSettings
    from voc_lib.params.taxonomy import Category

    model = {
        "branches.yaml": Branch,
        "sources.yaml": SourceSettings,
        "taxonomy.yaml": Category,
        "lexicon/sentiment.yaml": SentimentLexicon,
    }[file]
    return list(model.model_fields)
