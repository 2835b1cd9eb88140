"""Where categories gather: by source, channel and outlet, with few false alarms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.hotspot import gathering_places


def texts(n: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    codes = draw.choice(["11", "31", "53", "61"], n)
    return pd.DataFrame(
        {
            "category": codes,
            "category_name": [f"类别{code}" for code in codes],
            "source": draw.choice(["work_order", "survey"], n),
            "channel": draw.choice(["电话", "网上"], n),
            "outlet": draw.choice(["甲", "乙", "丙", "丁"], n),
            "matter_id": [f"m{number}" for number in range(n)],
        }
    )


def find(rows: pd.DataFrame) -> pd.DataFrame:
    return gathering_places(rows, min_records=5, false_discovery_rate=0.1)


def test_a_category_that_one_outlet_brings_is_found_there() -> None:
    rows = texts(300, 1)
    extra = texts(80, 2).assign(category="61", category_name="类别61", outlet="乙")
    extra["matter_id"] = "x" + extra["matter_id"]
    first = find(pd.concat([rows, extra], ignore_index=True)).iloc[0]
    assert (first["dimension"], first["value"], first["category"]) == ("outlet", "乙", "61")
    assert 1 < first["ratio_low"] < first["ratio"] < first["ratio_high"]
    assert first["expected"] < first["n"]


def test_one_matter_told_again_and_again_gathers_nowhere() -> None:
    rows = texts(300, 1)
    again = texts(30, 2).assign(category="61", category_name="类别61", outlet="乙", matter_id="same")
    assert len(find(pd.concat([rows, again], ignore_index=True))) == len(find(rows)) == 0


def test_quiet_months_gather_nowhere() -> None:
    alarms = sum(len(find(texts(200, seed))) > 0 for seed in range(60))
    assert alarms / 60 <= 0.1 + 2 * (0.1 * 0.9 / 60) ** 0.5


def test_one_place_alone_and_no_text_are_no_comparison() -> None:
    assert len(find(texts(50, 1).assign(source="survey", channel=None, outlet="甲"))) == 0
    assert len(find(texts(0, 1))) == 0
