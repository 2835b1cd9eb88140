"""Chinese surnames, as far as a recogniser of names needs them. Public knowledge; no list of persons."""

from __future__ import annotations

__all__ = ["COMPOUND_SURNAMES", "NOT_IN_NAMES", "NOT_NAMES", "SURNAMES"]

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 "
    "赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 "
    "司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 "
    "宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 呼延 东郭 羊舌 梁丘 左丘 南荣 纳兰 "
    "叶赫 完颜 耶律 爱新觉罗"
)
COMPOUND_SURNAMES = tuple(_COMPOUND.split())
# The commonest single surnames. Left out on purpose: those that are everyday words before 先生 or after 我叫
# (和, 于, 向, 时, 应, 经, 能, 车 and the like), because a frame alone cannot tell them apart.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤康易牛施洪倪庞殷辛翟申耿"
    "岳齐梅庄柳纪祝翁祁聂詹欧阮柯尚简鲁温季芦俞颜童霍焦左辜鲍喻裴樊邢甘饶卞骆岑凌蓝蒲冉涂舒屈穆卜阳瞿宁符窦苗游谷瓮靳"
)
# Characters that follow a name in a sentence rather than belong to it.
NOT_IN_NAMES = (
    "的了在是不我你您他她它们这那哪有没和与及或吗呢吧啊呀哦嘛请要想办怎么什为何来去给被把就也都还说打问可以能会得地着过"
    "号否行卡户账款钱元岁昨分错误该此本已将对向从到让叫先女"
)
# Everyday words and places that begin with a surname's character: no names, whatever stands before them. Words that are
# also borne as names (高峰, 黄山) are left out.
_EVERYDAY = (
    "高度 高额 高端 高效 何时 何处 何况 何种 马上 马路 方便 方法 方式 方案 方面 万事达 万元 万一 万达 顾客 "
    "顾虑 石家庄 江苏 江门 武汉 白金 白白 白天 白填 白跑 张冠李戴 温馨 温州 黄金 毛病 钱款 钱包 程序 程度 "
    "严重 康复 左右 舒服 谢谢 周末 周二 周三 周四 周五 周六 周日 周边 周期 周围 施工 薛定谔 任何 任务 任意 "
    "宁波 宁夏 宁愿 齐全 齐鲁 郑州 徐州 苏州 沈阳 洪水 郑重 童叟 田间 牛市 林业 朱红 汪洋 阳光 阳泉 季度 "
    "尚未 尚且 欧元 易宝 易付 易方达 蓝色 陆续 陆金所 游戏 雷同 符合 段时间 史上 简单 简直 辛苦 贺卡 柳州 "
    "梅州 颜色 祝福 祝您"
)
NOT_NAMES = tuple(_EVERYDAY.split())
