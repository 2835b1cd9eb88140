"""Made-up customers who tell some matters twice, and others that only sound alike: to measure linking by.

Two sets of wordings, so that what was chosen on the one can be judged on the other. Each has problems told in several
ways with slots, and agents' words around them. Most of what a customer tells is unlike; some differs in one slot only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from random import Random

import pandas as pd

from tests.builders import rows

__all__ = ["CHOSEN_ON", "HELD_OUT", "Told", "Wording", "judged", "told_twice"]

SOURCES = ("work_order", "complaint_intent", "survey")


@dataclass(frozen=True)
class Wording:
    """Problems (each in several ways of telling it), what their slots can hold, agents' words, and what is added."""

    problems: Sequence[Sequence[str]]
    slots: Mapping[str, Sequence[str]]
    wrappers: Sequence[str]
    fillers: Sequence[str]


@dataclass(frozen=True)
class Told:
    """Landed rows of two months, and what is true of them.

    Args:
        landed: the rows; outlet holds nothing that helps.
        pairs: record ids told on one matter, with the way of telling.
        alike: record ids of one customer on two matters that sound alike, with what differs.
    """

    landed: pd.DataFrame
    pairs: Mapping[tuple[str, str], str]
    alike: Mapping[tuple[str, str], str]


def _named(names: str, kinds: str = "") -> list[str]:
    return [name + kind for name in names.split() for kind in kinds.split() or [""]]


CHOSEN_ON = Wording(
    problems=[
        [
            "{day}在{place}的取款机上取{sum}元，机器没有吐钱，{card}里却扣掉了",
            "我用{card}到{place}取现，{sum}块钱没出来，余额倒是少了",
            "{place}那台取款机吞了我{sum}元，钱没拿到账上已经扣了",
        ],
        [
            "{card}里{day}被扣了{sum}元，说是{fee}，我从来没开通过",
            "查账单发现有一笔{sum}元的{fee}，{card}上扣的，没人跟我说过要收",
            "没同意过什么{fee}，怎么从我{card}扣走{sum}块",
        ],
        [
            "向{who}转账{sum}元，{day}转的，到现在没有到账",
            "{day}汇给{who}的{sum}块钱对方一直收不到",
            "给{who}转的{sum}元钱扣了，那边说没收到",
        ],
        [
            "{place}的大堂经理态度很差，{day}我办{card}等了两个钟头没人理",
            "{day}去{place}办{card}，排了两小时，经理还冲我发火",
            "投诉{place}大堂经理，办张{card}爱理不理让人干等",
        ],
        [
            "买的{fund}到期了，本金{sum}元一直没有回到账户",
            "{fund}已经到期好几天，{sum}块本金没回来",
            "{sum}元的{fund}到期不兑付，不知道钱去哪了",
        ],
        [
            "申请{card}提高额度到{sum}元，{day}提交的，一直没有批下来",
            "{card}想把额度提到{sum}，{day}报的，没人给个答复",
            "提额申请卡住了，{card}要{sum}的额度，等到现在没结果",
        ],
        [
            "{day}在{place}签的房贷合同，利率写的和{who}说的不一样，多出来{sum}元利息",
            "房贷利率跟{who}承诺的对不上，要多还{sum}元利息，{place}签的",
            "{who}当初答应的房贷利率没兑现，算下来多付{sum}块利息",
        ],
        [
            "在{place}寄来的{card}没有收到，{day}就说寄出了",
            "{day}说寄出的{card}到今天没见到，是{place}办的",
            "{place}给我寄的{card}丢了吧，一直没收到",
        ],
        [
            "手机银行登录后看不到{fund}，{day}更新了以后就这样",
            "{day}更新了手机银行，{fund}就不见了",
            "更新完手机银行找不到我的{fund}了",
        ],
        [
            "{who}推荐我买{fund}，说保本，现在亏了{sum}元",
            "当时{who}讲{fund}不会亏，结果亏掉{sum}块",
            "听了{who}的话买{fund}，赔进去{sum}元",
        ],
        [
            "{card}被{place}冻结了，{day}去问说要等通知",
            "{day}发现{card}冻结了，{place}的人只叫等通知",
            "{place}把我{card}冻住了，问了只让等",
        ],
        [
            "积分兑换的{gift}收到是坏的，{day}申请退换没有人处理",
            "{gift}是用积分换的，一拆开就是坏的，{day}报了退换没下文",
            "积分换来个坏的{gift}，要退换没人管",
        ],
        [
            "{day}在柜台存了{sum}元，{card}上只记了一半",
            "柜台少给我入账了，{day}存的{sum}块，{card}才进了一半",
            "存{sum}元到{card}，柜员只录了一半的数",
        ],
        [
            "{fund}可以提前赎回吗，{who}说要扣{sum}元",
            "想把{fund}提前赎了，听{who}讲要扣{sum}块，是真的吗",
            "提前赎回{fund}，{who}说得交{sum}元，合理吗",
        ],
        [
            "{place}的停车场乱收费，停了一会收{sum}元",
            "在{place}停车办事收了我{sum}块停车费",
            "去{place}停个车要{sum}元，太乱了",
        ],
    ],
    slots={
        "day": ["5月3日", "5月6日", "4月28日", "5月11日", "16号", "4月9日", "22号", "3月30日"],
        "place": _named("东门 火车站 人民路 开发区 新华街 万达 北关 大学城 青石桥 柳林", "支行 网点 分理处 营业厅"),
        "sum": _named(
            "2000 500 3260 1.5万 880 12000 四千 68 9999 300 26500 一万二 "
            "450 7300 三千八 86 15600 2.6万 1200 99 640 3万 八千五 5150"
        ),
        "card": ["信用卡", "储蓄卡", "社保卡", "工资卡", "白金卡", "存折"],
        "fee": ["年费", "短信费", "账户管理费", "保险费", "分期手续费"],
        "who": ["张经理", "我弟弟", "李主任", "客户经理", "公司财务", "房东"],
        "fund": ["稳盈三号", "国债", "货币基金", "黄金定投", "养老理财", "安心宝"],
        "gift": ["电饭煲", "行李箱", "保温杯", "蓝牙耳机", "空气炸锅"],
    },
    wrappers=[
        "{}",
        "{}",
        "客户来电反映：{}，请核实处理。",
        "【投诉】{}。客户要求尽快回电",
        "来电人称{}，已安抚，转分行跟进",
        "诉求内容：{}；处理：解释未果，客户不满意，要求领导回复",
        "您好，{}，麻烦处理一下谢谢",
    ],
    fillers=["我都打了好几次电话了", "请尽快帮我查一下", "实在太气人了", "家里等着用钱", "希望给个说法"],
)

HELD_OUT = Wording(
    problems=[
        [
            "{day}通过{app}给{who}汇了{sum}元，款项被退回但手续费没退",
            "{app}汇款给{who}退回来了，{sum}元的那笔，手续费怎么不还",
            "手续费不退，{day}汇{who}那{sum}块失败了的",
        ],
        [
            "{shop}刷{card}消费{sum}元，{day}商户退货了款没有退到卡上",
            "{day}从{shop}退了货，{sum}块钱迟迟不回{card}",
            "退货款{sum}元没回来，{shop}说早退到{card}了",
        ],
        [
            "{card}在{shop}被盗刷{sum}元，{day}收到短信才知道",
            "有人盗刷我{card}，{shop}那笔{sum}块不是我花的",
            "收到短信说{card}在{shop}花了{sum}元，根本不是本人",
        ],
        [
            "{loan}还清了，{outlet}拖着不办解押手续，{day}就去过",
            "{day}结清{loan}以后一直办不了解押，{outlet}总推脱",
            "房子解押办不下来，{loan}早还完了，{outlet}不给办",
        ],
        [
            "{outlet}柜员{day}把我的名字录错，{card}领不出来",
            "名字给录错了，{outlet}弄的，害我{card}领不了",
            "{card}因为姓名登记有误取不到，{day}在{outlet}办的",
        ],
        [
            "{loan}每月多扣{sum}元，问{outlet}说是系统问题",
            "为什么{loan}每个月多收我{sum}块，{outlet}讲系统出错",
            "{outlet}的{loan}扣款不对，每月多{sum}元",
        ],
        [
            "{app}显示密码错误，{day}重置以后仍然登录失败",
            "{day}重设了密码，{app}还是进不去",
            "进不去{app}，密码都重置过了照样报错",
        ],
        [
            "{outlet}的点钞机点出假币，{day}没收了{sum}元不开凭证",
            "{day}说我钱是假的，收走{sum}块也没给单子，{outlet}",
            "{outlet}没收假钞{sum}元，凭证不肯开",
        ],
        [
            "预约了{day}在{outlet}取{sum}元现金，去了说没有钱",
            "约好的大额取现{sum}块，{outlet}说现金不够",
            "{day}到{outlet}取约好的{sum}元，白跑一趟没现金",
        ],
        [
            "{who}用我名字办了{loan}，金额{sum}元，我完全不知情",
            "我被{who}冒名贷了{sum}块，是{loan}",
            "征信上多了个{sum}元的{loan}，是{who}冒我名办的",
        ],
        [
            "{outlet}门口没有无障碍坡道，{day}推轮椅的老人进不去",
            "轮椅上不了{outlet}的台阶，{day}带老人去办事没进成",
            "建议{outlet}修个坡道，坐轮椅的老人进不了门",
        ],
        [
            "{app}的语音客服听不懂话，{day}问{loan}转不到人工",
            "想问{loan}，{app}那个语音机器人绕来绕去没有人工",
            "{day}找{app}人工问{loan}，语音老是听不懂",
        ],
        [
            "{day}申请的{card}被拒，{outlet}说我在别处有{sum}元欠款，我没有",
            "{card}没批，理由是欠款{sum}块，我哪里有欠",
            "{outlet}拒了我的{card}申请，硬说有{sum}元欠款",
        ],
        [
            "在{shop}绑定{card}支付返现{sum}元，活动的钱没有给",
            "{shop}返现活动说好{sum}块，绑了{card}也没返",
            "绑{card}参加{shop}返现，{sum}元至今没影",
        ],
        [
            "外币兑换{sum}元，{outlet}给的汇率和{app}上看的不同",
            "{app}挂的汇率跟{outlet}兑的不一样，我换了{sum}块",
            "{outlet}换外币汇率不对，{sum}元亏了差价，{app}上不是这个价",
        ],
    ],
    slots={
        "day": ["6月2日", "3月15日", "20日", "6月9日", "端午节", "29号晚上", "3月8号", "清明节"],
        "outlet": _named(
            "西湖 钢铁厂 解放大道 江北 城南 中山路 机场 农贸市场 石榴园 三官庙", "支行 储蓄所 分理处 网点"
        ),
        "sum": _named(
            "700 4500 1888 三万五 60 21000 八百 139.5 5万 6200 90 一千五 "
            "2350 18000 75 六千 920 1.2万 3400 410 两万三 5880 29 1050"
        ),
        "card": ["借记卡", "联名卡", "公务卡", "金卡", "医保卡", "学生卡"],
        "shop": ["京客隆", "苏果超市", "小米商城", "永辉", "加油站", "华联商厦"],
        "who": ["王会计", "我表姐", "前夫", "赵老板", "同事", "中介"],
        "loan": ["公积金贷款", "装修贷", "车贷", "助学贷款", "消费贷", "经营贷"],
        "app": ["网上银行", "掌上银行", "微信公众号", "电话银行", "自助终端"],
    },
    wrappers=[
        "{}",
        "{}",
        "坐席备注：客户表示{}。要求三个工作日内答复",
        "投诉事项——{}——完",
        "{}（客户情绪激动，多次来电，烦请优先）",
        "尊敬的同事：现有客户反馈{}，望贵行核查并于两日内回复结果，多谢支持",
        "回访记录 {} 客户对处理进度不认可",
    ],
    fillers=["打客服也没人接", "真是没办法了", "再不解决我就去银监会投诉", "麻烦你们上点心", "已经耽误我好多天"],
)

_WAYS = {"wrapped": 50, "added": 8, "cut": 6, "slips": 6, "order": 5, "contact": 5, "third": 5, "other words": 15}
_GAPS = [0] * 3 + [1] * 5 + [2] * 4 + [3, 4, 5, 7, 9, 12, 16, 20, 25]


def told_twice(wording: Wording, *, seed: int, n_customers: int) -> Told:
    """Two months of what so many customers told, 2013-04 and 2013-05: four in ten tell a matter twice, through two
    sources; one in seven tells of two that sound alike."""
    random = Random(seed)
    given: list[dict[str, object]] = []
    pairs: dict[tuple[str, str], str] = {}
    alike: dict[tuple[str, str], str] = {}

    def say(customer: int, source: str, text: str, at: datetime) -> str:
        record = f"R{len(given):05d}"
        told = random.choice(wording.wrappers).format(text)
        given.append(
            {
                "record_id": record,
                "source": source,
                "customer_key": f"c{customer}",
                "text": told,
                "occurred_at": at.strftime("%Y-%m-%d %H:%M:%S"),
                "month": at.strftime("%Y-%m"),
                "score": 2 if source == "survey" else None,
            }
        )
        return record

    for customer in range(n_customers):
        n_other = random.choice([1, 1, 2, 3, 4])
        problems = random.sample(range(len(wording.problems)), n_other + 2)
        for problem in problems[:n_other]:
            say(customer, random.choice(SOURCES), _tell(random, wording, problem)[0], _moment(random))
        if random.random() < 0.4:
            first, ways, slots = _tell(random, wording, problems[-1])
            at = _moment(random)
            later = at + timedelta(days=random.choice(_GAPS), hours=random.randrange(1, 9))
            how = random.choices(list(_WAYS), list(_WAYS.values()))[0]
            one, other = random.sample(SOURCES[:2] if random.random() < 0.7 else SOURCES, 2)
            again = _again(random, wording, first, [way for way in ways if way.format(**slots) != first], slots, how)
            pairs[say(customer, one, first, at), say(customer, other, again, later)] = how
        if random.random() < 0.15:
            first, ways, slots = _tell(random, wording, problems[-2])
            at = _moment(random)
            later = at + timedelta(days=random.choice(_GAPS), hours=random.randrange(1, 9))
            slot = random.choice([name for name in slots if "{" + name + "}" in ways[0]])
            value = random.choice([other for other in wording.slots[slot] if other != slots[slot]])
            way = next(way for way in ways if way.format(**slots) == first)
            if "{" + slot + "}" not in way:
                way = ways[0]
                first = way.format(**slots)
            again = (way if random.random() < 0.7 else ways[0]).format(**{**slots, slot: value})
            one, other = random.sample(SOURCES, 2)
            alike[say(customer, one, first, at), say(customer, other, again, later)] = slot
    return Told(rows("landed", given), pairs, alike)


def judged(told: Told, linked: pd.DataFrame) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs of records that were rightly linked, wrongly linked and missed."""
    found = {
        (str(a), str(b))
        for _, group in linked.groupby("matter_id")["record_id"]
        for a, b in combinations(sorted(group), 2)
    }
    true = set(told.pairs)
    return found & true, found - true, true - found


def _tell(random: Random, wording: Wording, problem: int) -> tuple[str, Sequence[str], dict[str, str]]:
    slots = {name: random.choice(values) for name, values in wording.slots.items()}
    ways = wording.problems[problem]
    return random.choice(ways).format(**slots), ways, slots


def _moment(random: Random) -> datetime:
    return datetime(2013, 4, 1) + timedelta(hours=random.randrange(8, 34 * 24))


def _again(
    random: Random, wording: Wording, first: str, other_ways: Sequence[str], slots: Mapping[str, str], how: str
) -> str:
    clauses = first.split("，")
    if how == "other words":
        return random.choice(other_ways).format(**slots)
    if how == "added":
        filler = random.choice(wording.fillers)
        return f"{filler}，{first}" if random.random() < 0.5 else f"{clauses[0]}，{filler}，{'，'.join(clauses[1:])}"
    if how == "cut":
        return first[: len(first) * 3 // 4]
    if how == "slips":
        return "".join(random.choice("的了是在有和") if random.random() < 0.06 else sign for sign in first)
    if how == "order":
        return "，".join(reversed(clauses))
    if how == "contact":
        return f"{clauses[0]}，我的电话〔手机号〕，{'，'.join(clauses[1:])}"
    if how == "third":
        return first.replace("我", "客户")
    return first
