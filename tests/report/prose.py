"""What a Chinese reader would correct in a report, as classes of fault that can be found by looking."""

from __future__ import annotations

import html
import re

__all__ = ["cells_of", "faults", "lines_of"]

_HAN = "\u4e00-\u9fff"
_CLASSES: dict[str, str] = {
    "a value that is none": r"\b(?:nan|NaN|None|NaT|Undefined|inf|<NA>)\b",
    "a sign before nothing": r"[+−]0(?:\.0+)?(?![.\d])",
    "a change of nothing": r"(?:增长|下降|上升|增加|减少)0(?:\.0)?(?:%|个百分点|分|件|项)(?!\d)",
    "punctuation that dangles or is doubled": r"[，、；：。][，、；：。]|[（“][，、；：。]|（）|“”|、[”）]|[：；、，]$",
    "a number without its measure word": (r"\d(?:问题|建议(?!工单)|记录|类别|客户|市民|网点|街道|分行|区县|事项|报告)"),
    "none counted as some": r"(?:其中|新提|办结|答复|另有)0(?:件|项|个|家)",
    "a word of the machine": (
        r"(?<![A-Za-z_])(?:voc|open|answered|overdue|done|declined|negative|neutral|positive|fell|rose)(?![A-Za-z_])"
        r"|(?<![A-Za-z0-9_])[a-z]+_[a-z_]+(?![\w.])"
    ),
    "a month as the machine writes it": r"(?<![A-Za-z0-9-])20\d\d-(?:0[1-9]|1[0-2])(?![A-Za-z0-9-])",
    "a blank between Chinese and a number": rf"[{_HAN}] \d(?!\d{{3}}年)|\d [{_HAN}]",
    "half-width punctuation in Chinese": rf"[{_HAN}][,;:!?()][{_HAN}]",
    "a minus of the keyboard": r"(?<![\w.–-])-\d",
    "words said twice": r"的的|了了|件件|项项|其中其中|共共|均均|分行分行",
    "an English turn of phrase": r"被发现|进行了|作为一个|是由于.*的原因",
    "a list of one joined": r"^[和、]|、。",
}


def faults(markup: str, *, quoted: bool = False) -> list[str]:
    """What is wrong with what a piece of a report says, each as its class and the line; none where nothing is.

    Args:
        markup: HTML of the report's own making.
        quoted: look into what customers and files say as well, which is theirs to say as they like.
    """
    found = []
    lines = lines_of(markup if quoted else re.sub(r"<blockquote\b.*?</blockquote>", "", markup, flags=re.DOTALL))
    for line in lines:
        for name, pattern in _CLASSES.items():
            if (match := re.search(pattern, line)) is not None:
                found.append(f"{name}: {match[0]!r} in {line!r}")
    return found


def lines_of(markup: str) -> list[str]:
    """The text of a piece of a report, a block a line; of charts the text alternative."""
    told = re.sub(r'<svg\b[^>]*aria-label="([^"]*)".*?</svg>', r"<p>\1</p>", markup, flags=re.DOTALL)
    told = re.sub(r"<details class=.(?:code|chart-data).*?</details>", "", told, flags=re.DOTALL)
    told = re.sub(r"</?(?:a|strong|em|span)\b[^>]*>", "", told)
    lines = (html.unescape(" ".join(line.split())) for line in re.sub(r"<[^>]+>", "\n", told).split("\n"))
    return [line for line in lines if line]


def cells_of(markup: str) -> list[list[list[str]]]:
    """Of each table its rows, each a list of what stands in its cells, the head being the first."""
    tables = []
    for table in re.findall(r"<table\b.*?</table>", markup, flags=re.DOTALL):
        rows = re.findall(r"<tr\b.*?</tr>", table, flags=re.DOTALL)
        cells = [re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows]
        tables.append([[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells])
    return tables
