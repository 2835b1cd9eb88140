"""Spellings of branches: what leaves no doubt is the branch, what could be another one's is nobody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.test_landing import everything, order, outcomes, put
from voc_lib.ingest import land
from voc_lib.ingest.branch_spelling import BranchNames
from voc_lib.params import Profile
from voc_lib.params.branches import Branch, Branches


@pytest.mark.parametrize(
    ("told", "code"),
    [
        *(
            (told, "BJ")
            for told in ("BJ", "bj", " ｂｊ ", "(北京)", "（北京）", "【北京分行】", "北京(分行)", "北京市")
        ),
        *((told, "BJ") for told in ("BJ-北京", "01 北京分行", "北京市分行(BJ)", "北京/朝阳支行", "0101-北京分行/010")),
        *((told, "BJ") for told in ("建设银行北京分行", "中国建设银行股份有限公司北京市分行", "建行北京市分行营业部")),
        *((told, "BJ") for told in ("北京市分行营业部", "北京市分行（营业部）", "北京分行营业室", "北京朝阳支行")),
        *((told, "NM") for told in ("內蒙古", "内蒙古区分行", "内蒙古包头分行", "内蒙古自治区分行营业部")),
        # A street, a district or another bank that bears the name; two branches; no branch at all.
        *((told, None) for told in ("北京路支行", "北京东路支行", "河北区支行", "天津河北支行", "北京银行西单支行")),
        *(
            (told, None)
            for told in ("北京/天津", "BJ 天津分行", "北京天津分行", "北京市分行(天津营业部)", "广东北京分行")
        ),
        *(
            (told, None)
            for told in ("火星分行", "北京市分航", "支行", "营业部", "中国建设银行", "", "-", "()", "北京的客户")
        ),
    ],
)
def test_which_branch_a_cell_means(profile: Profile, told: str, code: str | None) -> None:
    assert BranchNames(profile.branches).code_of(told) == code


def test_what_the_profile_writes_goes_before_any_rule() -> None:
    branches = Branches(
        branches=(
            Branch(code="JL", name="吉林省分行", short_name="吉林省"),
            Branch(code="JLS", name="吉林市分行", short_name="吉林市", aliases=("吉林昌邑支行",)),
            Branch(code="jl", name="小号分行", short_name="小号"),
        )
    )
    names = BranchNames(branches)
    assert [names.code_of(told) for told in ("JL", "jl", "吉林昌邑支行", "吉林市船营支行", "吉林省白山支行")] == [
        "JL", "jl", "JLS", "JLS", "JL",
    ]  # fmt: skip
    assert names.code_of("Jl") is None and names.code_of("吉林") is None, "two branches could be meant"


@given(st.text(st.sampled_from("北京天津市分行支路(（)-/ BJbj营业部区"), max_size=12))
def test_a_spelling_means_one_branch_or_none_whatever_its_width_and_case(told: str) -> None:
    branches = Branches(
        branches=(
            Branch(code="BJ", name="北京市分行", short_name="北京"),
            Branch(code="TJ", name="天津市分行", short_name="天津"),
        )
    )
    names = BranchNames(branches)
    code = names.code_of(told)
    assert code in ("BJ", "TJ", None)
    assert names.code_of(told.swapcase()) == code
    if code is not None:
        assert ("北京" in told.replace(" ", "") or "BJ" in told.upper()) == (code == "BJ") or len(told) > len(
            "北京天津"
        )


def test_rows_of_an_outlet_land_with_its_branch(
    tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    spelled = ("bj", "（北京）", "北京市分行营业部", "北京路支行")
    put(tmp_path, *(order(f"A{place}", branch=told) for place, told in enumerate(spelled)))
    assert outcomes(land(profile, tmp_path)) == {"record": 3, "unknown_branch": 1}
    assert set(everything(tmp_path, replace(profile), "landed")["branch"]) == {"BJ"}
