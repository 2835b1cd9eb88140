"""What must not go out is found in every kind of file, and the place is named; what is the branch's own passes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.workflow.publishing import office
from voc_lib.params import load_profile
from voc_lib.privacy import Masker
from voc_lib.schema import HEAD_OFFICE
from voc_lib.workflow.pdf_exporter import html_to_pdf
from voc_lib.workflow.publishing.holdings import Holdings
from voc_lib.workflow.publishing.inspection import Finding, inspect

MOBILE = "13800138000"


def look(centre: Path, files: dict[str, bytes], *, branch: str = "BJ") -> list[Finding]:
    profile = load_profile(centre / "params")
    holdings = Holdings.read(profile, str(centre / "data"), office.MONTH)
    return inspect(files, branch=branch, holdings=holdings, masker=Masker.of(profile.masking))


def own_files(centre: Path, branch: str = "BJ") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (centre / "output" / office.MONTH / branch).iterdir()}


def html(more: str, branch: str = "BJ") -> dict[str, bytes]:
    return {"report.html": office.page(branch, more).encode("utf-8")}


def records(*rows: tuple[str, str, str]) -> dict[str, bytes]:
    """A page of records as 04 writes it: source, number and text of each."""
    data = {
        "fields": ["source"],
        "words": 1,
        "id": 0,
        "rows": [{"keys": [source], "cells": [number, text]} for source, number, text in rows],
        "issues": {},
    }
    told = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return {"records.html": f'<script type="application/json" id="data">{told}</script>'.encode()}


def test_a_branchs_own_report_passes_with_its_figures_side_by_side(centre: Path) -> None:
    for branch in office.BRANCHES:
        assert look(centre, own_files(centre, branch), branch=branch) == []
    assert look(centre, records(("work_order", office.record_id("BJ"), office.TEXTS["BJ"]))) == []


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("<p>请回电{}。</p>", "line 5, under “典型问题”"),
        ("<p>请回电{}</b>{}。</p>", "line 5, under “典型问题”"),
        ('<p title="{}">提示</p>', "title of <p>"),
        ("<!-- {} -->", "a comment"),
        ("<svg><text>{}</text></svg>", "under “典型问题”"),
        ("<table><tr><td>{}</td></tr></table>", "under “典型问题”"),
        ("<a href='tel:{}'>电话</a>", "href of <a>"),
    ],
    ids=["paragraph", "divided", "title", "comment", "chart", "cell", "link"],
)
def test_personal_data_on_a_page_are_found_with_their_place(centre: Path, more: str, place: str) -> None:
    n = more.count("{}")
    planted = more.format(*([MOBILE] if n == 1 else [MOBILE[:5] + "<b>", MOBILE[5:]]))
    found = look(centre, html(planted))
    assert [one.file for one in found] == ["report.html"] and place in found[0].place
    assert found[0].what == "personal data (mobile)" and MOBILE not in str(found[0])


def test_a_line_is_told_as_it_is_counted_in_the_file(centre: Path) -> None:
    planted = html(f"<p>一</p>\n\n<p>请回电{MOBILE}。</p>")
    line = planted["report.html"].decode("utf-8").split(MOBILE)[0].count("\n") + 1
    assert look(centre, planted)[0].place.startswith(f"line {line},")


def test_personal_data_in_a_workbook_are_found_wherever_they_hide(centre: Path) -> None:
    places = {}
    for name in ("cell", "hidden", "comment", "property"):
        book = openpyxl.load_workbook(io.BytesIO(own_files(centre)["feedback_form.xlsx"]))
        if name == "cell":
            book.active["C7"] = f"请回电{MOBILE}"
        elif name == "hidden":
            book.create_sheet("底稿")["B2"] = int(MOBILE)
            book["底稿"].sheet_state = "veryHidden"
        elif name == "comment":
            book.active["A1"].comment = Comment(f"请回电{MOBILE}", "x")
        else:
            book.properties.description = f"请回电{MOBILE}"
        sink = io.BytesIO()
        book.save(sink)
        places[name] = [str(one) for one in look(centre, {"feedback_form.xlsx": sink.getvalue()})]
    told = "feedback_form.xlsx, {}: personal data (mobile)"
    assert places["cell"] == [told.format("Sheet!C7")]
    assert places["hidden"] == [told.format("底稿!B2")]
    assert told.format("Sheet!A1, a comment") in places["comment"]
    assert places["property"] == [told.format("docProps/core.xml")]


@pytest.mark.pdf
def test_personal_data_and_words_of_another_branch_in_a_pdf_are_found_with_their_page(centre: Path) -> None:
    # Sections enough for contents, after which a page begins; in a narrow column the text is cut over lines.
    cells = f"<td>{office.TEXTS['TJ']}</td>" + "<td>另一段话，足够长，占去一栏又一栏。</td>" * 6
    sections = "<h2>一</h2><h2>二</h2><h2>三</h2>"
    pdf = html_to_pdf(f"{sections}<p>请回电{MOBILE}</p><table><tr>{cells}</tr></table>")
    found = look(centre, {"report.pdf": pdf})
    assert {one.place for one in found} == {"page 2"}
    told = {"personal data (mobile)", f"words of record work_order:{office.record_id('TJ')} of TJ"}
    assert {one.what for one in found} == told


@pytest.mark.pdf
@pytest.mark.parametrize("place", ["property", "outline", "note", "picture", "attachment", "metadata"])
def test_personal_data_beside_the_pages_of_a_pdf_are_found(centre: Path, place: str) -> None:
    import pypdf
    from pypdf.annotations import Text
    from pypdf.generic import DecodedStreamObject, NameObject, TextStringObject

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(html_to_pdf("<p>没有什么</p>")))
    said = f"请回电{MOBILE}"
    if place == "property":
        writer.add_metadata({"/Keywords": said})
    elif place == "outline":
        writer.add_outline_item(title=said, page_number=0)
    elif place == "note":
        writer.add_annotation(0, Text(rect=(50, 50, 90, 90), text=said))
    elif place == "picture":
        writer.pages[0][NameObject("/Alt")] = TextStringObject(said)
    elif place == "attachment":
        writer.add_attachment("底稿.html", f"<p>{said}</p>".encode())
    else:
        stream = DecodedStreamObject()
        stream.set_data(f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><x:note x:of="{said}"/></x:xmpmeta>'.encode())
        stream[NameObject("/Type")] = NameObject("/Metadata")
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    sink = io.BytesIO()
    writer.write(sink)
    found = look(centre, {"report.pdf": sink.getvalue()})
    assert {one.what for one in found} == {"personal data (mobile)"}
    assert all(MOBILE not in str(one) for one in found)


@pytest.mark.parametrize("place", ["list", "author", "sheet", "header", "link", "custom"])
def test_personal_data_where_a_workbook_shows_none_are_found(centre: Path, place: str) -> None:
    from openpyxl.packaging.custom import StringProperty
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.load_workbook(io.BytesIO(own_files(centre)["feedback_form.xlsx"]))
    said, sheet = f"请回电{MOBILE}", book.active
    if place == "list":
        rule = DataValidation(type="list", formula1='"是,否"', promptTitle="提示", prompt=said)
        rule.add("B2")
        sheet.add_data_validation(rule)
    elif place == "author":
        sheet["A1"].comment = Comment("好", said)
    elif place == "sheet":
        book.create_sheet(said)
    elif place == "header":
        sheet.oddHeader.center.text = said
    elif place == "link":
        sheet["A1"].hyperlink = f"tel:{MOBILE}"
    else:
        book.custom_doc_props.append(StringProperty(name="备注", value=said))
    sink = io.BytesIO()
    book.save(sink)
    found = look(centre, {"feedback_form.xlsx": sink.getvalue()})
    assert found and {one.what for one in found} == {"personal data (mobile)"}


def test_a_workbook_with_a_part_that_nobody_can_search_is_refused(centre: Path) -> None:
    import zipfile

    from voc_lib.errors import PublishError

    sink = io.BytesIO(own_files(centre)["feedback_form.xlsx"])
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\x00\x01")
    with pytest.raises(PublishError, match=r"cannot be searched.*xl/vbaProject\.bin"):
        look(centre, {"feedback_form.xlsx": sink.getvalue()})


def test_personal_data_in_what_no_reader_reads_of_a_page_are_found(centre: Path) -> None:
    for more in (f"<script>const call = '{MOBILE}';</script>", f"<style>/* {MOBILE} */</style>"):
        assert {one.what for one in look(centre, html(more))} == {"personal data (mobile)"}


def say(centre: Path, branch: str, *texts: str) -> None:
    """Customers of the branch said these, too."""
    from tests.builders import TZ, rows
    from voc_lib.store import Store

    store = Store(str(centre / "data"), TZ)
    told = [
        {
            "branch": branch,
            "source": "survey",
            "record_id": f"HF{branch}{number}",
            "text": text,
            "occurred_at": "2013-04-02 10:00:00",
        }
        for number, text in enumerate(texts, start=1)
    ]
    store.write("landed", rows("landed", told), branch, "2013-04")


@pytest.mark.parametrize("piece", ["<p>{}</p>", "<table><tr><td>{}</td></tr></table>", "<blockquote>{}</blockquote>"])
def test_a_short_text_of_another_branch_is_found_where_it_stands_alone(centre: Path, piece: str) -> None:
    say(centre, "TJ", "叫号机又坏了", "还是老样子")
    found = look(centre, html(piece.format("叫号机又坏了")))
    assert "words of record survey:HFTJ1 of TJ" in {one.what for one in found}
    assert look(centre, html("<p>客户说叫号机又坏了，等了很久。</p>")) == [], "part of a sentence is anybody's"


def test_a_short_text_is_no_sign_where_others_say_it_too_or_the_house_does(centre: Path) -> None:
    profile = load_profile(centre / "params")
    name = next(c.name for c in profile.taxonomy.categories if 4 <= len(c.name) < 10)
    say(centre, "TJ", "叫号机又坏了", name, "排队太久", "123456", "OK")
    say(centre, "BJ", "昨天去看叫号机又坏了")
    for told in ("叫号机又坏了", name, "123456", "OK"):
        assert look(centre, html(f"<table><tr><td>{told}</td></tr></table>")) == []
    assert look(centre, html("<p>排队太久</p>"))
    say(centre, "TJ", "排队太久", "排队太久。")
    assert look(centre, html("<p>服务一般</p>")) == []


def test_a_quotation_must_be_of_the_branchs_own_customers(centre: Path) -> None:
    quote = "<blockquote class='case'><p>{}</p><footer>5月3日 · 工单 · 天津</footer></blockquote>"
    assert look(centre, html(quote.format(office.TEXTS["BJ"][:20] + "……"))) == []
    found = look(centre, html(quote.format("这句话谁也没说过。")))
    assert [one.what for one in found] == ["a quotation that no customer of the branch said"]


def test_what_another_branch_answered_or_an_analyst_wrote_of_it_is_found(centre: Path) -> None:
    from tests.builders import TZ, rows
    from voc_lib.store import Store

    store = Store(str(centre / "data"), TZ)
    reply, comment = "已更换叫号机两台，并增开一个窗口", "本月天津各网点正在换机器"
    answers = [{"branch": "TJ", "month": "2013-04", "action_id": "TJ-72-201304", "reply": reply, "answer": "done"}]
    store.write("answers", rows("answers", answers), "TJ", "2013-04")
    edits = [{"branch": "TJ", "month": office.MONTH, "told": comment, "kind": "comment"}]
    store.write("edits", rows("edits", edits), "TJ", office.MONTH)
    found = look(centre, html(f"<p>{reply}</p><p>{comment}</p>"))
    assert {one.what for one in found} == {
        "words of the answer to TJ-72-201304 of TJ",
        f"words of an analyst about {office.MONTH} of TJ",
    }
    assert look(centre, html(f"<p>{reply}</p>", "TJ"), branch="TJ") == []


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (f"<p>见{office.record_id('TJ')}。</p>", f"number {office.record_id('TJ')} of TJ"),
        (f"<p>work_order:{office.record_id('TJ')}</p>", f"number {office.record_id('TJ')} of TJ"),
        ("<p>TJ-61-201305</p>", "number TJ-61-201305 of TJ"),
        ("<p>TJ-72-201304</p>", "suggestion TJ-72-201304 of another branch"),
        ("<table><tr><th>天津市分行</th><td>12</td></tr></table>", "a row under the name of TJ"),
        ("<table><tr><td>天津中山路支行</td><td>3</td></tr></table>", "a row under the name of TJ"),
        (f"<p>{office.TEXTS['TJ']}</p>", f"words of record work_order:{office.record_id('TJ')} of TJ"),
        (f"<p>……{office.TEXTS['TJ'][4:]}</p>", f"words of record work_order:{office.record_id('TJ')} of TJ"),
        (
            f"<h1>{office.title('TJ')}</h1>",
            "the heading “天津市分行2013年5月” of another branch or the head office",
        ),
        (
            "<h2>2013年5月 客户之声总行分析报告</h2>",
            "the heading “2013年5月客户之声总行分析报告” of another branch or the head office",
        ),
        (f"<p>{1:064x}</p>", "a customer's key"),
    ],
)
def test_what_is_another_branchs_is_found_and_named(centre: Path, more: str, what: str) -> None:
    found = look(centre, html(more))
    assert what in {one.what for one in found}
    assert all(one.place.startswith("line 5") for one in found)


def test_one_row_of_another_branch_among_the_records_is_found_with_its_row(centre: Path) -> None:
    own = ("work_order", office.record_id("BJ"), office.TEXTS["BJ"])
    found = look(centre, records(own, ("work_order", office.record_id("TJ"), "x")))
    assert Finding("records.html", "row 2", f"record work_order:{office.record_id('TJ')} of TJ") in found
    assert {one.place for one in found} == {"row 2"}
    gone = look(centre, records(("survey", "HF1", "x")))
    assert gone == [Finding("records.html", "row 1", "record survey:HF1 that is (or is no more) in no table")]
    other = look(centre, records((*own[:2], "别的话")))
    assert other[0].what == f"record work_order:{own[1]} with other words than in its table"


def test_a_branch_named_in_a_sentence_is_no_sign(centre: Path) -> None:
    assert look(centre, html("<p>我上周在天津市分行办的卡，到北京以后用不了。</p>")) == []
    assert look(centre, html("<table><tr><td>去天津中山路支行问过</td></tr></table>")) == []


def test_what_the_branch_has_in_its_own_tables_is_its_own(centre: Path) -> None:
    """Two customers may tell the same, and one may quote the number of a case elsewhere."""
    from tests.builders import TZ
    from voc_lib.store import Store

    store = Store(str(centre / "data"), TZ)
    landed = store.read("landed", "BJ", office.MONTH)
    landed.loc[1, "text"] = f"{office.TEXTS['TJ']}编号{office.record_id('TJ')}"
    store.write("landed", landed, "BJ", office.MONTH)
    assert look(centre, html(f"<p>{office.TEXTS['TJ']}</p><p>{office.record_id('TJ')}</p>")) == []


def test_numbers_of_the_branchs_own_records_are_nobodys_telephone(centre: Path) -> None:
    from tests.builders import TZ
    from voc_lib.store import Store

    store = Store(str(centre / "data"), TZ)
    landed = store.read("landed", "BJ", office.MONTH)
    landed.loc[0, "record_id"] = MOBILE
    store.write("landed", landed, "BJ", office.MONTH)
    assert look(centre, html(f"<p>编号：{MOBILE}</p>")) == []
    assert look(centre, html(f"<p>编号：{MOBILE[:-1]}{(int(MOBILE[-1]) + 1) % 10}</p>"))


def test_the_head_office_may_hold_every_branchs_rows_but_no_personal_data(centre: Path) -> None:
    page = "<table><tr><th>天津市分行</th><td>12</td></tr><tr><td>TJ-61-201305</td></tr></table>"
    assert look(centre, html(page), branch=HEAD_OFFICE) == []
    assert look(centre, html(f"<p>{MOBILE}</p>"), branch=HEAD_OFFICE)
    assert look(centre, html(f"<p>{1:064x}</p>"), branch=HEAD_OFFICE)


@pytest.mark.parametrize("name", ["report.pdf", "feedback_form.xlsx", "records.html", "notes.docx"])
def test_a_file_that_cannot_be_searched_is_refused_not_passed(centre: Path, name: str) -> None:
    from voc_lib.errors import PublishError

    payload = b'<script type="application/json">{"rows": [</script>' if name == "records.html" else b"no such format"
    with pytest.raises(PublishError, match=rf"cannot be searched.*{name}"):
        look(centre, {name: payload})
