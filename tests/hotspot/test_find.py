"""Hot issues of a made-up branch: found, ranked, named, and untouched by what does not concern them."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from tests.builders import TZ
from tests.hotspot.builders import quiet_history, scored, voices
from voc_lib import schema
from voc_lib.errors import TableError
from voc_lib.hotspot import burst_overview, find_hotspots, hotspot_overview
from voc_lib.hotspot.overview import daily_counts
from voc_lib.params import Profile

MONTH = "2013-05"


def find(now: pd.DataFrame, history: pd.DataFrame, months: list[str], profile: Profile) -> pd.DataFrame:
    return find_hotspots(now, history, branch="BJ", month=MONTH, profile=profile, history_months=months)


@pytest.fixture(scope="module")
def history() -> tuple[pd.DataFrame, list[str]]:
    return quiet_history()


@pytest.fixture(scope="module")
def now() -> pd.DataFrame:
    return scored(voices(MONTH, 110, seed=7, surge=26))


@pytest.fixture(scope="module")
def spots(now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile) -> pd.DataFrame:
    return find(now, *history, profile)


def test_a_surge_is_the_first_issue_whole_and_pure(spots: pd.DataFrame, now: pd.DataFrame) -> None:
    first = spots.iloc[0]
    surge = {f"work_order:{MONTH}-BJ-{number:04d}" for number in range(110, 136)}
    assert first["is_hot"]
    assert first["category"] == "61"
    assert len(surge & set(first["record_ids"])) >= 0.9 * len(surge)
    assert len(surge & set(first["record_ids"])) >= 0.5 * first["n_records"]
    assert "登录" in first["label"]
    assert spots["is_hot"].sum() == 1


def test_the_table_fits_its_schema_and_holds_what_it_says(spots: pd.DataFrame, now: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(schema.conform(spots, "hotspots", tz=TZ), spots)
    assert list(spots["rank"]) == list(range(1, len(spots) + 1))
    assert spots["label"].is_unique
    assert spots["issue_id"].is_unique
    for spot in spots.itertuples():
        assert len(spot.record_ids) == spot.n_records == sum(spot.daily_counts)
        assert len(spot.daily_counts) == 31
        assert set(spot.typical_record_ids) <= set(spot.record_ids)
        assert spot.daily_counts[spot.first_seen.day - 1] > 0
        assert sum(spot.daily_counts[spot.last_seen.day :]) == 0
        assert spot.growth_low <= spot.growth <= spot.growth_high
        assert spot.p_value <= spot.q_value
        assert spot.history_months == 4


def test_typical_cases_are_sure_problems_of_several_customers(
    spots: pd.DataFrame, now: pd.DataFrame, profile: Profile
) -> None:
    voices_of = now.set_index(now["source"] + ":" + now["record_id"])
    for spot in spots.itertuples():
        cases = voices_of.loc[spot.typical_record_ids]
        assert len(cases) > 1
        assert cases["customer_key"].is_unique
        assert not (cases["sentiment_label"] == "positive").any()
        assert set(cases["category"]) == {spot.category}
    unsure = now.assign(
        needs_review=now["record_id"].isin([ids[0].split(":")[1] for ids in spots["typical_record_ids"]])
    )
    again = find_hotspots(unsure, scored(), branch="BJ", month=MONTH, profile=profile, history_months=[])
    assert not set(again["typical_record_ids"].explode()) & {ids[0] for ids in spots["typical_record_ids"]}


def test_words_that_the_profile_lists_as_saying_nothing_never_name_an_issue(
    history: tuple[pd.DataFrame, list[str]], profile: Profile
) -> None:
    texts = [dict(voice, text="招商银行额度" + voice["text"]) for voice in voices(MONTH, 110, seed=7, surge=26)]
    assert "招商" not in " ".join(find(scored(texts), *history, profile)["label"])
    lexicon = dataclasses.replace(profile.lexicon, stop_words=(*profile.lexicon.stop_words, "登录"))
    silent = dataclasses.replace(profile, lexicon=lexicon)
    surge = scored(voices(MONTH, 110, seed=7, surge=26))
    assert "登录" in find(surge, *history, profile).loc[0, "label"]
    assert "登录" not in find(surge, *history, silent).loc[0, "label"]


def test_no_record_is_in_two_issues(spots: pd.DataFrame) -> None:
    assert spots["record_ids"].explode().is_unique


def test_row_order_other_months_and_other_branches_do_not_matter(
    spots: pd.DataFrame, now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile
) -> None:
    rows, months = history
    later, elsewhere = scored(voices("2013-06", 40, seed=3)), scored(voices(MONTH, 40, seed=3, branch="TJ"))
    silent = now.head(3).assign(record_id=["a", "b", "c"], text="", category=None, sentiment_label=None)
    mixed_now = pd.concat([now, later, elsewhere, silent.astype(now.dtypes)]).sample(frac=1, random_state=2)
    mixed_past = pd.concat([rows, later, elsewhere]).sample(frac=1, random_state=3)
    found = find(mixed_now, mixed_past, [*reversed(months), "2013-06"], profile)
    pd.testing.assert_frame_equal(found, spots)


def test_the_input_is_left_as_it_was(
    now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile
) -> None:
    before, past = now.copy(deep=True), history[0].copy(deep=True)
    find(now, *history, profile)
    pd.testing.assert_frame_equal(now, before)
    pd.testing.assert_frame_equal(history[0], past)


def test_a_voice_repeated_in_one_matter_is_no_growth(
    now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile, spots: pd.DataFrame
) -> None:
    surge = now[now["record_id"] >= f"{MONTH}-BJ-0110"]
    again = surge.assign(record_id="again-" + surge["record_id"])
    found = find(pd.concat([now, again]), *history, profile)
    assert found.iloc[0]["n_matters"] == spots.iloc[0]["n_matters"]
    assert found.iloc[0]["n_records"] > spots.iloc[0]["n_records"]
    assert found.iloc[0]["p_value"] == pytest.approx(spots.iloc[0]["p_value"])


def test_more_of_the_surge_is_hotter(
    history: tuple[pd.DataFrame, list[str]], profile: Profile, spots: pd.DataFrame
) -> None:
    more = find(scored(voices(MONTH, 110, seed=7, surge=40)), *history, profile)
    assert more.iloc[0]["heat"] > spots.iloc[0]["heat"]
    assert more.iloc[0]["n_records"] > spots.iloc[0]["n_records"]


def test_without_history_nothing_is_called_hot(now: pd.DataFrame, profile: Profile) -> None:
    found = find(now, scored(), [], profile)
    assert len(found) > 0
    assert not found["is_hot"].any()
    assert not found["is_new"].any()
    assert found[["expected", "growth", "growth_low", "growth_high", "p_value", "q_value"]].isna().all(axis=None)
    assert (found["history_months"] == 0).all()
    assert found["heat"].is_monotonic_decreasing


def test_a_matter_never_heard_of_is_new(history: tuple[pd.DataFrame, list[str]], profile: Profile) -> None:
    strange = [dict(voice, text="养老金账户认证总是失败", category="92") for voice in voices(MONTH, 14, seed=9)]
    for number, voice in enumerate(strange):
        voice["record_id"] = f"new-{number}"
    found = find(scored(voices(MONTH, 110, seed=7), strange), *history, profile)
    assert found.iloc[0]["is_new"]
    assert found.iloc[0]["n_records"] == 14


def test_quiet_months_are_quiet(profile: Profile) -> None:
    alarms = 0
    for seed in range(20):
        rows, months = quiet_history(4, 60, seed=seed)
        alarms += int(find(scored(voices(MONTH, 60, seed=seed)), rows, months, profile)["is_hot"].any())
    assert alarms <= 20 * 0.1 + 2 * (20 * 0.1 * 0.9) ** 0.5


def test_months_without_a_voice_and_missing_columns(
    now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile
) -> None:
    assert len(find(scored(), *history, profile)) == 0
    pd.testing.assert_frame_equal(
        find(now, *history, profile), find(now, history[0], [*history[1], "2012-12"], profile)
    )
    with pytest.raises(TableError, match="escalation_risk"):
        find(now.drop(columns="escalation_risk"), *history, profile)


def test_only_as_many_issues_as_the_profile_wants(
    now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile, spots: pd.DataFrame
) -> None:
    settings = profile.thresholds.hotspot.model_copy(update={"max_issues": 2})
    thresholds = profile.thresholds.model_copy(update={"hotspot": settings})
    found = find(now, *history, dataclasses.replace(profile, thresholds=thresholds))
    assert len(found) == 2
    assert found.loc[0, "issue_id"] == spots.loc[0, "issue_id"]
    # What is not hot is chosen by size before it is ranked by heat.
    sizes = spots[~spots["is_hot"]].set_index("issue_id")["n_matters"]
    assert sizes[found.loc[1, "issue_id"]] in sizes.nlargest(2).tolist()


def test_the_overview_keeps_rank_and_rounds(spots: pd.DataFrame) -> None:
    shown = hotspot_overview(spots.iloc[::-1])
    assert list(shown["序号"]) == list(spots["rank"])
    assert shown.loc[0, "热点"] == "是"
    assert list(hotspot_overview(spots.head(0)).columns) == list(shown.columns)


def test_daily_counts_cover_the_month(now: pd.DataFrame) -> None:
    counts = daily_counts(now, month=MONTH)
    assert list(counts.index) == list(range(1, 32))
    assert counts["total"].sum() == len(now)
    assert daily_counts(now, month="2013-02")["total"].sum() == 0
    assert list(daily_counts(now, month="2013-02").columns) == ["total"]


def test_one_unrelated_record_leaves_issues_names_and_order_as_they_were(
    now: pd.DataFrame, history: tuple[pd.DataFrame, list[str]], profile: Profile, spots: pd.DataFrame
) -> None:
    for number, text in enumerate(("谷蚕岱磬瓮邻鹤", "体育馆羽毛球场地预约", "献血证丢失", "路口红绿灯太短")):
        stranger = voices(MONTH, 1, seed=number)[0] | {"record_id": f"s{number}", "text": text, "category": "92"}
        found = find(pd.concat([now, scored([stranger])]), *history, profile)
        for column in ("issue_id", "label", "record_ids", "typical_record_ids"):
            assert list(found[column].head(len(spots))) == list(spots[column])


# Told in words of its own each time, at one place, under several categories: no term and no category knows it.
GATE = (
    "柳溪花园的门禁夜里不认人脸，老人被关在外面",
    "柳溪花园门禁失灵，老人半夜进不了家",
    "柳溪花园门禁识别不了人脸，老人回不去",
    "夜里柳溪花园的门禁打不开，老人站在外面",
    "柳溪花园老人被门禁拦在外面，人脸识别失灵",
    "柳溪花园门禁坏了，夜里老人进不去",
    "柳溪花园门禁人脸识别常常失灵，老人等在外面",
    "柳溪花园的门禁又失灵，老人夜里进不去",
)


def gate(n: int) -> list[dict[str, object]]:
    codes = ("11", "16", "31", "53", "61", "72")
    made = voices(MONTH, n, seed=11)
    return [
        voice | {"record_id": f"gate-{k}", "text": GATE[k % len(GATE)], "category": codes[k % len(codes)]}
        for k, voice in enumerate(made)
    ]


def test_a_matter_under_many_categories_is_one_issue_at_its_place(
    history: tuple[pd.DataFrame, list[str]], profile: Profile
) -> None:
    told = scored(voices(MONTH, 110, seed=7), gate(16))
    first = find(told, *history, profile).iloc[0]
    assert first["is_hot"]
    gathered = {key.split(":")[1] for key in first["record_ids"]}
    assert gathered == {f"gate-{k}" for k in range(16)}
    assert "柳溪花园" in first["label"]
    # What does not concern it leaves it as it is.
    before = find(told, *history, profile)
    for number, text in enumerate(("谷蚕岱磬瓮邻鹤", "体育馆羽毛球场地预约", "路口红绿灯太短")):
        stranger = voices(MONTH, 1, seed=number)[0] | {"record_id": f"s{number}", "text": text, "category": "92"}
        after = find(pd.concat([told, scored([stranger])]), *history, profile)
        for column in ("issue_id", "label", "record_ids"):
            assert list(after[column].head(len(before))) == list(before[column])


def test_bursts_are_told_by_their_days(spots: pd.DataFrame, now: pd.DataFrame) -> None:
    first = spots.head(1).copy()
    days = [0] * 31
    days[9:12] = [3, 4, 3]
    first["daily_counts"] = [days]
    shown = burst_overview(first, now, month=MONTH)
    assert list(shown["集中在"]) == ["10日至12日"]
    assert list(shown["件数"]) == [10]
    assert len(burst_overview(spots.head(0), now, month=MONTH)) == 0
