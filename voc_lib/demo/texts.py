"""The demo's texts: templates with slots, filled by a seeded generator."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

__all__ = ["KINDS", "Texts", "load_texts"]

KINDS = ("question", "complaint", "suggestion", "praise", "none")
_SLOT = re.compile(r"\{(?:(\d+)-(\d+)|([a-z]+))\}")
_ENDS = "。！？.!?"


@dataclass(frozen=True)
class Texts:
    """Everything in texts.yaml.

    Args:
        slots: name to what may stand there.
        weights: level-2 code to its usual share (any unit).
        templates: (code, kind) to templates.
        openers, closers: kind to what may come before and after.
        remarks: what a survey's remark says that says next to nothing, by how content it is (good, middle, bad).
        hot: name of a planted issue to its (code, kind → templates).
        hostile: texts that try to do harm.
    """

    slots: Mapping[str, list[str]]
    weights: Mapping[str, float]
    templates: Mapping[tuple[str, str], list[str]]
    openers: Mapping[str, list[str]]
    closers: Mapping[str, list[str]]
    remarks: Mapping[str, list[str]]
    hot: Mapping[str, tuple[str, Mapping[str, list[str]]]]
    hostile: list[str]

    def codes_of(self, kind: str) -> list[str]:
        """The codes that have texts of that kind, in order."""
        return [code for code in self.weights if (code, kind) in self.templates]

    def fill(self, template: str, rng: random.Random, *, outlet: str) -> str:
        """The template with every slot filled; {outlet} is the outlet given."""

        def one(match: re.Match[str]) -> str:
            if match[1]:
                return str(rng.randint(int(match[1]), int(match[2])))
            if match[3] == "outlet":
                return outlet
            return self.fill(rng.choice(self.slots[match[3]]), rng, outlet=outlet)

        return _SLOT.sub(one, template)

    def speak(
        self, code: str, kind: str, rng: random.Random, *, outlet: str, told: bool = True, hot: str | None = None
    ) -> str:
        """One text of that category and kind (of a planted issue, where hot names one), with opener and closer.

        What is told to an agent may begin as the agent writes it down ("客户…"); the rest never does.
        """
        templates = self.hot[hot][1][kind] if hot else self.templates[code, kind]
        text = self.fill(rng.choice(templates), rng, outlet=outlet)
        openers = [opener for opener in self.openers[kind] if told or not opener.startswith("客户")]
        opener, closer = rng.choice(openers), rng.choice(self.closers[kind])
        return opener + (text if text[-1] in _ENDS or not closer else text + "。") + closer


@cache
def load_texts() -> Texts:
    """The texts that ship with the package."""
    data = yaml.safe_load(files("voc_lib.demo").joinpath("texts.yaml").read_text(encoding="utf-8"))
    categories = {code: dict(entry) for code, entry in data["categories"].items()}
    weights = {code: float(entry.pop("weight")) for code, entry in categories.items()}
    hot = {name: dict(entry) for name, entry in data["hot"].items()}
    return Texts(
        slots=data["slots"],
        weights=weights,
        templates={(code, kind): lines for code, entry in categories.items() for kind, lines in entry.items()},
        openers=data["openers"],
        closers=data["closers"],
        remarks=data["scores_only"],
        hot={name: (entry.pop("code"), entry) for name, entry in hot.items()},
        hostile=data["hostile"],
    )
