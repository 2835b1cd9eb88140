"""data/editorial/CODE/YYYY-MM.yaml: what an analyst decided about one branch's report of one month."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from voc_lib.params.base import Settings

__all__ = ["Editorial", "IssueDecision", "SuggestionDecision"]


class IssueDecision(Settings):
    """What becomes of one issue; exactly which is said by the keys that are given."""

    issue: str  # its name or its issue_id, as the report has it
    rename: str | None = Field(default=None, min_length=1, max_length=60)
    merge_into: str | None = None
    suppress: str | None = Field(default=None, min_length=1)  # the reason, which the report tells
    typical: tuple[str, ...] = ()  # source:record_id, the first one quoted first

    @field_validator("typical")
    @classmethod
    def _identities(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for identity in value:
            if ":" not in identity:
                raise ValueError(f"source:record_id, e.g. work_order:GD0001; not {identity}")
        return value

    @model_validator(mode="after")
    def _decides(self) -> IssueDecision:
        if self.suppress and (self.rename or self.merge_into or self.typical):
            raise ValueError("an issue that is suppressed is neither renamed nor merged, and needs no typical case")
        if self.merge_into and (self.rename or self.typical):
            raise ValueError("an issue that is merged is not renamed and not quoted: decide that for the other one")
        if self.merge_into == self.issue:
            raise ValueError("an issue cannot be merged into itself")
        if not (self.rename or self.merge_into or self.suppress or self.typical):
            raise ValueError("nothing decided: give rename, merge_into, suppress or typical")
        return self


class SuggestionDecision(Settings):
    """The words of one category's suggestion."""

    category: str  # level-2 code of the taxonomy
    text: str = Field(min_length=1, max_length=600)


class Editorial(Settings):
    """All decisions about one report, signed."""

    by: str = Field(min_length=1, max_length=40)
    comment: str | None = Field(default=None, min_length=1, max_length=2000)
    issues: tuple[IssueDecision, ...] = ()
    suggestions: tuple[SuggestionDecision, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Editorial:
        for what, names in (
            ("issue", [decision.issue for decision in self.issues]),
            ("category", [decision.category for decision in self.suggestions]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} decided twice: {', '.join(twice)}")
        merged = {decision.issue for decision in self.issues if decision.merge_into or decision.suppress}
        into = sorted({d.merge_into for d in self.issues if d.merge_into and d.merge_into in merged})
        if into:
            raise ValueError(f"merged into an issue that is itself merged or suppressed: {', '.join(into)}")
        return self
