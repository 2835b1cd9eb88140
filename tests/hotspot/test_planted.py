"""The planted hot issues of the shared exports, found from the words alone: no model and no category helps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.builders import rows
from voc_lib.hotspot import find_hotspots
from voc_lib.ingest import land
from voc_lib.params import Profile
from voc_lib.store import Store

pytestmark = pytest.mark.shared


def test_every_planted_issue_is_among_the_first_three(shared_data: Path, profile: Profile, tmp_path: Path) -> None:
    exports = shared_data / "exports"
    raw = tmp_path / "raw"
    raw.mkdir()
    for file in sorted(exports.iterdir()):
        if file.suffix in (".csv", ".xlsx"):
            (raw / file.name).symlink_to(file)
    land(profile, tmp_path)
    store = Store(str(tmp_path), profile.tz)
    months = sorted({month for _, month in store.partitions("landed") if month != "unknown"})
    planted = json.loads((exports / "expected.json").read_text(encoding="utf-8"))["hotspots"]
    assert planted
    known_nothing = dict.fromkeys(("category", "category_name", "confidence", "escalation_risk"))
    plain = rows("scored").iloc[0].to_dict() | known_nothing
    judged = [*known_nothing, "needs_review", "sentiment_label", "intent"]
    for hotspot in planted:
        branch = profile.branches.by_name()[hotspot["branch"]]
        landed = store.read_many("landed", [branch], months)
        scored = landed.assign(
            matter_id=landed["source"] + ":" + landed["record_id"],
            **{name: plain[name] for name in judged},
        )
        month = hotspot["month"]
        found = find_hotspots(
            scored, scored, branch=branch, month=month, profile=profile, history_months=[m for m in months if m < month]
        )
        texts = dict(zip(landed["source"] + ":" + landed["record_id"], landed["text"], strict=True))
        pattern = re.compile(hotspot["pattern"])
        matching = int(landed["text"][landed["month"] == month].str.contains(pattern).sum())
        shares = [
            sum(bool(pattern.search(texts[key])) for key in issue) / max(len(issue), 1)
            for issue in found["record_ids"].head(3)
        ]
        best = max(shares, default=0.0)
        assert best >= 0.5, (branch, month)
        assert best * len(found["record_ids"].iloc[shares.index(best)]) >= 0.5 * matching, (branch, month)
