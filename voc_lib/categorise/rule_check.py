"""Which rules do no good: those that never fire, that contradict each other, or that experts keep overruling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.categorise.rules import RuleBook

if TYPE_CHECKING:
    from voc_lib.params import Taxonomy

__all__ = ["Finding", "check_rules"]

_STRONG = 2.0  # from here a rule decides, or nearly
_OFTEN = 3  # overruled so often, and more often than confirmed
_FEW = 500  # below so many texts, a rule that never fired proves nothing


@dataclass(frozen=True)
class Finding:
    """One rule, or a pair, that somebody should look at.

    Args:
        kind: never, contradiction or overruled.
        rule: as it stands in the taxonomy.
        codes: of the categories.
        n: texts on which it was seen (0 for never).
        n_right: of these, those on which experts agreed with it (overruled only).
    """

    kind: str
    rule: str
    codes: tuple[str, ...]
    n: int = 0
    n_right: int = 0

    def __str__(self) -> str:
        where = " and ".join(self.codes)
        return {
            "never": f"{where}: {self.rule} never fired",
            "contradiction": f"{self.rule} speaks strongly for {where}",
            "overruled": f"{where}: {self.rule} was overruled by experts on {self.n - self.n_right} of {self.n} texts",
        }[self.kind]


def check_rules(
    taxonomy: Taxonomy, *, texts: Sequence[str] = (), experts: Mapping[str, str] | None = None
) -> list[Finding]:
    """What is wrong with the rules of a taxonomy.

    Args:
        texts: normalised texts of the centre; below 500 no rule is said never to fire.
        experts: category of each normalised text that experts decided.
    Returns: contradictions, overruled rules (the most often first), rules that never fired.
    """
    book = RuleBook(taxonomy)
    experts = experts or {}
    said = sorted({*texts, *experts})
    fired: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    judged: Counter[tuple[str, str]] = Counter()
    for text, rules in zip(said, book.fired(said), strict=True):
        fired.update(rules)
        if text in experts:
            strong = [rule for rule in rules if rules[rule] >= _STRONG]
            judged.update(strong)
            right.update(rule for rule in strong if rule[0] == experts[text])
    overruled = [
        Finding("overruled", rule, (code,), n, right[code, rule])
        for (code, rule), n in judged.items()
        if n - right[code, rule] >= max(_OFTEN, right[code, rule] + 1)
    ]
    overruled.sort(key=lambda finding: (finding.n_right - finding.n, finding.codes, finding.rule))
    never = [] if len(said) < _FEW else [Finding("never", r, (code,)) for code, r in book.names() if not fired[code, r]]
    return [*_contradictions(taxonomy), *overruled, *never]


def _contradictions(taxonomy: Taxonomy) -> list[Finding]:
    """Keywords and patterns that decide for more than one category, so that none of them wins."""
    strong: dict[str, list[str]] = {}
    for category in taxonomy.categories:
        for rule, weight in (*category.keywords.items(), *category.patterns.items()):
            if weight > _STRONG:
                strong.setdefault(rule, []).append(category.code)
    return [Finding("contradiction", rule, tuple(codes)) for rule, codes in strong.items() if len(codes) > 1]
