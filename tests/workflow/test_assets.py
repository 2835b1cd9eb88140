from __future__ import annotations

import base64
import hashlib
import re

import pytest

from voc_lib.workflow import assets

LIGHT, DARK = "light", "dark"


def test_the_policy_lets_our_script_run_and_nothing_else() -> None:
    script = assets.inline_script("screen.js").removeprefix("<script>").removesuffix("</script>")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = assets.content_security_policy("screen.js")
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'none'" in assets.content_security_policy()


SHIPPED = sorted(str(p.relative_to(assets.template_folder())) for p in assets.template_folder().rglob("*.*"))


def test_the_files_that_pages_are_made_of_are_there() -> None:
    assert {"base.css", "screen.css", "screen.js", "voc/index.html.j2", "voc/report.typ"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_shipped_file_names_a_network_address(name: str) -> None:
    assert not re.search(r"https?://|//cdn|@import|url\(", assets.read_asset(name))


def _palette(scheme: str) -> dict[str, str]:
    palette = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", assets.read_asset("base.css")))
    if scheme == DARK:
        dark = re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", assets.read_asset("screen.css"))
        assert len(dark) == 2 * len(dict(dark)), "the system's dark and the reader's dark must be the same"
        palette |= dict(dark)
    return palette


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("text", ["ink", "soft", "accent", "rise", "fall", "bad"])
@pytest.mark.parametrize("ground", ["paper", "ground", "accent-soft", "code", "bad-soft"])
def test_text_stands_out_from_every_ground_as_wcag_aa_asks(scheme: str, text: str, ground: str) -> None:
    palette = _palette(scheme)
    lighter, darker = sorted((_luminance(palette[text]), _luminance(palette[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
