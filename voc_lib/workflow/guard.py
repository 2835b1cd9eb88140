"""A second lock on the markup that notebooks show: what could run or load is taken out of it.

Notebooks escape customers' text themselves, and the page's policy lets nothing run. This guard covers the day on which
one of them is forgotten, and the PDF, which has no such policy. It is no sanitiser for markup of unknown origin.
"""

from __future__ import annotations

import html
import re

__all__ = ["guarded"]

# Elements that run, load, or change what the rest of the page means: shown as text instead.
_ACTIVE = re.compile(
    r"<(?=/?(?:script|iframe|frame|frameset|object|embed|applet|link|base|meta|form|portal|template|noscript|title|"
    r"html|head|body|plaintext|xmp|textarea)\b)",
    re.IGNORECASE,
)
_CARRIER = re.compile(
    r"""<(?:a|area|img|image|source|video|audio|track|input|button)\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"""(?<=[\s"'/])(?P<name>src|srcset|href|xlink:href|poster|background|ping|formaction)\s*=\s*"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^\s>]+)""",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LINKS = ("http:", "https:", "mailto:")


def guarded(markup: str) -> str:
    """The markup with active elements turned into text, and references that would load or run taken away.

    Kept are images held in the page (data:) and links that a reader may follow (http, https, mailto, relative, #…).
    """
    return _CARRIER.sub(_keep_harmless_references, _ACTIVE.sub("&lt;", markup))


def _keep_harmless_references(tag: re.Match[str]) -> str:
    is_link = tag[0][1:].lower().startswith(("a ", "area", "a\n", "a\t"))
    return _REFERENCE.sub(lambda found: found[0] if _is_harmless(found, is_link=is_link) else "", tag[0])


def _is_harmless(found: re.Match[str], *, is_link: bool) -> bool:
    name = found["name"].lower()
    # Browsers skip control characters and white space in a scheme, and read character references.
    target = re.sub(r"[\x00-\x20]", "", html.unescape(found["value"].strip("\"'")))
    if is_link:
        scheme = _SCHEME.match(target)
        return name == "href" and (scheme is None or scheme[0].lower() in _LINKS)
    return name in ("src", "href", "xlink:href") and (target.startswith("#") or bool(_IMAGE.match(target)))
