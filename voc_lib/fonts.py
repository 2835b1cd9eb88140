"""The Chinese fonts that charts, pages and PDF ask for: one list, so that what set-up accepts the reports can use."""

from __future__ import annotations

__all__ = ["CHINESE_FAMILIES"]

# Best first; any one of them will do. The style sheet names them as well.
CHINESE_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
)
