"""What a reader of 02 sees: shares by category, who decided how surely, on what evidence, and what to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Taxonomy

__all__ = ["category_shares", "decision_overview", "evidence_examples", "review_queue"]

_METHODS = {"rule": "规则", "model": "模型", "expert": "专家", "none": "无文字"}


def category_shares(categorised: pd.DataFrame, *, taxonomy: Taxonomy, level: int = 2) -> pd.DataFrame:
    """Records and share of each category that occurs, most frequent first, then by code.

    Args:
        categorised: the table of that name; rows without a category are not counted.
        taxonomy: gives the names.
        level: 1 or 2.
    Returns: index 编码; 类别, 件数, 占比 (share of the records with a category, 0 to 1).
    """
    import pandas as pd

    if level == 1:
        column, names = "level1", {item.code: item.name for item in taxonomy.levels}
    else:
        column, names = "category", {item.code: item.name for item in taxonomy.categories}
    counts = categorised[column].dropna().astype("str").value_counts()
    shares = pd.DataFrame({"编码": list(counts.index), "件数": counts.to_numpy(dtype="int64")})
    shares["类别"] = [names.get(code, code) for code in shares["编码"]]
    shares["占比"] = (shares["件数"] / max(int(shares["件数"].sum()), 1)).round(4)
    shares = shares.sort_values(["件数", "编码"], ascending=[False, True])
    return shares.set_index("编码")[["类别", "件数", "占比"]]


def decision_overview(categorised: pd.DataFrame) -> pd.DataFrame:
    """Who decided how many records, how surely, and how many should be reviewed.

    Returns: index 判定方式, in the order rules, model, experts, no text; 件数, 平均置信度, 待复核.
    """
    import pandas as pd

    rows = []
    for method, name in _METHODS.items():
        own = categorised[categorised["method"] == method]
        sure = None if method == "none" or own.empty else round(float(own["confidence"].mean()), 3)
        rows.append((name, len(own), sure, int(own["needs_review"].sum())))
    return pd.DataFrame(rows, columns=["判定方式", "件数", "平均置信度", "待复核"]).set_index("判定方式")


def evidence_examples(categorised: pd.DataFrame, *, top: int = 10, chars: int = 60) -> pd.DataFrame:
    """For the most frequent categories the record decided most surely, with the words that decided.

    Returns: 记录, 内容 (masked, at most `chars` characters), 类别, 置信度, 判定方式, 依据; most frequent first.
    """
    decided = categorised[categorised["category"].notna()]
    order = category_order(decided)
    best = decided.sort_values(["confidence", "source", "record_id"], ascending=[False, True, True], kind="stable")
    best = best.drop_duplicates("category").set_index("category").reindex(order[:top]).reset_index()
    return _shown(best, chars)


def review_queue(categorised: pd.DataFrame, *, top: int = 10, chars: int = 60) -> pd.DataFrame:
    """The head of the queue for experts: what was decided least surely first.

    Returns: as `evidence_examples`.
    """
    queue = categorised[categorised["needs_review"].astype("bool")]
    queue = queue.sort_values(["confidence", "source", "record_id"], kind="stable").head(top)
    return _shown(queue, chars)


def category_order(categorised: pd.DataFrame) -> list[str]:
    """Codes that occur, most frequent first, then by code."""
    counts = categorised["category"].dropna().astype("str").value_counts()
    return sorted(counts.index, key=lambda code: (-int(counts[code]), code))


def _shown(rows: pd.DataFrame, chars: int) -> pd.DataFrame:
    import pandas as pd

    texts = [str(text) for text in rows["text"]]
    return pd.DataFrame(
        {
            "记录": list(rows["record_id"]),
            "内容": [text if len(text) <= chars else text[: chars - 1] + "…" for text in texts],
            "类别": list(rows["category_name"]),
            "置信度": [round(float(value), 2) for value in rows["confidence"]],
            "判定方式": [_METHODS[method] for method in rows["method"]],
            "依据": ["、".join(words) for words in rows["evidence"]],
        }
    )
