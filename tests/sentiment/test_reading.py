"""The rules of the language on made-up sentences: each pair differs in one thing, and the order must be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sentiment.contrasts import FRESH
from voc_lib.params import Profile
from voc_lib.params.lexicon import SentimentLexicon
from voc_lib.sentiment import Reader, SentimentScorer
from voc_lib.sentiment.words import WordFinder
from voc_lib.text import normalise

# (the unhappier sentence, the happier one)
CONTRASTS = {
    "negation": [
        ("这个柜员不热情", "这个柜员热情"),
        ("我对处理结果不满意", "我对处理结果满意"),
        ("网点的服务没有那么好", "网点的服务那么好"),
        ("手机银行一点都不方便", "手机银行方便"),
        ("经理讲得并不专业", "经理讲得专业"),
        ("换了系统以后不再稳定", "换了系统以后稳定"),
        ("转账手续麻烦", "转账手续不麻烦"),
        ("这款产品坑", "这款产品没有坑"),
        ("办理速度太慢", "办理速度不慢"),
        ("新流程复杂", "新流程不复杂"),
        ("谈不上满意", "谈得上满意"),
        ("客服毫无耐心", "客服有耐心"),
    ],
    "double negation": [
        ("我不满意", "我不是不满意"),
        ("对这次服务不喜欢", "对这次服务没有不喜欢"),
        ("他们不负责", "他们并非不负责"),
        ("柜台不方便", "柜台不是不方便"),
    ],
    "intensifier": [
        ("排队慢得要死", "排队有点慢"),
        ("态度非常差", "态度有点差"),
        ("实在太麻烦", "稍微麻烦"),
        ("这银行特别坑", "这银行有点坑"),
        ("大厅还算干净", "大厅非常干净"),
        ("稍微方便了", "特别方便了"),
        ("有点满意", "非常满意"),
        ("简直恶心透了", "略微恶心"),
        ("无语极了", "有点无语"),
    ],
    "rhetorical question": [
        ("凭什么扣我的钱", "为什么扣我的钱"),
        ("难道这也叫服务?", "这是什么业务的服务?"),
        ("你们还有没有天理", "你们周末有没有上班"),
        ("这是什么态度", "这是什么产品"),
        ("怎么好意思收这个钱", "怎么交这个钱"),
        ("这不是骗人吗", "这是理财吗"),
        ("干什么吃的", "几点开门的"),
        ("要等到什么时候啊", "什么时候开门啊"),
        ("谁还用你家的卡", "谁能用这张卡"),
    ],
    "polite complaint": [
        ("麻烦您看一下,我等了两小时没人理", "麻烦您看一下,我的卡几号到期"),
        ("您好,很遗憾,上次的问题至今没解决", "您好,请问怎么开通网银"),
        ("谢谢,不过你们的效率太低了", "谢谢,你们的效率不错"),
        ("请体谅一下,系统总是闪退实在不方便", "请问一下,系统在哪里下载"),
        ("辛苦了,但是解释得敷衍", "辛苦了,解释得耐心"),
    ],
    "turn": [
        ("环境不错,但是态度恶劣", "态度恶劣,但是环境不错"),
        ("网点很大,可是办事太慢", "网点很大,办事很快"),
        ("一开始挺好,结果让人失望", "一开始让人失望,结果挺好"),
    ],
    "what is measured": [
        ("额度太低了", "利息太低了"),
        ("手续费高", "收益高"),
        ("年费上涨", "额度上涨"),
        ("收益下降", "费率下降"),
        ("给的额度少", "给的额度多"),
    ],
    "bank talk": [
        ("申请又被秒拒", "申请秒批了"),
        ("app卡死登不上", "app流畅好用"),
        ("真是一家垃圾银行", "真是一家良心银行"),
        ("呵呵,这效率", "哈,这效率给力"),
        ("钱被乱扣费", "免年费真实惠"),
        ("今天白跑一趟", "今天一趟办好很顺利"),
        ("办完业务😡", "办完业务👍"),
        ("客服推来推去", "客服有求必应"),
    ],
    "sarcasm": [
        ("真行啊,排队三小时,服了", "真行啊,三分钟办好,点赞"),
        ("呵呵,好一个贴心", "好贴心"),
        ("我真是醉了", "我真是放心了"),
    ],
    "supposed": [
        ("如果服务好我就来", "服务好我就来"),
        ("是不是骗人的", "这个卡普通的"),
    ],
}
PAIRS = [(kind, *pair) for given in (CONTRASTS, FRESH) for kind, pairs in given.items() for pair in pairs]


@pytest.fixture(scope="module")
def reader(profile: Profile) -> Reader:
    return Reader(profile.lexicon.sentiment)


def test_there_are_enough_contrasts() -> None:
    assert len(PAIRS) >= 60


def test_nine_contrasts_of_ten_are_in_order(scorer: SentimentScorer) -> None:
    low = scorer.score_texts([pair[1] for pair in PAIRS])["sentiment"]
    high = scorer.score_texts([pair[2] for pair in PAIRS])["sentiment"]
    wrong = [pair for pair, a, b in zip(PAIRS, low, high, strict=True) if not a < b]
    assert len(wrong) <= 0.1 * len(PAIRS), wrong


@pytest.mark.parametrize(
    "text", ["不好意思", "好像是昨天", "麻烦您查一下", "如何办理快贷", "我住在香港", "电信诈骗怎么防", "贵行几点开门"]
)
def test_phrases_that_only_look_like_feeling_carry_none(reader: Reader, text: str) -> None:
    assert reader.read(normalise(text)).judgements == []


@pytest.mark.parametrize("clean", ["这里很安全", "柜员的态度很好", "额度太低"])
def test_a_text_of_feeling_has_a_judgement(reader: Reader, clean: str) -> None:
    assert reader.read(normalise(clean)).judgements


def test_negation_stops_at_the_clause_and_at_another_feeling(reader: Reader) -> None:
    assert [j.strength > 0 for j in reader.read("不,我满意").judgements] == [True]
    assert [j.strength > 0 for j in reader.read("不麻烦满意").judgements] == [True, True]


@pytest.mark.parametrize(
    ("text", "aspect", "word", "good"),
    [
        ("信用卡的额度太低", "额度", "低", False),
        ("手续费低", "费用", "低", True),
        ("柜员热情", "态度", "热情", True),
        ("手机银行闪退", "系统", "闪退", False),
        ("额度不高", "额度", "不高", False),
        ("工商银行的服务不错", "态度", "不错", True),
        ("态度恶劣", "态度", "恶劣", False),  # one listed phrase holding its noun
        ("服务很好", "态度", "很好", True),  # listed as praise; the feeling inside it counts
    ],
)
def test_feeling_is_tied_to_the_noun_it_judges(reader: Reader, text: str, aspect: str, word: str, good: bool) -> None:
    (judgement,) = reader.read(normalise(text)).judgements
    assert (judgement.aspect, judgement.word, judgement.strength > 0) == (aspect, word, good)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("怎么开通网银", True),
        ("可以异地取钱吗", True),
        ("可以取钱?", True),
        ("我取了钱", False),
        ("我取了钱。?卡在家", False),  # a mark that closes nothing
        ("我取了钱??卡在家", False),  # an emoji that a system lost
    ],
)
def test_a_question_is_known_by_its_words_and_its_mark(reader: Reader, text: str, asks: bool) -> None:
    assert (reader.read(normalise(text)).asks >= 0.6) is asks


def test_escalation_words_are_found_with_their_weights(reader: Reader, profile: Profile) -> None:
    found = reader.read(normalise("再不解决我就去银保监投诉")).escalation
    assert found == {word: profile.lexicon.sentiment.escalation[word] for word in ("银保监", "投诉")}


def test_the_longest_word_wins_and_hits_never_overlap() -> None:
    finder = WordFinder(SentimentLexicon(positive={"好": 0.3}, negative={"不好": 0.5}, neutral=("不好意思",)))
    assert [hit.word.text for hit in finder.find("不好意思,不好,好")] == ["不好意思", ",", "不好", ",", "好"]


def test_an_empty_lexicon_reads_nothing() -> None:
    assert Reader(SentimentLexicon()).read("很好,不错!").judgements == []


@given(text=st.text(alphabet="不没很太好坏满意垃圾额度高低吗?,。但是 投诉a1", max_size=40))
def test_any_text_can_be_read(reader: Reader, text: str) -> None:
    reading = reader.read(normalise(text))
    assert reading.positive >= 0 and reading.negative >= 0 and reading.asks >= 0
    assert all(-1.5 <= judgement.strength <= 1.5 for judgement in reading.judgements)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("手续费太高", ["费用:-高"]),
        ("为什么手续费这么高", ["费用:-高"]),
        ("哪家银行的服务态度好", []),
        ("服务是不是很差", []),
        ("额度还可以用吗", []),
        ("银行连个椅子都没有,非要我站着", []),
    ],
)
def test_what_is_only_asked_and_what_judges_no_noun_is_no_aspect(reader: Reader, text: str, told: list[str]) -> None:
    assert reader.read_all([normalise(text)]).aspects_told() == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("转账没失败", []),
        ("手续不麻烦", ["办理:+不麻烦"]),
        ("打电话来说被拒", ["办理:-被拒"]),
        ("打电话来说降额了", ["额度:-降额"]),
    ],
)
def test_refusals_judge_what_was_refused_and_what_did_not_go_wrong_is_no_praise(
    reader: Reader, text: str, told: list[str]
) -> None:
    assert reader.read_all([text]).aspects_told() == [told]
