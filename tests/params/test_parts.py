"""The profile by parts: what is declared can be used, what is not says so, and a hash tells content from layout."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from voc_lib.errors import ProfileError
from voc_lib.params import PROFILE_PARTS, check_parts, load_profile, part_digests, restricted


def test_names_stand_for_their_groups_and_for_what_all_use() -> None:
    assert check_parts([]) == ("run", "branches")
    assert check_parts(["lexicon", "thresholds.report"]) == (
        *("run", "branches", "thresholds.report"),
        *("lexicon.dictionary", "lexicon.stop_words", "lexicon.sentiment"),
    )
    assert set(check_parts(["sources", "taxonomy", "masking", "narrative", "thresholds", "lexicon"])) == set(
        PROFILE_PARTS
    )


def test_an_unknown_part_is_refused_with_the_nearest() -> None:
    with pytest.raises(ProfileError, match=r"did you mean thresholds\.hotspot"):
        check_parts(["threshold.hotspot"])


def test_what_is_declared_is_there_and_the_rest_says_so(project: Path) -> None:
    profile = load_profile(project / "params")
    own = restricted(profile, check_parts(["thresholds.report", "lexicon.dictionary"]), notebook="04_branch_report")
    assert own.thresholds.report == profile.thresholds.report
    assert own.lexicon.dictionary == profile.lexicon.dictionary
    assert own.branch("BJ") == profile.branch("BJ")
    assert own.tz == profile.tz
    for use in (
        lambda: own.thresholds.hotspot,
        lambda: own.taxonomy.codes,
        lambda: own.lexicon.sentiment,
        lambda: own.sources.items(),
    ):
        with pytest.raises(ProfileError, match=r"does not declare.*04_branch_report\)\n.*metadata\.voc\.uses"):
            use()


def test_the_moment_of_the_run_is_landings_alone(project: Path, tmp_path: Path) -> None:
    profile = edited(
        project, tmp_path, "run.yaml", lambda text: text.replace("as_of: null", 'as_of: "2013-06-30T23:59:59"')
    )
    assert profile.as_of == datetime(2013, 6, 30, 23, 59, 59)
    assert restricted(profile, PROFILE_PARTS, notebook=None).as_of is None
    assert part_digests(profile) == part_digests(load_profile(project / "params"))


@pytest.mark.parametrize(
    ("file", "edit", "changed"),
    [
        ("taxonomy.yaml", lambda text: "# a comment\n" + text, set()),
        ("thresholds.yaml", lambda text: text + "\nhotspot: {min_records: 7}\n", {"thresholds.hotspot"}),
        ("lexicon/stop_words.txt", lambda text: text + "\n某某某\n", {"lexicon.stop_words"}),
    ],
    ids=["comment", "one group", "one list"],
)
def test_a_hash_changes_with_the_content_of_its_part_alone(
    project: Path, tmp_path: Path, file: str, edit: object, changed: set[str]
) -> None:
    before = part_digests(load_profile(project / "params"))
    after = part_digests(edited(project, tmp_path, file, edit))
    assert {part for part in PROFILE_PARTS if before[part] != after[part]} == changed
    assert set(before) == set(PROFILE_PARTS)


def edited(project: Path, folder: Path, file: str, edit: object) -> object:
    shutil.copytree(project / "params", folder / "params")
    path = folder / "params" / file
    text = path.read_text(encoding="utf-8")
    if file == "thresholds.yaml":
        text = ""  # defaults, so that the one key can be given
    path.write_text(edit(text), encoding="utf-8")  # type: ignore[operator]
    return load_profile(folder / "params")
