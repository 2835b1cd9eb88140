"""What must hold of a run on the shared exports, be it of two branches and two months or of all of them."""

from __future__ import annotations

import re

import pandas as pd
import pypdf

from tests.end_to_end.conftest import Run
from voc_lib.params import Profile
from voc_lib.privacy import find_canaries

MASKED_KINDS = {
    "mobile",
    "mobile_spaced",
    "mobile_full_width",
    "landline",
    "resident_id",
    "bank_card",
    "bank_card_spaced",
    "email",
}
FROM_NETWORK = re.compile(
    r"""(?:src|href|action|poster)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?\s*(?:https?:)?//|@import"""
)


def check_counts(run: Run) -> None:
    """Raw rows = records + refused + repeated, by source, and each reason as planted."""
    ledger = run.all_rows("ledger")
    by_source = ledger.groupby("source")["n_rows"].sum()
    rows = run.expected["rows"]
    assert by_source.to_dict() == {
        "work_order": rows["work_orders"],
        "complaint_intent": rows["complaint_intents"],
        "survey": rows["survey_callbacks"],
    }
    by_outcome = ledger.groupby("outcome")["n_rows"].sum().to_dict()
    planted = run.expected["planted"]
    assert by_outcome.pop("record") == by_source.sum() - sum(by_outcome.values())
    assert by_outcome == {
        "duplicate": planted["repeated_rows"],
        **{r: planted[r] for r in ("impossible_time", "future_time", "unknown_branch", "empty_text", "bad_score")},
    }
    refused = run.all_rows("quarantine")["reason"].value_counts().to_dict()
    assert refused == {reason: n for reason, n in by_outcome.items() if reason != "duplicate"}
    assert len(run.all_rows("landed")) == by_source.sum() - sum(by_outcome.values())


def check_privacy(run: Run) -> None:
    """None of the planted personal data of the kinds promised, and no phone of a dropped column, in what was made."""
    values = {item["value"] for item in run.expected["pii"] if item["kind"] in MASKED_KINDS}
    assert len(values) > 150
    phones: set[str] = set()
    for file in (run.data / "raw").glob("work_orders_*.csv"):
        phones |= set(pd.read_csv(file, encoding="gb18030", dtype=str)["联系电话"].dropna())
    assert len(phones) > 1000
    places = [path for path in run.data.iterdir() if path.name != "raw"] + [run.output]
    for place in places:
        found = find_canaries(place, sorted(values | phones))
        assert found.empty, found.to_string()


def check_hostile_texts(run: Run) -> None:
    """They are kept, and stand in reports as text only."""
    texts = run.all_rows("landed")["text"]
    kept = [texts.str.contains(part, regex=False).sum() for part in ("<script>alert", "=HYPERLINK(", "{{7*7}}")]
    assert kept == [1, 1, 1]
    assert texts.str.len().max() >= 19_000
    for page in run.output.rglob("*.html"):
        source = page.read_text(encoding="utf-8")
        assert "<script>alert" not in source
        assert "javascript:alert" not in re.sub(r">[^<]*<", "><", source), "a hostile link became an attribute"


def check_hotspots(run: Run, profile: Profile, *, among: int) -> int:
    """Each planted hotspot of the months that ran is among the first issues; gives how many were looked for."""
    names = profile.branches.by_name()
    checked = 0
    for planted in run.expected["hotspots"]:
        branch, month = names[planted["branch"]], planted["month"]
        if not run.store.exists("hotspots", branch, month):
            continue
        scored = run.store.read("scored", branch, month)
        matching = set((scored["source"] + ":" + scored["record_id"])[scored["text"].str.contains(planted["pattern"])])
        issues = run.store.read("hotspots", branch, month).head(among)
        if not issues["history_months"].max():
            continue  # a narrow run gave this month no earlier one to compare with
        checked += 1
        shares = [len(matching & set(ids)) / len(ids) for ids in issues["record_ids"]]
        assert max(shares, default=0) >= 0.5, f"{branch} {month} {planted['pattern']}: {issues['label'].tolist()}"
    return checked


def check_pages(run: Run, *, reports: int) -> None:
    """Every report is there in both forms, loads nothing from a network, and its text can be searched."""
    pages = sorted(run.output.glob("*/*/report.html"))
    assert len(pages) == reports
    for page in (*pages, run.output / "index.html"):
        source = page.read_text(encoding="utf-8")
        assert not FROM_NETWORK.search(source), f"{page.parent} loads from a network"
        assert 'lang="zh-CN"' in source[:500]
        assert len(source.encode()) < 3_000_000
    for page in pages:
        pdf = page.with_suffix(".pdf")
        assert pdf.stat().st_size < 2_000_000
        reader = pypdf.PdfReader(pdf)
        assert "客户之声" in reader.pages[0].extract_text()
        assert reader.outline, "no bookmarks"
    index = (run.output / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="([^"#]+report\.html)"', index))
    assert linked == {page.relative_to(run.output).as_posix() for page in pages}
