"""From an approved report to a package that only its branch can open: by a real mail server, and once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.workflow.publishing import office
from tests.workflow.publishing.office import archive_of, opened
from voc_lib.cli import main
from voc_lib.privacy import read_trail
from voc_lib.workflow.lock import only_run

Voc = Callable[..., Result]
MAIL = ["publish", office.MONTH, "--send"]


@pytest.fixture
def voc(centre: Path, monkeypatch: pytest.MonkeyPatch) -> Voc:
    monkeypatch.chdir(centre)
    monkeypatch.setenv("VOC_PACKAGE_PASSWORD", office.PASSWORD)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.fixture
def box(centre: Path) -> Iterator[office.Box]:
    with office.mail_server(centre) as box:
        office.name_server(centre, box)
        yield box


def approve(voc: Voc, *branches: str) -> None:
    done = voc("review", office.MONTH, *(branches or office.BRANCHES), "--approve", "--by", "审核员")
    assert done.exit_code == 0, done.output


def events(centre: Path, what: str) -> list[dict[str, str]]:
    return [event for event in read_trail(centre / "data") if event["what"] == what]


def test_each_branch_gets_its_own_package_once_and_can_check_it(centre: Path, voc: Voc, box: office.Box) -> None:
    approve(voc)
    done = voc(*MAIL)
    assert done.exit_code == 0, done.output
    assert sorted(str(message["To"]) for message in box.taken) == ["bj1@example.com", "tj1@example.com"]
    for message in box.taken:
        branch = str(message["To"])[:2].upper()
        assert office.title(branch) in str(message["Subject"])
        files = opened(archive_of(message))
        manifest = json.loads(files.pop("manifest.json"))
        there = centre / "output" / office.MONTH / branch
        assert files == {name: (there / name).read_bytes() for name in ("report.html", "feedback_form.xlsx")}
        assert (manifest["branch"], manifest["version"], manifest["approved"]["by"]) == (branch, 1, "审核员")
        for name, payload in files.items():
            assert manifest["files"][name]["sha256"] == hashlib.sha256(payload).hexdigest()
        assert office.TEXTS[branch].encode() not in archive_of(message)
        with pytest.raises(RuntimeError, match=r"[Pp]assword"):
            opened(archive_of(message), "another password, as long")
    again = voc(*MAIL)
    assert again.exit_code == 0 and again.stdout.count("sent before") == 2
    assert len(box.taken) == 2
    assert office.PASSWORD not in done.output + (centre / "data" / "state" / "audit.jsonl").read_text("utf-8")


def test_without_send_nothing_leaves_and_what_would_is_said(centre: Path, voc: Voc, box: office.Box) -> None:
    approve(voc, "BJ")
    done = voc("publish", office.MONTH)
    assert done.exit_code == 1  # one of them is not approved
    assert "BJ 2013-05 would send to bj1@example.com, version 1 (feedback_form.xlsx, report.html" in done.stdout
    assert "nothing was sent: add --send" in done.stdout
    assert "TJ 2013-05 not approved" in done.stderr
    assert box.taken == [] and events(centre, "sending") == []


def test_a_folder_takes_packages_too_and_the_dry_run_makes_none(centre: Path, voc: Voc) -> None:
    approve(voc)
    folder = centre / "out going"
    assert voc("publish", office.MONTH, "--to-folder", str(folder)).exit_code == 0
    assert not folder.exists()
    for _ in range(2):
        assert voc("publish", office.MONTH, "--to-folder", str(folder), "--send").exit_code == 0
    names = sorted(path.name for path in folder.iterdir())
    assert [name[:10] for name in names] == ["2013-05_BJ", "2013-05_TJ"] and len(events(centre, "sent")) == 2
    assert {"manifest.json", "report.html"} <= set(opened((folder / names[0]).read_bytes()))


def test_a_crash_after_a_package_was_left_and_before_that_was_put_down_leaves_one_package(
    centre: Path, voc: Voc, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(voc, "BJ")
    command = ["publish", office.MONTH, "--branch", "BJ", "--to-folder", "out", "--send"]

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("voc_lib.workflow.publishing.delivery.Deliveries.done", crash)
        assert voc(*command).exit_code == 130
    assert len(list((centre / "out").iterdir())) == 1 and events(centre, "sent") == []
    assert voc(*command).exit_code == 0
    (package,) = (centre / "out").iterdir()
    assert "report.html" in opened(package.read_bytes()) and len(events(centre, "sent")) == 1


def test_another_version_goes_out_when_it_is_approved(centre: Path, voc: Voc, box: office.Box) -> None:
    approve(voc)
    assert voc(*MAIL).exit_code == 0
    office.write_report(centre, "BJ", "<p>更正：见第二节。</p>")
    refused = voc(*MAIL)
    assert refused.exit_code == 1 and "BJ 2013-05 not approved: approval of 审核员 dropped: " in refused.stderr
    assert len(box.taken) == 2
    approve(voc, "BJ")
    assert voc(*MAIL).exit_code == 0
    assert "（第2版）" in str(box.taken[2]["Subject"]) and str(box.taken[2]["To"]) == "bj1@example.com"
    assert json.loads(opened(archive_of(box.taken[2]))["manifest.json"])["version"] == 2
    ids = [str(message["Message-ID"]) for message in box.taken]
    assert len(set(ids)) == 3
    assert voc(*MAIL, "--again", "--branch", "BJ").exit_code == 0
    assert str(box.taken[3]["Message-ID"]) == ids[2]  # the same content to the same address


def test_a_package_with_something_of_others_is_refused_with_the_place_and_the_rest_goes(
    centre: Path, voc: Voc, box: office.Box
) -> None:
    office.write_report(centre, "BJ", f"<p>见{office.record_id('TJ')}，回电13800138000</p>")
    approve(voc)
    done = voc(*MAIL)
    assert done.exit_code == 1
    assert "BJ 2013-05 refused: package holds what must not leave the house" in done.stderr
    assert "report.html, line 5, under “典型问题”: personal data (mobile)" in done.stderr
    assert f"report.html, line 5, under “典型问题”: number {office.record_id('TJ')} of TJ" in done.stderr
    assert "13800138000" not in done.output
    assert [str(message["To"]) for message in box.taken] == ["tj1@example.com"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_both_kinds_of_tls_and_a_login_work(
    centre: Path, voc: Voc, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("VOC_SMTP_PASSWORD", "let me in")
    with office.mail_server(centre, security=security, login=(b"voc", b"let me in")) as box:
        office.name_server(centre, box, security=security, user="voc")
        approve(voc)
        assert voc(*MAIL).exit_code == 0
        assert len(box.taken) == 2 and set(box.logins) == {b"voc"}
        monkeypatch.setenv("VOC_SMTP_PASSWORD", "wrong")
        denied = voc(*MAIL, "--again")
        assert denied.exit_code == 1 and "not sent to" in denied.stderr and "wrong" not in denied.output
        assert len(box.taken) == 2


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(centre: Path, voc: Voc, box: office.Box) -> None:
    office.name_server(centre, box, ca=False)
    approve(voc)
    done = voc(*MAIL)
    assert done.exit_code == 1 and "certificate of the mail server is not trusted" in done.stderr
    assert box.taken == [] and events(centre, "sending") == []


def test_a_server_whose_certificate_has_expired_gets_nothing(centre: Path, voc: Voc) -> None:
    with office.mail_server(centre, expired_at=datetime(2020, 1, 1)) as box:
        office.name_server(centre, box)
        approve(voc, "BJ")
        done = voc(*MAIL, "--branch", "BJ")
    assert done.exit_code == 1 and "certificate has expired" in done.stderr and box.taken == []


def test_two_operators_do_not_send_at_once(centre: Path, voc: Voc, box: office.Box) -> None:
    approve(voc)
    with only_run(str(centre / "data")):
        done = voc(*MAIL)
    assert done.exit_code == 2 and "another run is at work on this data folder" in done.stderr and box.taken == []
    assert voc(*MAIL).exit_code == 0 and len(box.taken) == 2


@pytest.mark.parametrize(
    ("step", "said"),
    [("MAIL", "sender refused"), ("RCPT", "address refused"), ("TAKEN", "message refused")],
)
def test_what_the_server_refuses_can_be_sent_later(
    centre: Path, voc: Voc, box: office.Box, step: str, said: str
) -> None:
    approve(voc, "BJ")
    box.answers[step] = "550 no"
    done = voc(*MAIL, "--branch", "BJ")
    assert done.exit_code == 1 and said in done.stderr and "550 no" in done.stderr
    box.answers.clear()
    assert voc(*MAIL, "--branch", "BJ").exit_code == 0
    assert len(box.taken) == 1


# What a kill leaves: before the server is given the message nothing has happened; from then on until the answer is put
# down nobody can tell; after that it is done.
KILLS = {
    "EHLO": ("new", 0),
    "MAIL": ("new", 0),
    "RCPT": ("new", 0),
    "DATA": ("doubtful", 0),
    "TAKEN": ("doubtful", 1),
    "QUIT": ("done", 1),
}


@pytest.mark.parametrize("step", KILLS)
def test_a_kill_at_any_step_loses_nothing_and_sends_nothing_twice(
    centre: Path, voc: Voc, box: office.Box, step: str
) -> None:
    approve(voc, "BJ")
    left, n_taken = KILLS[step]
    office.killed_at(step, box, [*MAIL, "--branch", "BJ"], cwd=centre)
    assert len(box.taken) == n_taken
    again = voc(*MAIL, "--branch", "BJ")
    if left == "doubtful":
        assert again.exit_code == 1 and "BJ 2013-05 in doubt to bj1@example.com" in again.stderr
        assert "ask whether it arrived" in again.stderr and len(box.taken) == n_taken
        forced = voc(*MAIL, "--branch", "BJ", *(["--again"] if n_taken == 0 else []))
        assert forced.exit_code == (0 if n_taken == 0 else 1)
        settled = voc("publish", office.MONTH, "--branch", "BJ", "--arrived")
        assert settled.exit_code == 0
        assert ("settled" if n_taken else "nothing is in doubt") in settled.stdout
    else:
        assert again.exit_code == 0, again.output
        assert ("sent before" if left == "done" else "sent to") in again.stdout
    assert len(box.taken) == 1
    last = voc(*MAIL, "--branch", "BJ")
    assert last.exit_code == 0 and "sent before" in last.stdout and len(box.taken) == 1


def test_every_address_is_served_once_whoever_fails(centre: Path, voc: Voc, box: office.Box) -> None:
    file = centre / "params" / "publish.yaml"
    file.write_text(file.read_text("utf-8").replace("[bj1@", "[bj0@example.com, bj1@"), encoding="utf-8")
    approve(voc, "BJ")
    refused = iter(["550 unknown", "250 OK"])

    def at(step: str) -> None:
        if step == "RCPT":
            box.answers["RCPT"] = next(refused, "250 OK")

    box.at = at
    first = voc(*MAIL, "--branch", "BJ")
    assert first.exit_code == 1 and "not sent to bj0@example.com" in first.stderr
    second = voc(*MAIL, "--branch", "BJ")
    assert second.exit_code == 0 and "sent before to bj1@example.com" in second.stdout
    assert [str(message["To"]) for message in box.taken] == ["bj1@example.com", "bj0@example.com"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["publish", office.MONTH, "--branch", "BK"], "did you mean BJ?"),
        (["publish", "2013-5"], "did you mean 2013-05?"),
        (["publish", office.MONTH], "no mail server is named"),
        (["publish", "2013-04", "--to-folder", "x"], "no report of this month"),
        (["publish", office.MONTH, "--to-folder", "x", "--send", "--arrived"], "--arrived sends nothing"),
        (["publish", office.MONTH, "--to-folder", "x", "--data", "memory://data"], "can publish in a folder only"),
        (["review", office.MONTH, "--approve", "--by", "x"], "give the branch"),
        (["review", office.MONTH, "BJ", "--approve"], "give --by NAME"),
        (["review", office.MONTH, "BJ", "--by", "x"], "say --approve"),
        (["review", "2013-04", "BJ", "--approve", "--by", "x"], "no report to decide about"),
        (["review", office.MONTH, "BJ", "--approve", "--by", " "], "not a reviewer's name"),
        (["review", office.MONTH, "BJ", "--withdraw", "--by", "x"], "no approval to withdraw"),
    ],
)
def test_a_wrong_call_is_one_message(centre: Path, voc: Voc, arguments: list[str], said: str) -> None:
    done = voc(*arguments)
    assert done.exit_code == 2 and said in done.stderr and "Traceback" not in done.output
    assert read_trail(centre / "data") == []


def test_short_passwords_close_nothing_and_a_branch_may_have_its_own(
    centre: Path, voc: Voc, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(voc)
    monkeypatch.setenv("VOC_PACKAGE_PASSWORD", "short")
    monkeypatch.setenv("VOC_PACKAGE_PASSWORD_TJ", "for TJ and nobody else")
    done = voc("publish", office.MONTH, "--to-folder", "out", "--send")
    assert done.exit_code == 1 and "BJ 2013-05 refused: password of the package is too short" in done.stderr
    (package,) = (centre / "out").iterdir()
    assert "report.html" in opened(package.read_bytes(), "for TJ and nobody else")
    monkeypatch.delenv("VOC_PACKAGE_PASSWORD")
    asked = CliRunner().invoke(
        main, ["publish", office.MONTH, "--to-folder", "out", "--send"], input=f"{office.PASSWORD}\n{office.PASSWORD}\n"
    )
    assert asked.exit_code == 0 and office.PASSWORD not in asked.output
    assert len(list((centre / "out").iterdir())) == 2


def test_nobody_to_send_to_is_said(centre: Path, voc: Voc, box: office.Box) -> None:
    file = centre / "params" / "publish.yaml"
    file.write_text(file.read_text("utf-8").replace("  TJ: [tj1@example.com]\n", ""), encoding="utf-8")
    approve(voc)
    done = voc(*MAIL)
    assert done.exit_code == 1 and "nobody to send it to" in done.stderr and len(box.taken) == 1
