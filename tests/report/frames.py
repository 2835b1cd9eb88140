"""Seeded tables of several branches and months, as the stages before the reports would leave them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tests.builders import TZ, rows
from voc_lib import schema
from voc_lib.params import Profile
from voc_lib.report import BranchView, OfficeView
from voc_lib.report.summary import branch_summary
from voc_lib.store import shift_month

_TEXTS = (
    "手机银行更新以后总是登录不上，密码明明没有错。",
    "在网点等了一个多小时，只开了两个窗口。",
    "临时额度到期没有人提醒，建议提前发短信。",
    "客服说三个工作日答复，已经两周没有消息。",
    "办理很顺利，柜员耐心。",
)
_OUTLETS = ("中山路支行", "新华支行", "解放路支行", None)
_CODES = ("12", "61", "72", "74", "31", "71", "53", "90")


def scored_rows(profile: Profile, branch: str, month: str, n: int, *, seed: int = 1) -> pd.DataFrame:
    """So many records of a branch-month, of all sources; a third of the surveys are score-only."""
    draw = np.random.default_rng([seed, sum(map(ord, branch)), int(month.replace("-", ""))])
    days = pd.Period(month).days_in_month
    return rows("scored", [_record(profile, draw, branch, month, i, days) for i in range(n)])


def _record(profile: Profile, draw: np.random.Generator, branch: str, month: str, i: int, days: int) -> dict[str, Any]:
    source = str(draw.choice(list(schema.SOURCES), p=[0.5, 0.1, 0.4]))
    is_silent = source == "survey" and draw.random() < 0.4
    code = str(draw.choice(_CODES, p=[0.25, 0.2, 0.15, 0.1, 0.1, 0.08, 0.07, 0.05]))
    category = profile.taxonomy.category(code)
    level = profile.taxonomy.level_of(code)
    mood = str(draw.choice(list(schema.SENTIMENTS), p=[0.4, 0.45, 0.15]))
    told = {
        "category": code,
        "category_name": category.name,
        "level1": level.code,
        "level1_name": level.name,
        "concerns": category.concerns,
        "sentiment_label": mood,
        "method": "model",
        "product": "信用卡" if code == "12" else None,
        "concerns_channel": "手机银行" if code == "61" else None,
        "needs_review": bool(draw.random() < 0.1),
        "text": _TEXTS[int(draw.integers(len(_TEXTS)))] + f"（{i}）",
        "intent": "complaint",
    }
    silent = dict.fromkeys(told) | {"text": "", "method": "none", "needs_review": False, "sentiment": None}
    return {
        "record_id": f"{branch}{month}{i:05d}",
        "source": source,
        "branch": branch,
        "occurred_at": f"{month}-{int(draw.integers(1, days + 1)):02d} 10:{i % 60:02d}:00",
        "order_type": str(draw.choice(["疑难", "建议"])) if source == "work_order" else None,
        "outlet": _OUTLETS[int(draw.integers(len(_OUTLETS)))],
        "channel": "电话银行",
        "customer_key": f"k{int(draw.integers(400))}",
        "score": int(draw.integers(1, 6)) if source == "survey" else None,
        **(silent if is_silent else told),
    }


def hotspot_rows(scored: pd.DataFrame, *, branch: str, month: str, hot: str = "61", history: int = 3) -> pd.DataFrame:
    """An issue for each of the three largest categories; the one named hot is hot and new."""
    texts = scored[(scored["month"] == month) & (scored["branch"] == branch) & scored["category"].notna()]
    days = pd.Period(month).days_in_month
    issues = []
    for rank, (code, n) in enumerate(texts["category"].value_counts().sort_index().nlargest(3).items(), start=1):
        mine = texts[texts["category"] == code]
        keys = (mine["source"] + ":" + mine["record_id"]).tolist()
        known = history > 0
        issues.append(
            {
                "branch": branch,
                "month": month,
                "rank": rank,
                "issue_id": f"{code}-{rank}",
                "label": mine["category_name"].iloc[0],
                "kind": "category",
                "category": code,
                "category_name": mine["category_name"].iloc[0],
                "n_records": int(n),
                "heat": 90.0 - rank * 10,
                "expected": 12.3 if known else None,
                "growth": 1.8 if known else None,
                "growth_low": 1.2 if known else None,
                "growth_high": 2.6 if known else None,
                "p_value": 0.01 if known else None,
                "q_value": 0.05 if known else None,
                "is_hot": known and code == hot,
                "is_new": False,
                "history_months": history,
                "daily_counts": mine["occurred_at"]
                .dt.day.value_counts()
                .reindex(range(1, days + 1), fill_value=0)
                .tolist(),
                "record_ids": keys,
                "typical_record_ids": keys[:3],
            }
        )
    return rows("hotspots", issues)


def branch_view(
    profile: Profile, *, branch: str = "BJ", month: str = "2013-05", sizes: tuple[int, ...] = (300, 320, 400)
) -> BranchView:
    """A branch-month with so many records in each month, its own last."""
    months = [shift_month(month, offset) for offset in range(1 - len(sizes), 1)]
    parts = [scored_rows(profile, branch, m, n) for m, n in zip(months, sizes, strict=True)]
    scored = pd.concat(parts, ignore_index=True)
    ledger = [
        {"branch": branch, "month": month, "origin_file": "a.csv", "outcome": o, "n_rows": n}
        for o, n in (("record", max(sizes[-1], 1)), ("duplicate", 4), ("empty_text", 2))
    ]
    return BranchView(
        profile=profile,
        branch=branch,
        month=month,
        scored=scored,
        hotspots=hotspot_rows(scored, branch=branch, month=month, history=len(sizes) - 1),
        quarantine=rows("quarantine", []),
        ledger=rows("ledger", ledger if sizes[-1] else []),
        earlier_actions=rows("actions", []),
        known_months=tuple(months[:-1]),
        edits=rows("edits", []),
        answers=rows("answers", []),
    )


def next_month(view: BranchView, actions: pd.DataFrame, n: int) -> BranchView:
    """The view a month later, with so many records and the actions of this month behind it."""
    month = shift_month(view.month, 1)
    scored = pd.concat([view.scored, scored_rows(view.profile, view.branch, month, n)], ignore_index=True)
    return replace(
        view,
        month=month,
        scored=scored,
        hotspots=hotspot_rows(scored, branch=view.branch, month=month),
        earlier_actions=actions,
        known_months=tuple(view.months),
    )


def office_view(views: list[BranchView], actions: list[pd.DataFrame]) -> OfficeView:
    """The head office's view over these branch views of one month."""
    first = views[0]
    mine = pd.concat([view.ledger for view in views]).groupby("outcome")["n_rows"].sum().to_dict()
    refused = {"outcome": "unknown_branch", "n_unplaced": 1, "unplaced_rows": [7]}
    rawfiles = [{"outcome": outcome, "n_rows": n, "n_unplaced": 0} for outcome, n in mine.items()]
    shared = {"branch": schema.HEAD_OFFICE, "month": first.month, "origin_file": "a.csv"}
    summaries = [
        branch_summary(view, acts).assign(month=m, n_records=len(view.scored[view.scored["month"] == m]))
        for view, acts in zip(views, actions, strict=True)
        for m in view.months
    ]
    return OfficeView(
        profile=first.profile,
        month=first.month,
        scored=pd.concat([view.scored for view in views], ignore_index=True),
        hotspots=pd.concat([view.issues for view in views], ignore_index=True),
        actions=pd.concat(actions, ignore_index=True),
        summaries=pd.concat(summaries, ignore_index=True) if summaries else schema.empty("summary", tz=TZ),
        rawfiles=rows("rawfiles", [{**shared, **row} for row in (*rawfiles, refused)]),
    )
