"""nbconvert exporter `voc-html`: one self-contained page that loads nothing, code on demand."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets import Bool, Unicode, default
from traitlets.config import Config

from voc_lib.workflow import assets
from voc_lib.workflow.blocks import parts_of
from voc_lib.workflow.declared import parameter_in_words, read_in_words
from voc_lib.workflow.guard import guarded
from voc_lib.workflow.outline import demoted, outline

__all__ = ["VocHTMLExporter"]

_SCRIPTS = ("screen.js", "find.js")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class VocHTMLExporter(TemplateExporter):
    """An executed notebook as a report for readers: contents at the side, code on demand, nothing from a network."""

    export_from_notebook = "VoC report (HTML)"
    output_mimetype = "text/html"

    # The stock templates load scripts from a CDN; nothing of them is used.
    template_name = Unicode("voc").tag(config=True, affects_template=True)
    exclude_code = Bool(False, help="Leave the code out altogether, as on paper.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "index.html.j2"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(assets.template_folder())]

    @property
    def default_config(self) -> Config:
        """No preprocessor that changes cells: blocks.py decides what is shown."""
        return Config({"HighlightMagicsPreprocessor": {"enabled": False}})

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """nbconvert's filters and the page's own."""
        yield from super().default_filters()
        yield from (
            ("parts", parts_of),
            ("markdown", _markdown),
            ("guarded", guarded),
            ("outline", outline),
            ("demoted", demoted),
            ("read_in_words", read_in_words),
            ("parameter_in_words", parameter_in_words),
            ("highlighted", Highlight2HTML(pygments_lexer="python", parent=self)),
            ("month_end", _month_end),
        )

    def _create_environment(self) -> jinja2.Environment:
        environment: jinja2.Environment = super()._create_environment()
        environment.globals.update(
            inline_style=assets.inline_style,
            inline_script=lambda: assets.inline_script(*_SCRIPTS),
            policy=assets.content_security_policy(*_SCRIPTS),
        )
        return environment

    def _init_resources(self, resources: Any) -> Any:
        resources = super()._init_resources(resources)
        resources["exclude_code"] = self.exclude_code
        name = str(resources["metadata"]["name"])
        # nbconvert's stand-in for a notebook that comes without a file.
        resources["name"] = "报告" if name == "Notebook" else name
        return resources


def _markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """Markdown as an author writes it in a notebook; links that would run something are dropped."""
    renderer = IPythonRenderer(
        escape=False, allow_harmful_protocols=False, exclude_anchor_links=True, attachments=dict(attachments or {})
    )
    return guarded(str(MarkdownWithMath(renderer=renderer).render(source)))


def _month_end(parameters: tuple[tuple[str, str], ...]) -> str:
    """The last day of the month that the report is about, which is the date it carries; empty where it names none."""
    found = _MONTH.fullmatch(dict(parameters).get("month", ""))
    if not found:
        return ""
    year, month = int(found[1]), int(found[2])
    return f"{year:04d}-{month:02d}-{calendar.monthrange(year, month)[1]:02d}"
