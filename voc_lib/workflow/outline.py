"""What a rendered page is made of: its masthead, its title, and its headings with the anchors that contents link to."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

__all__ = ["Heading", "Page", "demoted", "outline"]

_MASTHEAD = re.compile(r"""<header\b[^>]*class=["'][^"']*\bmasthead\b.*?</header>""", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"<h(?P<level>[1-6])\b(?P<attributes>[^>]*)>(?P<inner>.*?)</h(?P=level)\s*>", re.DOTALL | re.I)
_ID = re.compile(r"""\bid\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_NOT_IN_ANCHOR = re.compile(r"[^\w-]+")


@dataclass(frozen=True)
class Heading:
    """One heading of the page: level 1 to 6, its text, and the id it is reached by."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Page:
    """The parts of a page.

    Attributes:
        title: text of the masthead's h1, else of the first h1; empty where there is none.
        masthead: the <header class="masthead"> element, taken out of the body; empty where there is none.
        body: the rest, every heading with an id.
        headings: h2 and h3 in order, for the contents.
    """

    title: str
    masthead: str
    body: str
    headings: tuple[Heading, ...]


def outline(markup: str) -> Page:
    """Split a page's markup into its parts and give every heading an id (its own, else one made of its text)."""
    found = _MASTHEAD.search(markup)
    masthead = found[0] if found else ""
    rest = markup[: found.start()] + markup[found.end() :] if found else markup
    headings: list[Heading] = []
    taken: set[str] = set()

    def anchored(match: re.Match[str]) -> str:
        level, text = int(match["level"]), _text(match["inner"])
        given = _ID.search(match["attributes"])
        anchor = html.unescape(given[1]) if given else _free_anchor(text, taken)
        taken.add(anchor)
        headings.append(Heading(level, text, anchor))
        if given:
            return match[0]
        return f'<h{level} id="{html.escape(anchor)}"{match["attributes"]}>{match["inner"]}</h{level}>'

    body = _HEADING.sub(anchored, rest)
    first = next((h for h in _HEADING.finditer(masthead) if h["level"] == "1"), None)
    title = _text(first["inner"]) if first else next((h.text for h in headings if h.level == 1), "")
    return Page(title, masthead, body, tuple(h for h in headings if h.level in (2, 3) and h.text))


def demoted(markup: str) -> str:
    """The markup with its headings as h4: what is told on the side has no place in the contents."""
    return _HEADING.sub(lambda found: f"<h4>{found['inner']}</h4>", markup)


def _text(inner: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", inner)).split())


def _free_anchor(text: str, taken: set[str]) -> str:
    stem = _NOT_IN_ANCHOR.sub("-", text).strip("-") or "s"
    anchor, number = stem, 1
    while anchor in taken:
        number += 1
        anchor = f"{stem}-{number}"
    return anchor
