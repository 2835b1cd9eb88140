"""Small made-up lessons for classifiers."""

_SAID = {
    "card": ["信用卡额度太低", "信用卡被拒了", "信用卡年费太高", "信用卡积分没到", "想办信用卡", "信用卡怎么激活"],
    "loan": ["贷款利率太高", "贷款审批太慢", "贷款什么时候放款", "想提前还贷款", "贷款要什么手续", "房子贷款多久"],
    "other": ["今天天气不错", "你们几点下班", "没什么事情", "随便问一问", "谢谢不用了", "打错电话了"],
}
TEXTS = [text for texts in _SAID.values() for text in texts]
LABELS = [label for label, texts in _SAID.items() for _ in texts]


def characters(text: str) -> list[str]:
    """The plainest segmentation there is."""
    return list(text)
