"""The loop whole, on real files, kernels and mail: three months of two branches, killed by kill -9 at every step.

Reports are run, approved and sent to a real mail server; the branches open their packages and send the forms in them
back, rightly and wrongly filled in; the next month's report tells what became of each suggestion. That the bytes are
those of an undisturbed run, and that a kill at each single step of taking forms in and of sending loses nothing, is
tested apart: tests/workflow/test_resume.py, test_feedback.py, tests/workflow/publishing/test_publish.py. PDFs stand in
test_publishing.py.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from tests.end_to_end.killing import killed_at
from tests.report.returned_forms import DECLINED, DONE, FIRST, IN_HAND, answer, filled, opened, saved
from tests.workflow.processes import PATIENCE, left_of
from tests.workflow.publishing import office
from tests.workflow.test_resume import start, wait_for_done
from voc_lib.cli import main
from voc_lib.demo import write_demo
from voc_lib.params import Profile
from voc_lib.privacy import read_trail, verify_trail
from voc_lib.report.effect import EFFECT_NAMES
from voc_lib.store import Store

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]

BRANCHES = ("BJ", "TJ")
PHONE = "13800138000"
SCRIPT = '<img src=x onerror="alert(1)">'


class Centre:
    """The centre's project, its mail server, and what its operator and its branches do."""

    def __init__(self, root: Path, profile: Profile, box: office.Box) -> None:
        self.root, self.profile, self.box = root, profile, box
        self.store = Store(str(root / "data"), profile.tz)

    def export(self, month: str) -> None:
        """The month's raw exports come in."""
        files = write_demo(self.root / "exports" / month, profile=self.profile, branches=2, months=1, last_month=month)
        (self.root / "data" / "raw").mkdir(parents=True, exist_ok=True)
        for file in files[:-1]:
            shutil.copy(file, self.root / "data" / "raw")

    def run(self, *, killed_after: int | None = None) -> str:
        """The month's run; killed with every process of it once so many tasks are done, and called again."""
        if killed_after is not None:
            first = start(self.root)
            wait_for_done(first, killed_after)
            family = psutil.Process(first.pid).children(recursive=True)
            first.kill()
            first.wait()
            assert not left_of(family)
            assert first.stdout is not None
            first.stdout.close()
        run = start(self.root)
        said, _ = run.communicate(timeout=4 * PATIENCE)
        assert run.returncode == 0, said[-2000:]
        return said

    def voc(self, *arguments: str) -> Result:
        """The command, as the operator calls it."""
        done = CliRunner().invoke(main, list(arguments))
        assert "Traceback" not in done.output
        return done

    def approve(self, month: str, *, killed: int) -> None:
        """Both reports are approved; the first call is killed at that step."""
        call = ["review", month, *BRANCHES, "--approve", "--by", "审核员"]
        killed_at(killed, call, cwd=self.root)
        assert self.voc(*call).exit_code == 0

    def publish(self, month: str, killed: dict[str, str]) -> dict[str, dict[str, bytes]]:
        """Each branch's package is sent, killed at that step of the conversation, and settled. Gives what arrived."""
        before = len(self.box.taken)
        for branch, step in killed.items():
            call = ["publish", month, "--branch", branch, "--send"]
            n = len(self.box.taken)
            office.killed_at(step, self.box, call, cwd=self.root)
            arrived = len(self.box.taken) > n
            again = self.voc(*call)
            if step in ("DATA", "TAKEN"):  # the operator asks the branch, and says what it told
                assert again.exit_code == 1 and "in doubt" in again.stderr and len(self.box.taken) == n + arrived
                settled = ["--arrived"] if arrived else ["--send", "--again"]
                done = self.voc("publish", month, "--branch", branch, *settled)
                assert done.exit_code == 0, done.output
            else:
                assert again.exit_code == 0, again.output
            assert len(self.box.taken) == n + 1
        last = self.voc("publish", month, "--send")
        assert last.exit_code == 0 and last.stdout.count("sent before") == len(BRANCHES)
        messages = self.box.taken[before:]
        assert [str(message["To"]) for message in messages] == [f"{code.lower()}1@example.com" for code in killed]
        return {
            code: self._checked(office.opened(office.archive_of(m))) for code, m in zip(killed, messages, strict=True)
        }

    def _checked(self, files: dict[str, bytes]) -> dict[str, bytes]:
        manifest = json.loads(files.pop("manifest.json"))
        assert {"report.html", "records.html", "feedback_form.xlsx"} == set(manifest["files"]) == set(files)
        other = {"BJ": rb"TJ-\d+-\d{6}", "TJ": rb"BJ-\d+-\d{6}"}[manifest["branch"]]
        assert not any(re.search(other, payload) for payload in files.values())
        return files

    def send_back(self, name: str, form: bytes, *options: str, killed: int = 0) -> Result:
        """A branch's form comes back and is handed to the command, which is killed at that step if one is given."""
        file = self.root / name
        file.write_bytes(form)
        if killed:
            killed_at(killed, ["feedback", str(file), *options], cwd=self.root)
        return self.voc("feedback", str(file), *options)

    def states(self, branch: str, month: str) -> dict[str, tuple[str, str | None, int]]:
        """Of each suggestion: where it stands, the latest answer, and how many there were."""
        actions = self.store.read("actions", branch, month)
        answers = actions["answer"].astype(object).where(actions["answer"].notna(), None)
        told = zip(actions["status"], answers, actions["n_answers"], strict=True)
        return dict(zip(actions["action_id"], told, strict=True))


@pytest.fixture
def centre(tmp_path: Path, project: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    shutil.copytree(project / "params", tmp_path / "params")
    publishing = tmp_path / "params" / "publish.yaml"
    told = publishing.read_text(encoding="utf-8").replace("recipients: {}", "recipients:")
    addresses = "".join(f"  {code}: [{code.lower()}1@example.com]\n" for code in BRANCHES)
    publishing.write_text(told.rstrip() + "\n" + addresses, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOC_PACKAGE_PASSWORD", office.PASSWORD)
    with office.mail_server(tmp_path) as box:
        office.name_server(tmp_path, box)
        yield Centre(tmp_path, profile, box)


def places(form: bytes) -> dict[str, int]:
    """Action to the row of the form in which it stands."""
    rows = opened(form)["反馈表"].iter_rows(min_row=FIRST, max_col=1)
    return {row[0].value: row[0].row for row in rows if row[0].value}


def edited(form: bytes, **cells: str) -> bytes:
    """The form with cells of its sheet overwritten."""
    book = opened(form)
    for place, value in cells.items():
        book["反馈表"][place] = value
    return saved(book)


def without(form: bytes, row: int) -> bytes:
    """The form with a row deleted."""
    book = opened(form)
    book["反馈表"].delete_rows(row)
    return saved(book)


def followed_up(page: bytes) -> dict[str, str]:
    """Of a report: each earlier suggestion's line in the table that follows them up, as a reader reads it."""
    table = re.search(r"各项建议的状态与变化.*?</table>", page.decode("utf-8"), re.DOTALL)
    assert table is not None
    lines = re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)
    plain = [html.unescape(re.sub(r"<[^>]+>", " ", line)) for line in lines]
    return {found[0]: line for line in plain if (found := re.search(r"[A-Z]{2}-\d+-\d{6}", line))}


def test_three_months_of_reports_answers_and_packages(centre: Centre) -> None:
    # March: reports go out for the first time.
    centre.export("2013-03")
    centre.run()
    centre.approve("2013-03", killed=1)
    march = centre.publish("2013-03", {"BJ": "EHLO", "TJ": "TAKEN"})
    bj, tj = (march[code]["feedback_form.xlsx"] for code in BRANCHES)
    (first, second, third), (fourth, fifth) = sorted(places(bj)), sorted(places(tj))
    row = {**places(bj), **places(tj)}

    # BJ changes a number, writes a date as text, and a formula; then sends the form again, with a row deleted.
    told = centre.send_back(
        "bj.xlsx",
        edited(
            filled(
                bj,
                {
                    row[first]: answer(DONE, "办好了"),
                    row[second]: answer(DONE, f"已修复，详询{PHONE} {SCRIPT}", on="2013年4月10日", done="2013/4/9"),
                    row[third]: answer(IN_HAND, '=HYPERLINK("http://example.com","看")'),
                },
            ),
            **{f"A{row[first]}": "BJ-12-201301"},
        ),
        killed=2,
    )
    assert told.exit_code == 1 and "1 answer taken, 2 refused" in told.output and PHONE not in told.output
    assert f"第{row[first]}行 A{row[first]}：编号不是本表发出的编号" in told.output
    assert f"第{row[third]}行 J{row[third]}：是公式" in told.output and f"still open: {first}" in told.output
    again = filled(bj, {row[third]: answer(IN_HAND, "增开窗口", on=date(2013, 4, 20))})
    told = centre.send_back("bj2.xlsx", without(again, row[first]), "--branch", "BJ", killed=4)
    assert told.exit_code == 0 and f"still open: {first}" in told.output

    # TJ sends BJ's form, then BJ's under its own name, then its own, declining without a reason.
    told = centre.send_back("tj.xlsx", again, "--branch", "TJ")
    assert told.exit_code == 2 and "form of another branch" in told.stderr
    told = centre.send_back("tj.xlsx", edited(again, A2="代码：TJ    报告月份：2013-03"), "--branch", "TJ")
    assert told.exit_code == 1 and "no answer taken" in told.output and "编号不是本表发出的编号" in told.output
    own = {row[fourth]: answer("需总行协调", "系统限制", on=date(2013, 4, 12)), row[fifth]: answer(DECLINED, None)}
    told = centre.send_back("tj.xlsx", filled(tj, own), "--branch", "TJ", killed=6)
    assert told.exit_code == 1 and "暂不采纳的，请写明原因" in told.output

    # April: the reports tell what was answered until its end.
    centre.export("2013-04")
    said = centre.run(killed_after=5)
    assert "branches' answers in 3 forms" in said
    assert "no longer approved" not in said, "a later month changes no report that went out"
    centre.approve("2013-04", killed=2)
    april = centre.publish("2013-04", {"BJ": "MAIL", "TJ": "DATA"})
    states = {**centre.states("BJ", "2013-04"), **centre.states("TJ", "2013-04")}
    assert {states[first], states[fifth]} == {("overdue", None, 0)}
    assert states[second] == ("done", "done", 1) and states[third] == ("answered", "adopted", 1)
    assert states[fourth] == ("answered", "escalated", 1)
    lines = {**followed_up(april["BJ"]["report.html"]), **followed_up(april["TJ"]["report.html"])}
    assert "逾期未答复（应于4月15日前）" in lines[first] and "逾期未答复" in lines[fifth]
    assert "已办结（4月9日）" in lines[second] and "已答复：已采纳（办理中）" in lines[third]
    assert "增开窗口（4月20日）" in lines[third] and "需总行协调" in lines[fourth]
    page = april["BJ"]["report.html"].decode("utf-8")
    assert PHONE not in page and "<img src=x" not in page and "&lt;img src=x" in page
    bj4, tj4 = (april[code]["feedback_form.xlsx"] for code in BRANCHES)
    assert second not in places(bj4) and {first, third} <= set(places(bj4)), "what is done is asked no more"

    # BJ answers in last month's form what it declines in this one; TJ deletes a row and gives no day.
    late = filled(bj, {row[first]: answer(DONE, "其实办了", on=date(2013, 5, 6))})
    told = centre.send_back("bj3.xlsx", late, "--branch", "BJ", killed=3)
    assert told.exit_code == 0 and "2013-04 has a later one, whose answers go before these" in told.output
    row = {**places(bj4), **places(tj4)}
    told = centre.send_back(
        "bj4.xlsx",
        filled(
            bj4,
            {
                row[first]: answer(DECLINED, "与制度不符", on=date(2013, 5, 8)),
                row[third]: answer(DONE, "已办", on="2013-05-09", done="2013-05-09"),
            },
        ),
        "--branch",
        "BJ",
        killed=5,
    )
    assert told.exit_code == 0 and "2 answers taken" in told.output
    mine = without(filled(tj4, {row[fifth]: answer(IN_HAND, "已报修")}), row[fourth])
    told = centre.send_back("tj2.xlsx", mine, "--branch", "TJ", "--received", "2013-05-20")
    assert told.exit_code == 0 and f"still open: {fourth}" in told.output
    told = centre.send_back("tj2.xlsx", mine, "--branch", "TJ", "--received", "2013-05-20")
    assert told.exit_code == 0 and "taken before, nothing new" in told.output

    # May: the later form goes before, nothing that was answered is lost, what came back is open again.
    centre.export("2013-05")
    centre.run()
    centre.approve("2013-05", killed=3)
    may = centre.publish("2013-05", {"BJ": "RCPT", "TJ": "QUIT"})
    states = {**centre.states("BJ", "2013-05"), **centre.states("TJ", "2013-05")}
    assert states[first] == ("answered", "declined", 2)
    assert states[second] == ("open", "done", 1), "its category is as large as ever: it came back after being done"
    assert states[third] == ("done", "done", 2)
    assert states[fourth] == ("answered", "escalated", 1) and states[fifth] == ("answered", "adopted", 1)
    lines = {**followed_up(may["BJ"]["report.html"]), **followed_up(may["TJ"]["report.html"])}
    assert "已答复：暂不采纳" in lines[first] and "与制度不符（5月8日）" in lines[first]
    assert "办结后于本月再度突出" in lines[second] and "已办结（5月9日）" in lines[third]
    assert "已报修（5月20日）" in lines[fifth]
    assert "其实办了" in may["BJ"]["report.html"].decode("utf-8"), "every earlier answer is kept"
    for code in BRANCHES:
        for told in centre.store.read("actions", code, "2013-05").dropna(subset="effect").itertuples():
            assert EFFECT_NAMES[told.effect] in lines[told.action_id]
    assert {first, second} <= set(places(may["BJ"]["feedback_form.xlsx"])) and third not in places(
        may["BJ"]["feedback_form.xlsx"]
    )
    office_page = (centre.root / "output" / "2013-05" / "head_office" / "report.html").read_text(encoding="utf-8")
    assert "办结后再度突出的事项" in office_page and second in office_page and "用时中位数" in office_page

    # Six packages, each once; a trail without a gap; and nothing left to do.
    assert Counter((str(m["To"]), str(m["Subject"])) for m in centre.box.taken).most_common(1)[0][1] == 1
    assert len(centre.box.taken) == 6 and verify_trail(centre.root / "data") > 0
    assert [event["what"] for event in read_trail(centre.root / "data")].count("approval dropped") == 0
    idle = subprocess.run(
        [sys.executable, "-m", "voc_lib", "run", "--no-pdf"],
        cwd=centre.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "36 up to date" in idle.stdout and "done" not in idle.stdout
