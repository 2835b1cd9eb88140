"""A small profile of three categories, so that tests say what they mean without the shipped words."""

import dataclasses

import pytest

from voc_lib.learning import TextClassifier
from voc_lib.params import Profile, Taxonomy
from voc_lib.text import Segmenter

TAXONOMY = {
    "version": 1,
    "nothing": "90",
    "levels": [
        {
            "code": "1",
            "name": "信用卡",
            "keywords": {"信用卡": 1.0},
            "children": [
                {
                    "code": "12",
                    "name": "额度调整",
                    "concerns": "product",
                    "department": "信用卡中心",
                    "suggestion": "建议说明额度。",
                    "keywords": {"额度": 2.0, "提额": 3.0},
                    "patterns": {"(提高|增加).{0,4}额": 1.0},
                    "examples": [
                        "我想提额",
                        "额度太低了",
                        "能不能增加额度",
                        "临时额度怎么申请",
                        "又给我降额度",
                        "额度多少",
                    ],
                },
                {
                    "code": "16",
                    "name": "用卡与年费",
                    "concerns": "product",
                    "department": "信用卡中心",
                    "suggestion": "建议说明年费。",
                    "keywords": {"年费": 2.0, "免年费": 3.0, "Ｋ宝": -1.0},
                    "examples": ["年费怎么免", "卡片如何激活", "想销卡", "刷卡失败了", "年费太贵", "激活不了"],
                },
            ],
        },
        {
            "code": "9",
            "name": "其他",
            "children": [
                {
                    "code": "90",
                    "name": "无实质内容",
                    "concerns": "service",
                    "department": "电话银行中心",
                    "suggestion": "建议引导。",
                    "keywords": {"打错电话": 3.0},
                    "examples": ["没什么事", "随便问问", "打错了", "今天天气好", "谢谢再见", "没有意见"],
                }
            ],
        },
    ],
    "products": [{"name": "信用卡", "words": ["信用卡", "额度"]}, {"name": "借记卡", "words": ["银行卡", "信用"]}],
    "channels": [{"name": "手机银行", "words": ["手机银行", "APP"]}],
}


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """Three categories below two levels."""
    return Taxonomy.model_validate(TAXONOMY)


@pytest.fixture(scope="session")
def small(profile: Profile, taxonomy: Taxonomy) -> Profile:
    """The shipped profile with the small taxonomy."""
    return dataclasses.replace(profile, taxonomy=taxonomy)


@pytest.fixture(scope="session")
def model(small: Profile) -> TextClassifier:
    """A model of the small taxonomy's examples alone."""
    pairs = [(text, category.code) for category in small.taxonomy.categories for text in category.examples]
    segment = Segmenter.from_profile(small).words
    return TextClassifier(segment=segment).fit([text for text, _ in pairs], [code for _, code in pairs])
