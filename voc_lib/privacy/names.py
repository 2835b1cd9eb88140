"""Chinese names, as far as a recogniser needs them. Public knowledge; no list of persons."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

__all__ = [
    "BESIDE_DOT",
    "COMPOUND_SURNAMES",
    "GIVEN",
    "LESSER_SURNAMES",
    "NOT_IN_NAMES",
    "RARE_SURNAMES",
    "SURNAMES",
    "TRANSCRIBED",
    "is_name",
    "is_plain_name",
]

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 "
    "赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 "
    "司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 "
    "宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 呼延 东郭 羊舌 梁丘 左丘 南荣 纳兰 "
    "叶赫那拉 叶赫 完颜 耶律 爱新觉罗 淳于 单于 拓拔 达奚 哥舒 纳喇 佟佳 富察 钮祜禄 乌雅 褚师 "
)
COMPOUND_SURNAMES = tuple(_COMPOUND.split())
# The commonest single surnames. Left out on purpose: those that are everyday words before 先生 or after 我叫,
# because a frame alone cannot tell them apart.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤康易牛施洪倪庞殷辛翟申耿"
    "岳齐梅庄柳纪祝翁祁聂詹欧阮柯尚简鲁温季芦俞颜童霍焦左辜鲍喻裴樊邢甘饶卞骆岑凌蓝蒲冉涂舒屈穆卜阳瞿宁符窦苗游谷瓮靳"
)
# Less common ones, and words too: read as a surname where what follows is no word of the dictionary.
LESSER_SURNAMES = (
    "于金安卓佟佘滕桑桂闵戚晏褚卫寇巩鞠荆竺栾甄芮储邬冷仲宫臧尤奚鄢屠雍慕艾敖"
    "缪逯蔺嵇钮糜庾郁阚禹狄贲邴郦缑亢荀笪佴谯晁粟檀禤冀牟冼厉阙苑汲侴晋巫况尧琚漆矫"
)
# Borne too, but words of every day: these need a sign after their cue, or the name's end, to be read as a name.
RARE_SURNAMES = (
    "时车成单查解项区应常关包池全权双水米花边党宗商满强路连郎劳明国平宣封盛麦楚柴匡广沙巢"
    "红益桓仇曲羿占古司初伊富乌巴牧班仰秋郎房宓蓬华云毕乐皮元伏茅麻席"
    "昝丰隗山郗宿怀邰鄂索咸赖池阴苍胥莘逄姬扶堵宰璩濮扈燕浦习鱼容居弘文"
    "沃师向幸计帅揭杭琴海战修展惠衣智归松井巨税练豆库朴苟诸呼汝钦羊弓喇"
)
# Of which given names are mostly made: what shows a name after a surname that is a word of every day as well.
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰涛超秀英建国志晓雨桐子轩梓涵欣怡思远燕春梅庆玉兰永福文博可若曦浩天佑俊峰鹏飞宇航"
    "婷雪琳倩颖莉萍红霞玲桂荣珍凤霖淑华琴翠香莲珊珠芬芝菊兴旺富贵德昌盛坤乾龙虎彪斌彬武刚毅健康辉煌耀亮"
    "鑫森淼焱垚晨阳旭东升宁安泰和顺平祥瑞祺嘉佳家豪杰雄英才良善美慧智睿哲彦诗韵琪瑶瑾瑜璇璐萱蕾蓉薇芸"
    "苗茜莹莎菲霏岚岩岳巍山川江河海波涌清澄澈洁冰凯凡帆威震栋梁材林楠桦松柏柳枫槿立丰元奇品启铭锋钢铁银锐钧铮"
    "绍绪维纲绮绣继承宗祖耀光明月星辰云霄宏宽宝宪宸寒友义仁礼信诚忠孝悌廉耻朋达逸超越迪辽通道润泽淳湘沛"
)
# Characters that follow a name in a sentence rather than belong to it.
NOT_IN_NAMES = (
    "的了在是不我你您他她它们这那哪有没和与及或吗呢吧啊呀哦嘛请要想办怎么什为何来去给被把就也都还说打问可以能会得地着过"
    "号否行卡户账款钱元岁昨分错误该此本已将对向从到让叫先女姓等副班项"
)
# Of which the names of other peoples are made when they are written in Chinese.
TRANSCRIBED = (
    "阿艾买吐古丽麦热依木江尔提克孜米努布都合曼扎巴桑卓玛次仁多吉央金达瓦尼旦增拉姆丹措格洛追其美才让杰加娜娃地力汗别肯"
    "赛迪帕夏库班沙吾不卜斯哈萨苏比祖再柔仙古孜亚森尤素甫伊敏卡迪茹鲜齐穆塔里甫赫"
)
# And those of the two sides of a dot, which leaves less doubt.
BESIDE_DOT = (
    f"{TRANSCRIBED}图雅玉乌兰仁其荣肉逊色珍珠敖根勒特日那高朝鲁云白宝音热巴杜乃孟贺奥红德海青金斯琴山拜"
    "约翰史密玛丽杰克逊汤姆森威廉彼得保罗大卫丹尼安露西科林顿格雷怀德布朗伯特理查亨爱华莱玛莎琳"
)
# Everyday words and places that begin with a surname's character: no names, whatever stands before them. Words that are
# also borne as names (高峰, 黄山) are left out.
_EVERYDAY = (
    "高度 高额 高端 高效 何时 何处 何况 何种 马上 马路 方便 方法 方式 方案 方面 万事达 万元 万一 万达 顾客 "
    "顾虑 石家庄 江苏 江门 武汉 白金 白白 白天 白填 白跑 张冠李戴 温馨 温州 黄金 毛病 钱款 钱包 程序 程度 "
    "严重 康复 左右 舒服 谢谢 周末 周二 周三 周四 周五 周六 周日 周边 周期 周围 施工 薛定谔 任何 任务 任意 "
    "宁波 宁夏 宁愿 齐全 齐鲁 郑州 徐州 苏州 沈阳 洪水 郑重 童叟 田间 牛市 林业 朱红 汪洋 阳光 阳泉 季度 "
    "尚未 尚且 欧元 易宝 易付 易方达 蓝色 陆续 陆金所 游戏 雷同 符合 段时间 史上 简单 简直 辛苦 贺卡 柳州 "
    "梅州 颜色 祝福 祝您 "
    # of the rarer surnames
    "于是 于此 时间 时候 时段 车辆 车贷 车主 成功 成为 成员 成都 单位 单笔 单独 单据 查询 查看 查到 查无 解释 解决 "
    "解除 解冻 项目 区别 区域 应该 应当 常用 常见 常常 安全 安装 安徽 安卓 金额 金融 金卡 关于 关系 关闭 全部 全名 "
    "全国 全称 权限 权益 双方 双重 水平 花费 花钱 商户 商业 商城 满意 满足 路费 连续 连接 明明 明细 明天 明年 国家 "
    "国内 国际 平安 平台 平时 乐意 华夏 云南 元旦 和谐 管理 管家 计划 计算 干嘛 从来 从未 能够 能否 都是 向您 居民 "
    "居然 步骤 文件 文明 东西 利息 利率 利用 越来越 支付 支行 支取 支持 支票 别人 别的 房贷 房子 房产 容易 农行 农业 "
    "农村 司机 广东 广州 广西 广告 桂林 燕京 麻烦 红包 红色 边上 强制 强行 米粒 名称"
)
_NOT_NAMES = frozenset(_EVERYDAY.split())
# What stands before a title without being a name: 大堂经理, 客户经理.
_STAFF = "大堂 客户 理财 项目 产品 信贷 业务 部门 网点 支行 分行 银行 值班 营业 前台 柜台 客服 贷款 公司 个人"
_STAFF_WORDS = frozenset(_STAFF.split())


def is_name(text: str) -> bool:
    """Whether what stands where a name belongs may be one: it does not begin with an everyday word."""
    plain = text.replace(" ", "")
    return not any(plain[:length] in _NOT_NAMES for length in (2, 3, 4))


def is_plain_name(text: str) -> bool:
    """As `is_name`, where the frame says less: nor is it a word of the dictionary, or begins with one."""
    plain = text.replace(" ", "")
    if not is_name(plain) or plain[-2:] in _STAFF_WORDS:
        return False
    return not any(plain[:length] in _words() for length in (2, 3, 4))


_RARE = 3


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """The words of jieba's dictionary that begin like a name and are none, by its own tags."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:  # it is declared, so this is a broken environment
        raise ModuleNotFoundError("jieba")
    firsts = frozenset(SURNAMES + LESSER_SURNAMES + RARE_SURNAMES) | {surname[0] for surname in COMPOUND_SURNAMES}
    found = set()
    with Path(spec.origin).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            if line[0] in firsts:
                word, count, tag = line.split()
                # Its rarest entries are untagged persons as often as words.
                if 2 <= len(word) <= 4 and not tag.startswith("nr") and int(count) > _RARE:
                    found.add(word)
    return frozenset(found.difference(COMPOUND_SURNAMES))
