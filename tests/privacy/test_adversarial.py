"""Both kinds of error, sought with made-up data: personal data that come through, and plain words that do not."""

from __future__ import annotations

import random
import re

import pytest

from tests.privacy.made_up import NUMBER_FRAMES, STYLES, numbers
from voc_lib.privacy import Masker

MASKER = Masker.default()
_MASK = re.compile("〔[^〕]*〕")
_DIGIT = re.compile(r"[\d零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]")


def leaks(cases: list[tuple[str, str, str]]) -> list[str]:
    """Of texts, each with the mask it should get and what should remain beside it: those that are masked otherwise.

    A mask in place of another is no leak; one too few, or a character that should have gone, is.
    """
    masked, _ = MASKER.mask_all([text for _, text, _ in cases])
    return [
        f"{text} -> {result}, not {label}"
        for (label, text, beside), result in zip(cases, masked, strict=True)
        if f"〔{label}〕" not in result or _MASK.sub("", result) != beside
    ]


@pytest.mark.parametrize("style", STYLES)
def test_numbers_of_every_kind_go_in_every_writing_and_sentence(style: str) -> None:
    draw = random.Random(style)
    texts, kinds, frames = [], [], []
    for _ in range(6):
        for label, word, groups in numbers(draw):
            for frame in NUMBER_FRAMES:
                texts.append(frame.format(k=word, v=STYLES[style](groups)))
                kinds.append(label)
                frames.append(frame.format(k=word, v=""))
    masked, _ = MASKER.mask_all(texts)
    left = [
        f"{text} -> {result}"
        for text, frame, result in zip(texts, frames, masked, strict=True)
        # Where a number may be of two kinds the mask may name the other; no digit of it may stay.
        if len(_DIGIT.findall(_MASK.sub("", result))) > len(_DIGIT.findall(frame)) or not _MASK.search(result)
    ]
    assert left == []
    named = sum(f"〔{kind}〕" in result for kind, result in zip(kinds, masked, strict=True))
    assert named / len(texts) > 0.95


_NAMES = "王小明 李娜 张伟 欧阳子墨 诸葛嘉懿 陈建国 李向东 赵铁柱 孙悟空 周子琪 郭德友 司马小文 朱亚楠 马晓燕 徐若瑄"
_RARE = (
    "于洋 时小雨 车晓 解晓东 单田芳 常建军 安小龙 关小羽 成小龙 阿依古丽·买买提 买买提·艾山江 古丽米热 尼玛次仁 殷素素"
)
NAMES, RARE_NAMES = _NAMES.split(), _RARE.split()
NAME_FRAMES = (
    *("我叫{v}，来办业务", "您好，我叫{v}", "我的名字是{v}。", "户名：{v}", "户名{v}，卡丢了", "姓名：{v} 电话打不通"),
    *(
        "姓　名：{v}",
        "名字叫{v}，",
        "本人叫{v}。",
        "机主：{v}",
        "我爱人叫{v}，",
        "收款人：{v}",
        "联系人：{v}，",
        "持卡人：{v}",
    ),
)
PLAIN_NAME_FRAMES = (
    *(
        "我是{v}，卡丢了",
        "您好，我是{v}",
        "联系人{v}，",
        "联系人是{v}，",
        "收款人为{v}。",
        "付款人{v}的卡",
        "本人{v}，",
    ),
    *(
        "客户{v}来电",
        "客户{v}反映网银打不开",
        "法人{v}，",
        "柜员{v}态度差",
        "理财经理{v}推荐的",
        "我女儿{v}，",
        "我姓赵，叫{v}",
    ),
    *(
        "找{v}老师",
        "{v}经理",
        "{v}先生来电",
        "请{v}女士接听",
        "与{v}小姐说过",
        "我叫{v}想咨询",
        "我叫{v}要投诉",
        "{v}（先生）",
    ),
)


@pytest.mark.parametrize("frame", [*NAME_FRAMES, *PLAIN_NAME_FRAMES])
def test_names_go_in_the_usual_frames(frame: str) -> None:
    names = [*NAMES, *RARE_NAMES] if frame in NAME_FRAMES else NAMES
    texts = [frame.format(v=name) for name in names]
    masked, _ = MASKER.mask_all(texts)
    assert [text for text, name, result in zip(texts, names, masked, strict=True) if name[1:] in result] == []


_WEAK_FRAMES = (
    "本人{}，身份证丢了", "客户{}来电投诉", "给{}先生回电", "柜员{}态度恶劣", "转给{}的钱没到账",
    "您好，我是{}，想问一下",
    "用户{}反映排队太久", "一位叫{}的柜员", "署名{}", "实名是{}，办不了",
    "【{}】女士来电", "收款方{}，没到账", "{}（先生）致电",
)  # fmt: skip
_RARER_NAMES = (
    "缪建军 逯小红 蔺永福 嵇思远 阚文博 郁春梅 晁志强 粟玉兰 "
    "时建国 成秀英 单雨桐 查志强 项海燕 应玉兰 幸春梅 计国庆 "
    "淳于建国 叶赫那拉静 钮祜禄秀英 买买提·艾山 阿依古丽·吐尔逊 扎西·多吉 乌仁•图雅 帕提古丽.买买提"
)


@pytest.mark.parametrize("frame", _WEAK_FRAMES)
@pytest.mark.parametrize("name", _RARER_NAMES.split())
def test_rare_and_compound_surnames_and_names_with_a_dot_go_in_every_frame(frame: str, name: str) -> None:
    masked, _ = MASKER.mask(frame.format(name))
    assert masked == frame.format("〔姓名〕")


@pytest.mark.parametrize(
    "text",
    [
        "客户成功来电反映", "用户安全意识不强", "用户满意，服务好",
        "顾客全部表示不满", "一款叫金钥匙的产品", "用户应常查余额",
        "有先生接待，问女士也不知", "万事达·白金卡年费", "支行在西门，先生指的路", "第五位先生等了很久",
        "年化3.85比别家低",
        "路由器连接不上，用户强制退出", "客户明明说过", "名为安心贷的产品的人很多", "客户单笔限额", "本人平时不用",
    ],
)  # fmt: skip
def test_words_that_begin_like_a_rare_surname_stay(text: str) -> None:
    assert MASKER.mask(text) == (text, 0)


@pytest.mark.parametrize(
    "written",
    [
        "13800 138000", "138001-38000", "13 800 138 000", "138 00 13 80 00", "138<0013<8000", "138丨0013丨8000",
        "138^0013^8000",
        "幺三八洞洞幺三八洞洞洞", "幺三勾洞洞幺三拐洞洞洞", "138&0013&8000",
    ],
)  # fmt: skip
def test_mobile_numbers_go_in_rarer_groups_and_readings(written: str) -> None:
    assert MASKER.mask(f"请回电{written}，谢谢") == ("请回电〔手机号〕，谢谢", 1)


def test_a_surname_before_a_title_goes_and_the_title_stays() -> None:
    for title in ("先生", "女士", "小姐", "太太", "老师", "经理", "师傅", "阿姨"):
        for frame in ("{}来过", "，{}说的", "找{}办的", "跟{}说过"):
            assert MASKER.mask(frame.format(f"王{title}"))[0] == frame.format(f"〔姓名〕{title}")
    assert MASKER.mask("我姓王")[0] == "我姓〔姓名〕"


WORDED = {
    "微信号": """
        加我微信号：{abc_123}|微信{abc12345}|加微信{abcdefgh}|VX：{zhang-san88}|vx {zhangsan88}
        wx:{zhangsan88}|微信：{zhangsan}|我微信是{zhangsan99}|微信号码是{ＺｈａｎｇＳ99}|薇信{zhang1988}
        weixin: {zhang1988}|加V {zhang1988}|加v：{zhang1988}|+V {zhang1988}|V信{zhang1988}
        微 信 号 {zhang1988}|微信号 {zhang 1988}|{wxid_8s7d6f5g4h3j}|{wxid-41644}|微信{wxid四一六四四}
        微信搜{abc12345}|微信搜索 {abc12345}|加一下微信，{abc12345}|微信号，{abc12345}|我v {abc12345}
        维信{abc12345}|微信——{abc12345}|微信→{abc12345}|微信是{zhangsan}|微信号:{a b c 1 2 3}|我微{abc12345}
        微信联系方式{abc12345}
        微信号{7654321}|微信号{七六五四三二一}
    """,
    "QQ号": """
        QQ：{12345678}|QQ {1234 5678}|QQ号{1234-5678-9}|Q Q {12345678}|ＱＱ{１２３４５６７８}|扣扣{一二三四五六七八}
        QQ联系{12345678}|加Q{12345678}|企鹅号{12345678}|我的QQ群是{12345678}|QQ{1.2.3.4.5.6.7.8}
        Q：{12345678}|Q号：{12345678}|我Q {12345678}|QQ、{12345678}|抠抠{12345678}|球球{12345678}
        QQ联系方式：{12345678}|QQ号，{12345678}|QQ——{12345678}|Q-Q：{12345678}|QQ邮箱{12345678}|QQ私聊{12345678}
        QQ:{123,456,789}|qq是{1 2 3 4 5 6 7 8}|QQ{12345678}联系
    """,
    "车牌号": """
        我的车牌{京A12345}|{京A·12345}|{京 A 12345}|{京A 123 45}|{京A-12345}|{京a12345}|{粤BD12345}
        {粤B D12345}|{粤B·D12345}|{粤B12345D}|{粤B1234警}|{粤Z1234港}|{京Ａ１２３４５}|{京A一二三四五}|{京A一二三45}
        {鲁B·8K2G6}|{沪AF12345}|车牌号是{浙A 8 8 K 6 6}|车牌{A12345}|{京AT123挂}|{京A•12345}|{苏E8M88G}的车|{鲁B_12345}
        {皖A/12345}|{京A，12345}|{京（A12345）}|{沪牌A12345}|{京OA1234}|{WJ京12345}|{京A:12345}
    """,
    "护照号": """
        护照{E12345678}|{G12345678}|护照{EA1234567}|护照{Ｅ１２３４５６７８}|护照{E一二三四五六七八}|护照号{e12345678}
        护照 {E 1234 5678}|护照号码：{E-12345678}|护照{PE1234567}|{PE1234567}|{G1234 5678}
    """,
    "证件号": """
        护照是{K01234567}|Passport No.{AB1234567}|港澳通行证{C12345678}
        来往港澳通行证号{CA1234567}|回乡证{H12345678}|回乡证号{M1234567890}|台胞证{12345678}|台湾居民来往大陆通行证{12345678}
        台胞证号{1234567801}|士官证{12345678}|军官证{南字第1234567}号|台胞证{一二三四五六七八}
    """,
    "身份证号": """
        香港身份证{A123456(7)}|香港身份证号{A1234567}|澳门身份证{1234567(8)}|身份证{A123456（7）}
    """,
    "境外电话": """
        香港电话{+852 9123 4567}|{+852-91234567}|{+886 912 345 678}|{+853 6612 3456}
        {+1 415 555 2671}|{0044 20 7946 0958}
    """,
    "邮箱": """
        邮箱：{a.b@example.com}|电邮 {zhang_san@163.com}|{zhangsan＠163．com}|{zhangsan @ 163 . com}
        {zhangsan#163.com}|{一三八一二三四五六七八@qq.com}|我的邮箱是{zhangsan艾特qq点com}
        {zhang.san-1@mail.example.com.cn}|{张三@例子.公司}|{zhangsan[at]example.com}
    """,
    "固定电话": """
        电话：{0755-82345678转801}|电话{0755-82345678-801}|电话{（0755）82345678}|电话{0755 82345678 转 801}
        联系电话 {8234567}|分机{62345678}
    """,
    "门牌号": """
        家住幸福小区{56号9栋2404室}|幸福小区{3栋2单元401}|幸福小区{3-2-401}|幸福小区{3号楼401室}|建设路{12号}
        建设路{１２号３栋４０１室}|建设路{十二号三栋四零一室}
        建设路 {12 号 3 栋 401 室}|建设路{12号-3栋-401室}|建设路{12号院3号楼2单元401}
        建设路{12弄34号506室}|建设路{12号3楼}|建设路{12号401}|建设路{12号附3号}|建设路{12-3号}|建设路{甲12号}
        幸福花园{A座1203}|幸福花园{A座12层1203室}
        幸福家园B区{3栋1202}|幸福里{5幢1单元302室}|金地名苑{8座15楼B室}|张家村{12号}|李家屯3组{12号}|人民南路一段{12号2楼}
        中山大道西{123号之5}|住{5栋2404室}|和谐家园{12#楼3单元502}|和谐家园{12#502}|和谐家园{12-502}|学府街道{56号}
        小区门牌号 {56 号 9 栋}|建设路{五十六号九栋二四零四室}
        建设路{伍拾陆号玖栋}|建设路{56号9栋2404房}|建设路{56號9棟2404室}
        三元里大道5巷{6号}
        滨江路{88弄6支弄12号203}|龙湖天街2期{3号楼1202}|建设路{5 6 号 9 栋 2 4 0 4 室}
    """,
}


@pytest.mark.parametrize("label", WORDED)
def test_what_words_introduce_goes_and_the_words_stay(label: str) -> None:
    cases = []
    for written in WORDED[label].replace("\n", "|").split("|"):
        if written := written.strip():
            before, own, after = re.split("[{}]", written)
            cases += [
                (label, f"{ahead}{before}{own}{after}{behind}", f"{ahead}{before}{after}{behind}")
                for ahead in ("", "您好，", "麻烦了 ")
                for behind in ("", "，谢谢", "。请回复", " ")
            ]
    assert leaks(cases) == []


NEAR_MISSES = """
    输入用户名和密码|用户名错误|由于大堂经理及时处理|关于客户经理的投诉|高级客户经理|向先生们请教|对于理财经理|安全员老师|金融经理|何大堂经理
    转账12345678.90元没有到账|转了1380013元|刷卡13,800,138.00元|余额138001380.00元|一共138万元
    消费 1 500 000 元|工单号GD20130518000123|工单编号20130518000123|订单号201305181234567890
    流水号2013051822185700123|交易流水20130518221857|凭证号00012345678|合同编号：HT-2013-0518-0012
    合同号20130518-001|贷款合同2013年字第00123号|票据号码12345678|业务编号AB12345678|产品代码E12345
    产品代码000001|基金代码519300、110011|股票代码600036|理财产品JH2013001234|乾元2013年第88期
    95533转人工要按1再按3|拨打95588、95566、95599都一样|客服电话400-669-5533|客服4006695533没人接
    打400 669 5533等了20分钟|拨打800-820-8888|打10086充值|致电12378投诉|电话955331等不到
    信用卡中心4008200588转3|客服热线：400-820-0588|电话 95533-1-2|尾号1234的卡|卡尾号为6789|卡号后四位1234
    后六位123456|年利率4.35%，浮动1.1倍|利率从5.6%降到3.25%|2013年5月18日22点18分|2013-05-18 22:18:57
    5月18日-6月18日|2013/05/18至2013/06/18|20130518|8:30-17:30|上午9点到11点半|9:00-17:00 周末10:00-16:00
    验证码123456|验证码是 654321|短信验证码 8 8 6 6 1 2|密码输错3次|编号007|工号12345|工号：80012345
    网点编号1100123|机构号110011223|身份证复印件2份|iphone5s手机|WIN7系统 IE8浏览器|Android4.1.2
    IP 192.168.100.101|版本号3.10.12.345|版本5.1.2.1234|错误代码10000001|错误码 E0012345|报错EBLN1234567
    提示代码：XPAD-10012345|微信银行很好用|微信支付限额50000元|加微信公众号|关注微信公众号CCB_2013查询
    微信扣款12345元|QQ登录不了|QQ币充值100元|QQ会员每月10元|腾讯QQ2013版本|办理ETC车牌识别|京东白条|沪A股市场
    深A 000001|京E贷|豫通卡|苏B股|建设路支行12号窗口|和平路12号支行|3号窗口5号柜员|2号楼电梯坏了
    5号线地铁站旁边|12号还款日|每月5号到10号还款|10号晚上8点|8号门排队|三个月一次|一五一十说清楚
    一二三四五都按了|按一三五七九都不行|二零一三年五月一十八日|二〇一三年五月十八日|百分之三点五六七八九
    三七二十一|一万二千三百四十五元|五四三二一倒计时|客户反映网银登录不了|客户表示不满意|客户要求退款
    客户高度不满|客户方面没有问题|客户经理态度不好|客户经理推荐的理财|大堂经理没有引导|理财经理一直推销
    柜员服务态度差|行长接待日|我是老客户了|我是高级客户|我是金卡用户|我是白金卡客户，|我是农行的客户
    我是江苏人，|我是温州的。|我是万分感谢，|我是方便起见，|我是何苦呢，|我是严重怀疑。|我是黄金客户，
    我是任何时候都能取吗|本人高度重视，|本人马上去办。|本人常年在外|本人时间有限|户名和账号不一致|户名不符
    户名有误|户名错误|户名为空|姓名写错了|姓名不一致|姓名和身份证不符|联系人：无|联系人：暂无|收款人不存在
    收款人账号错误|收款人姓名错误|收款人名称|付款人信息|持卡人本人|持卡人不在|申请人资料|先生您好|女士优先
    小姐态度很差|客服小姐态度很差|服务小姐|那位先生|张三李四都行|任何经理都不管|银行长期不处理|总行长沙分行
    农行长春分行|平安银行长沙分行|王牌产品|数学老师|幼儿园老师|老师傅|出租车师傅|黄金周人多|陈述理由|江河日下
    网银号码12345|基金定投1000元12期|12期6000元|手机银行V3.0.1|双卡双待|2013 2014 2015|1 2 3 4 5 6 7
    100 200 300 400 500元|存50000取20000剩30000|3-5个工作日|1-2天到账|24小时|7×24小时服务|一年365天
    5000-10000元|10000/20000/50000三档|人民币兑美元6.1234|汇率6.12345678|1000000.00|￥12,345,678.90
    USD 1234567.89|￥1380013800|额度13800元|房贷500000分360期|36期13800138元|经纬度39.9042,116.4074
    快递单号1234567890123|快递SF1234567890|火车G1234次|航班CA1234|CZ3101航班|K1234次|高铁G12345|E租宝|V信用
    加V认证|wx2013|email发送失败|@建设银行|@小编 帮我看看|#话题#|15%@30天|A座大厦|B区停车场|长城卡|尊尚白金卡
"""


def test_what_only_looks_personal_stays() -> None:
    texts = NEAR_MISSES.strip().replace("\n    ", "|").replace("\n", "|").split("|")
    draw = random.Random(95533)
    for _ in range(300):
        amount, order = draw.randint(1, 99_999_999), draw.randint(1, 99_999_999)
        texts += [
            f"转账{amount}元",
            f"存了{amount / 100:.2f}元，{amount / 100:,.2f}",
            f"利率{draw.uniform(0, 20):.4f}%",
            f"工单GD{order:08d}，{draw.randint(2010, 2030)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            f"单号{draw.randint(2010, 2030)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{order:08d}",
            f"{draw.randint(0, 23)}:{draw.randint(0, 59):02d}打的95{draw.randint(500, 999)}，等了9分钟",
            f"拨打{draw.choice(('400', '800'))}-{draw.randint(100, 999)}-{draw.randint(1000, 9999)}",
            f"电话{draw.choice(('400', '800'))}{draw.randint(1000000, 9999999)}转{draw.randint(0, 9)}",
            f"尾号{draw.randint(0, 9999):04d}的卡，产品{draw.choice('ABCDFH')}{draw.randint(0, 999999):06d}",
            f"{draw.randint(1, 99)}期，每期{draw.randint(100, 99999)}元，共{amount}",
        ]
    masked, _ = MASKER.mask_all(texts)
    assert [f"{text} -> {result}" for text, result in zip(texts, masked, strict=True) if text != result] == []
