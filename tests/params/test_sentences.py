"""The templates of the profile: what ships is sound, and each fault in one's own names its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voc_lib.errors import ProfileError
from voc_lib.params import load_profile
from voc_lib.params.sentences import TEMPLATES, read_narrative

PARAMS = Path(__file__).resolve().parents[2] / "params"
SHIPPED = Path(__file__).resolve().parents[2] / "voc_lib" / "params" / "narrative"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / "narrative" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_what_ships_would_pass_as_ones_own(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "narrative")
    assert sorted(path.stem for path in SHIPPED.glob("*.j2")) == sorted(TEMPLATES)
    assert read_narrative(tmp_path) == read_narrative(tmp_path / "elsewhere")


def test_a_profile_words_what_it_wants_and_has_the_rest_from_the_library(tmp_path: Path) -> None:
    own = read_narrative(write(tmp_path, "empty.j2", "{{ name }}本月无{{ voice }}。")).templates
    assert own["empty"] == "{{ name }}本月无{{ voice }}。" and set(own) == set(TEMPLATES)


def test_the_profiles_that_ship_can_be_read() -> None:
    bank, city = load_profile(PARAMS).narrative, load_profile(PARAMS / "examples" / "city-government").narrative
    assert "承办" in city.templates["actions"] and "牵头" in bank.templates["actions"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "volume.j2",
            "{{ month }}\n{{ n_record }}",
            r"unknown variable.*volume\.j2, line: 2, found: n_record.*n_records",
        ),
        ("hot.j2", "{% for r in issues %}\n{{ r.labl }}{% endfor %}", r"unknown field.*hot\.j2, line: 2.*mean label"),
        ("mood.j2", "{{ n_texts | counted }}", r"unknown filter.*mood\.j2, line: 1.*did you mean count"),
        ("mood.j2", "{% if n_texts is many %}x{% endif %}", r"unknown test.*mood\.j2, line: 1"),
        ("mood.j2", "a\n{% if n_texts %}", r"not a Jinja template.*mood\.j2, line: 2"),
        ("mood.j2", "\n{% include 'hot.j2' %}", r"stands by itself.*mood\.j2, line: 2"),
        ("moods.j2", "x", r"no group of sentences.*moods\.j2.*did you mean mood\.j2"),
        ("mood.j2", "{{ n_texts.__class__ }}", r"unknown field.*mood\.j2, line: 1"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_narrative(write(tmp_path, name, text))
    import re

    assert re.search(message, str(caught.value).replace("\n", " ")), str(caught.value)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    write(tmp_path, "mood.j2", "")
    (tmp_path / "narrative" / "mood.j2").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ProfileError, match=r"cannot be read"):
        read_narrative(tmp_path)
