"""The templates, style sheets and scripts that ship with the package, and the policy that pages carry.

A page holds everything it needs: style sheets and scripts are written into it, and its Content-Security-Policy lets
nothing load and no script run but ours, known by its hash. So markup that slipped through cannot do anything.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

__all__ = ["content_security_policy", "inline_script", "inline_style", "read_asset", "template_folder"]


def template_folder() -> Path:
    """The folder with the project's own templates (nbconvert's `voc`, and `site`)."""
    return Path(str(resources.files("voc_lib.workflow").joinpath("templates")))


@cache
def read_asset(name: str) -> str:
    """Text of a shipped file, named relative to the templates' folder."""
    return (template_folder() / name).read_text(encoding="utf-8")


def inline_style(*names: str) -> str:
    """The style sheets of those names as one <style> element."""
    text = "\n".join(read_asset(name).strip() for name in names)
    if "</style" in text.lower():
        raise ValueError("a style sheet must not close its element")
    return f"<style>\n{text}\n</style>"


def inline_script(*names: str) -> str:
    """The scripts of those names, an element each; `content_security_policy` of the same names lets them run."""
    return "".join(f"<script>{_script(name)}</script>" for name in names)


def content_security_policy(*scripts: str) -> str:
    """The policy for a page that holds these scripts: nothing loads, and only they run.

    Styles stay open because charts (SVG) and tables carry style attributes; a style can load nothing here, as every
    source but data: is closed.
    """
    hashes = " ".join(f"'sha256-{_sha256(_script(name))}'" for name in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _script(name: str) -> str:
    text = "\n" + read_asset(name).strip() + "\n"
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError(f"a script must not close its element: {name}")
    return text


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
