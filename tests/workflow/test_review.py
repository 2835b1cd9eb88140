"""An approval is of bytes: it holds as long as they are the same, and everything about it stays in the trail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voc_lib.errors import PublishError, TableError
from voc_lib.privacy import read_trail, record_event
from voc_lib.schema import HEAD_OFFICE
from voc_lib.workflow import review
from voc_lib.workflow.states import report_states

BJ, OFFICE = ("BJ", "2013-05"), (HEAD_OFFICE, "2013-05")


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def output(tmp_path: Path) -> str:
    for branch, month in (BJ, OFFICE):
        folder = tmp_path / "output" / month / branch
        folder.mkdir(parents=True)
        for name in ("report.html", "report.pdf"):
            (folder / name).write_text(f"{branch} {name}", encoding="utf-8")
    return str(tmp_path / "output")


def file_of(output: str, name: str = "report.html", key: tuple[str, str] = BJ) -> Path:
    return Path(output, key[1], key[0], name)


def standing(data: str, output: str, key: tuple[str, str] = BJ) -> review.Review:
    return review.read_reviews(data, output).get(key, review.Review())


def shown(data: str, output: str) -> dict[tuple[str, str], tuple[str, str]]:
    reviews = review.review_states(review.read_reviews(data, output))
    states = report_states(output, (), reviews)
    return {key: (state.review.name, state.review.told) for key, state in states.items()}


def test_an_approval_is_of_the_bytes_that_lie_there_and_of_one_report(data: str, output: str) -> None:
    assert shown(data, output) == {BJ: ("草稿", ""), OFFICE: ("草稿", "")}
    approval = review.approve(data, output, BJ, by=" 李审核 ")
    assert approval.by == "李审核" and sorted(approval.files) == ["report.html", "report.pdf"]
    assert standing(data, output).approval == approval
    assert shown(data, output) == {BJ: ("已审定", "李审核审定"), OFFICE: ("草稿", "")}
    review.approve(data, output, OFFICE, by="王审核")
    assert standing(data, output, OFFICE).state == "approved"


def rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda folder: rewrite(folder / "report.html"), ("report.html",)),
        (lambda folder: (folder / "report.pdf").unlink(), ("report.pdf",)),
        (lambda folder: (folder / "feedback_form.xlsx").touch(), ("feedback_form.xlsx",)),
    ],
    ids=["changed", "gone", "new"],
)
def test_a_change_drops_the_approval_for_good_and_says_which_file(
    data: str, output: str, change: Callable[[Path], None], named: tuple[str, ...]
) -> None:
    review.approve(data, output, BJ, by="李审核")
    folder = file_of(output).parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    change(folder)
    assert standing(data, output).approval is None and standing(data, output).changed == named
    dropped = review.drop_changed(data, output)
    assert list(dropped) == [BJ] and dropped[BJ].why == f"approval of 李审核 dropped: {named[0]} changed"
    assert review.drop_changed(data, output) == {}
    assert shown(data, output)[BJ] == ("草稿", f"李审核审定后内容有变（{named[0]}），审定失效")
    for path in folder.iterdir():
        path.unlink()
    for name, payload in before.items():
        (folder / name).write_bytes(payload)
    assert standing(data, output).state == "draft"  # what was dropped does not come back with the old bytes
    assert review.approve(data, output, BJ, by="李审核") == standing(data, output).approval


def test_the_same_bytes_keep_it(data: str, output: str) -> None:
    review.approve(data, output, BJ, by="李审核")
    payload = file_of(output).read_bytes()
    file_of(output).unlink()
    file_of(output).write_bytes(payload)
    assert review.drop_changed(data, output) == {} and standing(data, output).state == "approved"


def test_who_rejects_or_withdraws_says_why(data: str, output: str) -> None:
    review.reject(data, output, BJ, by="李审核", words="第二节\n有误")
    assert standing(data, output).why == "rejected by 李审核: 第二节 有误"
    assert shown(data, output)[BJ] == ("草稿", "李审核退回：第二节 有误")
    with pytest.raises(PublishError, match="no approval to withdraw"):
        review.withdraw(data, output, BJ, by="李审核")
    review.approve(data, output, BJ, by="李审核")
    review.withdraw(data, output, BJ, by="王审核")
    assert shown(data, output)[BJ] == ("草稿", "王审核撤回审定")
    assert [event["what"] for event in read_trail(data)] == ["rejected", "approved", "approval withdrawn"]


def test_what_was_sent_is_published_and_an_older_version_says_so(data: str, output: str) -> None:
    approval = review.approve(data, output, BJ, by="李审核")
    content = review.content_of(BJ, approval.files)
    record_event(data, review.SENT, branch="BJ", month="2013-05", content=content, to="x")
    assert standing(data, output).state == "published" and shown(data, output)[BJ] == ("已发布", "李审核审定")
    rewrite(file_of(output))
    review.drop_changed(data, output)
    assert shown(data, output)[BJ][1].endswith("审定失效；已发布的是较早的版本")
    review.approve(data, output, BJ, by="李审核")
    assert standing(data, output).state == "approved"


def test_content_is_of_the_bytes_and_their_place_not_of_their_order() -> None:
    files = {"a": "1", "b": "2"}
    assert review.content_of(BJ, files) == review.content_of(BJ, dict(reversed(files.items())))
    others = [review.content_of(OFFICE, files), review.content_of(("BJ", "2013-06"), files)]
    others += [review.content_of(BJ, {"a": "1"}), review.content_of(BJ, {"a": "2", "b": "1"})]
    assert len({review.content_of(BJ, files), *others}) == 5


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 65])
def test_a_name_is_a_name(data: str, output: str, name: str) -> None:
    with pytest.raises(PublishError, match="not a reviewer's name"):
        review.approve(data, output, BJ, by=name)
    assert read_trail(data) == []


def test_what_is_not_there_cannot_be_decided_about(data: str, output: str) -> None:
    file_of(output).unlink()
    for decide in (review.approve, review.reject):
        with pytest.raises(PublishError, match="no report to decide about"):
            decide(data, output, BJ, by="李审核")


def test_a_forged_trail_approves_nothing(data: str, output: str) -> None:
    review.reject(data, output, BJ, by="李审核")
    trail = Path(data, "state", "audit.jsonl")
    trail.write_text(trail.read_text("utf-8").replace("rejected", "approved"), encoding="utf-8")
    with pytest.raises(TableError, match="audit trail is not whole"):
        review.read_reviews(data, output)


def test_where_no_trail_can_be_kept_everything_is_a_draft() -> None:
    assert review.read_reviews("memory://data", "memory://output") == {}
    assert review.drop_changed("memory://data", "memory://output") == {}
