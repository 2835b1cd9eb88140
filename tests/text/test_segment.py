"""The segmentation, held against jieba itself."""

import logging
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib.params import Profile
from voc_lib.text import Segmenter, normalise
from voc_lib.text.segment import frequencies

WORDS = ("手机银行", "U盾", "K宝", "掌银", "最低还款", "网捷贷", "信用卡")
PIECES = (
    *("手机银行", "转账", "不了", "u盾", "Ｋ宝", "最低还款", "额度", "的", "，", " "),
    *("1.5w", "2013-05", "a_b", "c++", "50%", "t+0", "5.20", "3-5", "x.y.z"),
)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(WORDS, ["客户", "你好", "怎么"])


@pytest.fixture(scope="module")
def jieba_words(segmenter: Segmenter) -> Any:
    """jieba with the same words at the same frequencies; its dictionary is read without its cache in /tmp."""
    with warnings.catch_warnings():
        # jieba 0.42 writes escapes that Python deprecates, which shows whenever it is compiled anew.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.ERROR)
    reference = jieba.Tokenizer()
    reference.FREQ, reference.total = reference.gen_pfdict(reference.get_dict_file())
    reference.initialized = True
    for word, frequency in frequencies(segmenter.dictionary):
        reference.add_word(word, frequency)
    return lambda text: [word for word in reference.lcut(normalise(text)) if word != " "]


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=300, deadline=None)
def test_it_cuts_as_jieba_does(pieces: list[str], segmenter: Segmenter, jieba_words: Any) -> None:
    assert segmenter.words("".join(pieces)) == jieba_words("".join(pieces))


@given(text=st.text(alphabet="手机银行卡额度转账吗abz019.-_+%# ，。", max_size=30))
@settings(max_examples=300, deadline=None)
def test_it_cuts_any_mixture_as_jieba_does(text: str, segmenter: Segmenter, jieba_words: Any) -> None:
    assert segmenter.words(text) == jieba_words(text)


@pytest.mark.shared
def test_it_cuts_real_texts_as_jieba_does(shared_data: Path, segmenter: Segmenter, jieba_words: Any) -> None:
    import pandas as pd

    texts = pd.read_csv(shared_data / "bank_questions.csv")["text"].astype("str").head(500)
    assert len(texts) == 500
    different = [row for row, text in enumerate(texts) if segmenter.words(text) != jieba_words(text)]
    assert different == []


@given(text=st.text(max_size=40))
@settings(deadline=None)
def test_nothing_but_white_space_is_lost(text: str, segmenter: Segmenter) -> None:
    assert "".join("".join(segmenter.words(text)).split()) == "".join(normalise(text).split())


def test_words_of_the_field_stay_whole_in_any_spelling(segmenter: Segmenter) -> None:
    assert segmenter.words("Ｋ宝和u盾") == ["k宝", "和", "u盾"]
    assert "手机银行" in segmenter.words("我的手机银行登录不了")


def test_content_words_say_something(segmenter: Segmenter) -> None:
    found = segmenter.content_words("客户你好，手机银行怎么转账 3000元 50% 1.5w 一千元 的")
    assert found == ["手机银行", "转账"]


def test_an_empty_text_has_no_words(segmenter: Segmenter) -> None:
    assert segmenter.words("") == segmenter.words(" \n") == []


def test_it_can_be_pickled_and_compared(segmenter: Segmenter) -> None:
    copy = pickle.loads(pickle.dumps(segmenter))
    assert copy == segmenter
    assert hash(copy) == hash(segmenter)
    assert copy.words("掌银转账") == segmenter.words("掌银转账")
    assert segmenter != Segmenter(WORDS)
    assert segmenter != "something else"


def test_the_order_of_the_dictionary_does_not_matter(segmenter: Segmenter) -> None:
    turned = Segmenter(reversed(WORDS), segmenter.stop_words)
    assert turned == segmenter
    assert frequencies(segmenter.dictionary) == frequencies(turned.dictionary)


def test_the_profile_keeps_the_names_of_the_channels_whole(profile: Profile) -> None:
    segmenter = Segmenter.from_profile(profile)
    for name in ("手机银行", "网上银行", "掌上银行", "U盾", "K宝", "信用卡", "提额", "最低还款", "余额变动", "支付宝"):
        assert segmenter.words(f"请问{name}吗").count(normalise(name)) == 1, name
    assert "客户" not in segmenter.content_words("客户来电反映手机银行")


def test_importing_the_room_loads_no_engine() -> None:
    code = "import sys, voc_lib.text; print(sorted({'jieba', 'rjieba', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
