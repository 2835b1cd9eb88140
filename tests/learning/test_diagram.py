from xml.etree import ElementTree

import numpy as np

from voc_lib.learning import reliability, reliability_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_a_bar_stands_as_high_as_the_share_that_was_right() -> None:
    bins = reliability(np.array([True, False, True, True]), np.array([0.55, 0.55, 0.95, 0.95]))
    root = ElementTree.fromstring(reliability_svg(bins, title="类别"))
    bars = root.findall(f"{SVG}rect")[1:]
    assert [float(bar.get("height", "")) for bar in bars] == [150.0, 300.0]
    assert [mark.get("cx") for mark in root.findall(f"{SVG}circle")] == ["213.0", "333.0"]


def test_a_title_is_text_and_no_texts_are_an_empty_square() -> None:
    root = ElementTree.fromstring(reliability_svg([], title="<script>"))
    assert root.findtext(f"{SVG}title") == "<script>"
    assert len(root.findall(f"{SVG}rect")) == 1
