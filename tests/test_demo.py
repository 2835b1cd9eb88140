"""The demo exports: the same bytes every time, in the layout of the profile, with what they say is planted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from voc_lib.demo import check_demo, remove_demo, write_demo
from voc_lib.demo.people import PII
from voc_lib.demo.texts import KINDS, load_texts
from voc_lib.demo.voices import HOT_ISSUES
from voc_lib.errors import ProfileError, SourceError
from voc_lib.params import Profile
from voc_lib.schema import QUARANTINE_REASONS

ENCODINGS = {"work_orders": "gb18030", "survey_callbacks": "utf-8-sig"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, profile=profile)
    return folder


@pytest.fixture(scope="module")
def expected(demo: Path) -> dict:
    return json.loads((demo / "expected.json").read_text(encoding="utf-8"))


def rows_of(file: Path) -> list[list[str]]:
    """All rows of an export, the headings first."""
    if file.suffix == ".xlsx":
        from openpyxl import load_workbook

        return [["" if v is None else v for v in row] for row in load_workbook(file).active.iter_rows(values_only=True)]
    encoding = next(encoding for stem, encoding in ENCODINGS.items() if file.name.startswith(stem))
    return list(csv.reader(io.StringIO(file.read_bytes().decode(encoding), newline="")))


def exports(demo: Path) -> list[Path]:
    return sorted(file for file in demo.iterdir() if file.name != "expected.json")


def test_the_exports_have_the_columns_that_the_profile_reads(demo: Path, profile: Profile) -> None:
    for source, settings in profile.sources.items():
        files = [file for pattern in settings.files for file in demo.glob(pattern)]
        assert files, source
        for file in files:
            assert set(rows_of(file)[0]) == {*settings.columns.values(), *settings.drop}


def test_the_default_layout_is_that_of_the_source_systems(demo: Path) -> None:
    heads = {re.sub(r"_\d.*", "", file.name): " ".join(rows_of(file)[0]) for file in exports(demo)}
    assert heads == {
        "work_orders": "工单编号 受理时间 托管分行 网点 工单类型 渠道 客户号 客户姓名 联系电话 工单内容 处理状态",
        "complaint_intents": "意向编号 来电时间 分行 网点 客户号 联系电话 意向等级 投诉内容 是否升级",
        "survey_callbacks": "回访编号 回访时间 分行 网点 客户号 满意度 回访意见",
    }
    survey = next(file for file in exports(demo) if file.name.startswith("survey"))
    assert survey.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_same_call_gives_the_same_bytes_anywhere(demo: Path, project: Path, tmp_path: Path) -> None:
    code = (
        "from voc_lib.demo import write_demo; from voc_lib.params import load_profile; import sys;"
        "write_demo(sys.argv[2], profile=load_profile(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C"}
    call = [sys.executable, "-c", code, str(project / "params"), str(tmp_path / "elsewhere")]
    subprocess.run(call, check=True, env=environment, cwd=tmp_path)
    for file in demo.iterdir():
        assert (tmp_path / "elsewhere" / file.name).read_bytes() == file.read_bytes(), file.name


def test_another_seed_gives_other_texts(demo: Path, profile: Profile, tmp_path: Path) -> None:
    write_demo(tmp_path / "b", profile=profile, seed=1)
    name = "work_orders_201305.csv"
    assert (tmp_path / "b" / name).read_bytes() != (demo / name).read_bytes()


def test_a_branch_month_does_not_depend_on_how_much_else_is_made(demo: Path, profile: Profile, tmp_path: Path) -> None:
    write_demo(tmp_path / "small", profile=profile, branches=1, months=1)

    def texts(folder: Path) -> Counter[str]:
        rows = rows_of(folder / "work_orders_201305.csv")
        return Counter(row[9] for row in rows[1:] if "北京" in row[2] and len(row) == 11 and row[0][8] != "9")

    # The hostile texts stand in place of others, dirty rows repeat some.
    assert len(texts(tmp_path / "small") - texts(demo)) <= 5


def test_expected_counts_are_those_of_the_files(demo: Path, expected: dict) -> None:
    assert set(expected["files"]) == {file.name for file in exports(demo)}
    for file in exports(demo):
        entry = expected["files"][file.name]
        assert len(rows_of(file)) - 1 == entry["rows"]
        assert entry["records"] + sum(entry["planted"].values()) == entry["rows"]
    total = Counter()
    for entry in expected["files"].values():
        total.update(entry["planted"])
    assert dict(total) == expected["planted"]


def test_every_reason_to_refuse_a_row_is_planted(expected: dict) -> None:
    assert set(expected["planted"]) == {*QUARANTINE_REASONS, "duplicate"}


def test_planted_dirt_is_in_the_rows(demo: Path, expected: dict) -> None:
    for file in exports(demo):
        head, *body = rows_of(file)
        planted = expected["files"][file.name]["planted"]
        assert sum(len(row) != len(head) for row in body) == planted.get("unreadable_row", 0)
        assert len(body) - len({tuple(row) for row in body}) == planted["duplicate"]
        numbers = Counter(row[0] for row in body)
        repeated = sum(n - 1 for n in numbers.values())
        assert repeated == planted["duplicate"] + planted.get("duplicate_id_conflict", 0)


def test_a_branch_month_has_a_believable_size(demo: Path) -> None:
    sizes: Counter[tuple[str, str]] = Counter()
    for file in exports(demo):
        head, *body = rows_of(file)
        at = next(i for i, heading in enumerate(head) if heading in ("受理时间", "来电时间", "回访时间"))
        sizes.update((row[at + 1][:2], row[at][:7]) for row in body)
    for branch in ("北京", "天津", "河北"):
        for month in ("2013-03", "2013-04", "2013-05"):
            assert 120 <= sizes[branch, month] <= 280, (branch, month)


def test_planted_issues_match_their_pattern_and_stand_out(demo: Path, expected: dict, profile: Profile) -> None:
    assert len(expected["hotspots"]) == len(HOT_ISSUES)
    for hot in expected["hotspots"]:
        names = {hot["branch"], *(n for n, code in profile.branches.by_name().items() if code == hot["branch"])}
        per_month: Counter[str] = Counter()
        for file in exports(demo):
            head, *body = rows_of(file)
            at = head.index(next(h for h in ("受理时间", "来电时间", "回访时间") if h in head))
            per_month.update(
                row[at][:7] for row in body if row[at + 1] in names and re.search(hot["pattern"], str(row))
            )
        others = [per_month[month] for month in expected["months"] if month != hot["month"]]
        assert per_month[hot["month"]] >= hot["surplus"]
        assert per_month[hot["month"]] > 2 * max(others), hot


def test_every_text_of_an_issue_matches_its_pattern() -> None:
    texts = load_texts()
    for issue in HOT_ISSUES:
        templates = [t for lines in texts.hot[issue.name][1].values() for t in lines]
        assert templates
        assert all(re.search(issue.pattern, template) for template in templates), issue.name


def test_every_category_is_spoken_of(expected: dict, profile: Profile) -> None:
    spoken = {label.split()[1] for label in expected["labels"].values()}
    assert spoken == set(profile.taxonomy.codes)


def test_every_template_has_known_slots_and_every_slot_is_used() -> None:
    texts = load_texts()
    lines = [t for lines in texts.templates.values() for t in lines] + texts.hostile
    lines += [t for _, kinds in texts.hot.values() for group in kinds.values() for t in group]
    lines += [value for values in texts.slots.values() for value in values]
    used = {name for line in lines for name in re.findall(r"\{([a-z]+)\}", line)}
    assert used == {*texts.slots, "outlet"}
    assert {kind for _, kind in texts.templates} == set(KINDS)
    assert not [line for line in lines if re.search(r"\{(?!\d+-\d+\}|[a-z]+\})", line)]


def test_texts_vary(demo: Path) -> None:
    texts = [row[9] for row in rows_of(demo / "work_orders_201305.csv")[1:] if row[9].strip()]
    assert len(set(texts)) / len(texts) > 0.85


def test_personal_data_stand_in_the_texts_as_listed(demo: Path, expected: dict) -> None:
    everything = "\n".join(str(cell) for file in exports(demo) for row in rows_of(file) for cell in row)
    assert {entry["kind"] for entry in expected["pii"]} == set(PII)
    assert all(entry["value"] in everything for entry in expected["pii"])
    assert all(phone in everything for phone in expected["people"]["phones"])


def test_hostile_texts_are_planted_as_they_are(demo: Path, expected: dict) -> None:
    texts = {row[9] for file in exports(demo) if file.name.startswith("work") for row in rows_of(file)}
    assert len(expected["hostile_texts"]) == 2
    assert set(expected["hostile_texts"]) <= texts
    assert any(text.startswith("=") for text in expected["hostile_texts"])
    assert any("<script>" in text for text in expected["hostile_texts"])


def test_content_customers_give_better_scores(demo: Path, expected: dict) -> None:
    scores: dict[str, list[int]] = {}
    for row in rows_of(demo / "survey_callbacks_201303-201305.csv")[1:]:
        label = expected["labels"].get(f"survey:{row[0]}")
        if label and row[5].isdigit() and len(row) == 7:
            scores.setdefault(label.split()[0], []).append(int(row[5]))
    mean = {kind: sum(values) / len(values) for kind, values in scores.items()}
    assert mean["complaint"] < mean["suggestion"] < mean["praise"]


def test_workdays_and_paydays_are_busier(demo: Path) -> None:
    days = Counter(row[1][:10] for row in rows_of(demo / "work_orders_201303.csv")[1:] if row[1].startswith("2013-03"))
    march = [date(2013, 3, day) for day in range(1, 32)]
    busy = [days[day.isoformat()] for day in march if day.weekday() < 5]
    quiet = [days[day.isoformat()] for day in march if day.weekday() >= 5]
    assert sum(busy) / len(busy) > 1.4 * sum(quiet) / len(quiet)


def test_a_matter_told_twice_comes_from_one_customer(demo: Path, expected: dict) -> None:
    intents = {(row[4], row[7]) for row in rows_of(demo / "complaint_intents_201303-201305.xlsx")[1:]}
    found = 0
    for file in exports(demo):
        if not file.name.startswith("work"):
            continue
        for row in rows_of(file)[1:]:
            if not row[9].startswith("客户再次来电反映："):
                continue
            told = row[9].removeprefix("客户再次来电反映：").removesuffix("，要求尽快处理。")
            assert any(customer == row[6] and told in text for customer, text in intents), row[0]
            found += 1
    assert found >= expected["duplicates"] >= 10


def test_a_second_demo_replaces_the_first(demo: Path, profile: Profile, tmp_path: Path) -> None:
    write_demo(tmp_path, profile=profile, branches=2)
    (tmp_path / ".gitkeep").touch()
    write_demo(tmp_path, profile=profile, months=1)
    assert not (tmp_path / "work_orders_201304.csv").exists()
    assert check_demo(tmp_path)


def test_own_exports_are_never_overwritten(profile: Profile, tmp_path: Path) -> None:
    (tmp_path / "work_orders_201305.csv").write_text("mine")
    with pytest.raises(SourceError, match=r"not demo files .*work_orders_201305\.csv[\s\S]*make reports"):
        write_demo(tmp_path, profile=profile)
    assert [file.name for file in tmp_path.iterdir()] == ["work_orders_201305.csv"]


def test_demo_files_among_others_are_noticed(profile: Profile, tmp_path: Path) -> None:
    write_demo(tmp_path, profile=profile, branches=1, months=1)
    assert check_demo(tmp_path)
    (tmp_path / "mine.csv").touch()
    with pytest.raises(SourceError, match=r"among others .*mine\.csv"):
        check_demo(tmp_path)
    (tmp_path / "mine.csv").unlink()
    with (tmp_path / "work_orders_201305.csv").open("ab") as file:
        file.write(b"mine\r\n")
    with pytest.raises(SourceError, match=r"changed: work_orders_201305\.csv"):
        remove_demo(tmp_path)
    assert (tmp_path / "work_orders_201305.csv").exists()


def test_removing_leaves_nothing_of_the_demo(profile: Profile, tmp_path: Path) -> None:
    assert not remove_demo(tmp_path / "nowhere")
    write_demo(tmp_path, profile=profile, branches=1, months=1)
    (tmp_path / ".gitkeep").touch()
    assert remove_demo(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [".gitkeep"]


def test_somebody_elses_expected_json_is_not_a_demo(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text('{"files": ["a.csv"]}')
    assert not check_demo(tmp_path)
    with pytest.raises(SourceError, match="not demo files"):
        remove_demo(tmp_path)


@pytest.mark.parametrize("size", [{"branches": 0}, {"branches": 7}, {"months": 0}])
def test_an_impossible_size_is_refused(profile: Profile, tmp_path: Path, size: dict[str, int]) -> None:
    with pytest.raises(ProfileError, match=r"no demo of that size .*1 to 6 branches"):
        write_demo(tmp_path / "x", profile=profile, **size)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("month", ["2013-13", "2013", "201305"])
def test_a_month_that_is_none_is_refused(profile: Profile, tmp_path: Path, month: str) -> None:
    with pytest.raises(ProfileError, match=r"not a month .*YYYY-MM"):
        write_demo(tmp_path / "x", profile=profile, last_month=month)


def test_the_command_line_tells_mixed_folders_apart(profile: Profile, tmp_path: Path) -> None:
    write_demo(tmp_path, profile=profile, branches=1, months=1)
    (tmp_path / "mine.csv").touch()
    call = [sys.executable, "-m", "voc_lib.demo"]
    refused = subprocess.run([*call, "check", str(tmp_path)], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "mine.csv" in refused.stderr
    (tmp_path / "mine.csv").unlink()
    subprocess.run([*call, "forget", str(tmp_path)], check=True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine.csv").touch()
    subprocess.run([*call, "forget", str(tmp_path)], check=True)
    assert (tmp_path / "mine.csv").exists()


@pytest.mark.parametrize("name", ["../victim", "sub/victim", "..", "\\\\victim"])
def test_a_list_that_names_files_elsewhere_takes_none_away(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "raw"
    (folder / "sub").mkdir(parents=True)
    victims = [tmp_path / "victim", folder / "sub" / "victim"]
    for victim in victims:
        victim.write_bytes(b"")
    listed = {"files": {name: {"sha256": hashlib.sha256(b"").hexdigest()}}}
    (folder / "expected.json").write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(SourceError, match="names files elsewhere"):
        remove_demo(folder)
    assert all(victim.exists() for victim in victims)
