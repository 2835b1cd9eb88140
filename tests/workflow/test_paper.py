from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

from voc_lib.workflow.paper import for_paper

CHART = (
    '<svg role="img" aria-label="每日&quot;件数&quot;" class="spark" viewBox="0 0 9 3" width="9" height="3" '
    'style="max-width:100%;height:auto;stroke-linecap:butt"><path d="M0 0"/></svg>'
)


def test_a_chart_becomes_an_image_with_its_label_and_its_height() -> None:
    made = for_paper(f"<figure>{CHART}<figcaption>图1</figcaption></figure>")
    found = re.fullmatch(
        r'<figure><img src="data:image/svg\+xml;base64,([^"]+)" alt="每日&quot;件数&quot;" class="spark">'
        r"<figcaption>图1</figcaption></figure>",
        made,
    )
    assert found
    root = ElementTree.fromstring(base64.b64decode(found[1]))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("style") == "max-width:100%;stroke-linecap:butt"


def test_a_chart_without_a_label_is_decoration() -> None:
    assert 'alt=""' in for_paper("<svg><path/></svg>")


def test_what_is_no_xml_stays_as_it_is() -> None:
    assert for_paper("<svg><path></svg>") == "<svg><path></svg>"


def test_figures_on_demand_stay_off_the_paper() -> None:
    data = '<details class="chart-data"><summary>图表数据</summary><table></table></details>'
    assert for_paper(f"<p>a</p>{data}<p>b</p>{data}") == "<p>a</p><p>b</p>"


def test_a_short_table_is_marked_to_stay_whole_and_a_long_one_is_not() -> None:
    def table(n: int) -> str:
        return f'<table class="data fixed"><tbody>{"<tr><td>1</td></tr>" * n}</tbody></table>'

    shown = re.findall(r'<table class="([^"]*)"', for_paper(table(14) + table(15)))
    assert shown == ["data set short fixed", "data set fixed"]
