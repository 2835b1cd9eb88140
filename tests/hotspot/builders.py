"""Made-up branch-months: texts of a small vocabulary, with a surge where a test wants one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pandas as pd

from tests.builders import rows

PLAIN: Mapping[str, Sequence[str]] = {
    "11": ("信用卡申请进度查不到", "申请信用卡被拒绝没有说明", "办卡资料交了两次还没有审批"),
    "16": ("年费怎么减免", "卡片激活不成功", "异地取现手续费太高"),
    "31": ("跨行转账没有到账", "转账限额太低了", "汇款转错账号能不能退回"),
    "53": ("定期存款利率多少", "大额存单买不到", "活期存款怎么转定期"),
    "61": ("手机银行登录失败", "手机银行转账闪退", "掌上银行更新以后打不开"),
    "72": ("网点排队时间太长", "周末营业时间不清楚", "窗口少等了一个小时"),
}
SURGE: Mapping[str, Sequence[str]] = {
    "61": ("手机银行登录失败提示密码错误", "手机银行登录验证码收不到", "掌上银行登录闪退好几次", "手机银行登录不上去")
}
NAMES = {
    "11": "申请与审批",
    "16": "用卡与年费",
    "31": "转账汇款",
    "53": "存款与利率",
    "61": "手机银行",
    "72": "等候与办理效率",
}


def voices(month: str, n: int, *, seed: int, surge: int = 0, branch: str = "BJ") -> list[dict[str, Any]]:
    """So many plain voices spread evenly over the categories by a seeded generator, and so many of the surge."""
    random = Random(f"{month} {branch} {seed}")
    made = []
    for number in range(n + surge):
        texts = PLAIN if number < n else SURGE
        category = random.choice(sorted(texts))
        made.append(
            {
                "branch": branch,
                "occurred_at": f"{month}-{random.randint(1, 28):02d} {random.randint(0, 23):02d}:15:00",
                "record_id": f"{month}-{branch}-{number:04d}",
                "customer_key": f"c{random.randint(1, 200)}",
                "text": random.choice(texts[category]) + random.choice(("", "，请处理", "，很着急", "，谢谢")),
                "category": category,
                "category_name": NAMES[category],
                "sentiment_label": random.choice(("negative", "neutral", "negative", "positive")),
                "escalation_risk": random.choice((0.0, 0.1, 0.4)),
            }
        )
    return made


def scored(*months: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Table `scored` of the voices of some months."""
    return rows("scored", [voice for month in months for voice in month])


def quiet_history(n_months: int = 4, n: int = 120, *, seed: int = 1) -> tuple[pd.DataFrame, list[str]]:
    """Months from 2013-01 on in which nothing happened; and their names."""
    months = [f"2013-{number:02d}" for number in range(1, n_months + 1)]
    return scored(*(voices(month, n, seed=seed) for month in months)), months
