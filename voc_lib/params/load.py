"""Reads a profile folder into one frozen object, and turns every fault in it into a sentence that helps."""

from __future__ import annotations

import hashlib
import typing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from voc_lib.errors import ProfileError, nearest
from voc_lib.params.base import Settings
from voc_lib.params.branches import Branch, Branches
from voc_lib.params.lexicon import Lexicon, SentimentLexicon, read_words
from voc_lib.params.masking import Masking
from voc_lib.params.publishing import Publishing
from voc_lib.params.run import RunSettings
from voc_lib.params.sentences import Narrative, read_narrative
from voc_lib.params.sources import Sources
from voc_lib.params.taxonomy import Taxonomy
from voc_lib.params.thresholds import Thresholds
from voc_lib.schema import HEAD_OFFICE, SOURCE_NAMES

__all__ = ["Profile", "load_profile", "read_settings"]

S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Profile:
    """A centre, as its params/ folder describes it."""

    folder: Path
    run: RunSettings
    branches: Branches
    sources: Sources
    taxonomy: Taxonomy
    thresholds: Thresholds
    lexicon: Lexicon
    masking: Masking
    narrative: Narrative
    publishing: Publishing = field(default_factory=Publishing)

    @property
    def name(self) -> str:
        """The profile's name; models are kept under it."""
        return self.run.profile

    @property
    def tz(self) -> str:
        """IANA name of the centre's time zone."""
        return self.run.time_zone

    @property
    def source_names(self) -> dict[str, str]:
        """What the centre calls each of the three sources."""
        return SOURCE_NAMES | {str(source): name for source, name in self.run.words.sources.items()}

    @property
    def own_sources(self) -> tuple[str, ...]:
        """The sources that the centre has; reports say nothing of the others."""
        return tuple(name for name, _ in self.sources.items())

    @property
    def as_of(self) -> datetime | None:
        """The moment the run stands for, where run.yaml fixes it."""
        return self.run.as_of

    def branch(self, code: str) -> Branch:
        """The branch of that code. Raises: ProfileError naming the nearest code."""
        try:
            return self.branches.get(code)
        except KeyError:
            near = nearest(code, self.branches.codes)
            raise ProfileError(
                "no such branch",
                branch=code,
                allowed=", ".join(self.branches.codes),
                file=str(self.folder / "branches.yaml"),
                hint=f"did you mean {near}?" if near else None,
            ) from None


def load_profile(folder: str | Path) -> Profile:
    """Read and validate a profile folder.

    Raises: ProfileError naming the file, the key, what was found, what is allowed, and the nearest right name.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ProfileError(
            "profile folder not found", folder=str(folder), hint="give the folder with run.yaml as --params DIR"
        )
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return replace(_load(folder, found.hexdigest()), folder=folder)


@lru_cache(maxsize=4)
def _load(folder: Path, digest: str) -> Profile:
    """The profile of that content, whose hash is part of the key: a process reads it once, a forked kernel never."""
    lexicon, masking = folder / "lexicon", folder / "masking.yaml"
    branches = read_settings(folder / "branches.yaml", Branches)
    return Profile(
        folder=folder,
        run=read_settings(folder / "run.yaml", RunSettings),
        branches=branches,
        sources=read_settings(folder / "sources.yaml", Sources),
        taxonomy=read_settings(folder / "taxonomy.yaml", Taxonomy),
        thresholds=read_settings(folder / "thresholds.yaml", Thresholds),
        lexicon=Lexicon(
            dictionary=read_words(lexicon / "dictionary.txt"),
            stop_words=read_words(lexicon / "stop_words.txt"),
            sentiment=read_settings(lexicon / "sentiment.yaml", SentimentLexicon),
        ),
        # A centre that has nothing to add may do without the file.
        masking=read_settings(masking, Masking) if masking.exists() else Masking(),
        narrative=read_narrative(folder),
        publishing=_publishing(folder / "publish.yaml", branches),
    )


def _publishing(path: Path, branches: Branches) -> Publishing:
    """Who gets reports; nobody where a centre has no such file. Raises: ProfileError for recipients of no branch."""
    if not path.exists():
        return Publishing()
    settings = read_settings(path, Publishing)
    known = (*branches.codes, HEAD_OFFICE)
    for code in settings.recipients:
        if code not in known:
            near = nearest(code, known)
            raise ProfileError(
                "recipients of no branch",
                file=str(path),
                key=f"recipients.{code}",
                allowed=", ".join(known),
                hint=f"did you mean {near}?" if near else None,
            )
    return settings


# The loader in C is ten times as fast, and every kernel reads the profile; it is missing where PyYAML has no libyaml.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_Loader):
    """YAML in which a key given twice is an error, not a silent loss."""


def _unique_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key given twice: {key}", key_node.start_mark)
        seen.add(key)
    return dict(yaml.SafeLoader.construct_mapping(loader, node, deep=deep))


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def read_settings(path: Path, model: type[S]) -> S:
    """One YAML file as validated settings. Raises: ProfileError naming the file, the line or key, and what helps."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ProfileError(
            "profile file is missing", file=str(path), hint="copy it from the params/ that ships"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError("profile file cannot be read", file=str(path), found=error) from None
    try:
        data = yaml.load(text, Loader=_UniqueKeyLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ProfileError(
            "not valid YAML",
            file=str(path),
            line=mark.line + 1 if mark else None,
            found="a tab: indent with blanks" if _at_tab(text, mark) else getattr(error, "problem", None) or error,
        ) from None
    if not isinstance(data, dict):
        raise ProfileError("expected keys and values", file=str(path), found=_NAMES.get(type(data), "a single value"))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _profile_error(path, model, error) from None


# What a person who never programmed calls what YAML holds.
_NAMES = {type(None): "nothing", list: "a list", tuple: "a list", dict: "keys and values", str: "a text"}


def _at_tab(text: str, mark: Any) -> bool:
    lines = text.split("\n")
    return mark is not None and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t")


def _expected(message: str) -> str:
    """The library's sentence without its own beginning: "less than or equal to 1"."""
    message = message.removeprefix("Value error, ")
    for opening in ("Input should be a valid ", "Input should be "):
        if message.startswith(opening):
            rest = message.removeprefix(opening)
            return {"dictionary": "keys and values", "tuple": "a list", "string": "a text"}.get(rest, rest)
    return message


def _profile_error(path: Path, model: type[BaseModel], error: ValidationError) -> ProfileError:
    first, *others = error.errors()
    location = first["loc"]
    key = ".".join(str(part) for part in location if part != "[key]") or None
    more = f"; {len(others)} more fault{'s' if len(others) > 1 else ''} in this file" if others else ""
    if first["type"] == "extra_forbidden":
        siblings = _fields_at(model, location[:-1])
        near = nearest(str(location[-1]), siblings)
        return ProfileError(
            f"unknown key{more}",
            file=str(path),
            key=key,
            allowed=", ".join(siblings),
            hint=f"did you mean {near}?" if near else None,
        )
    if first["type"] == "missing":
        return ProfileError(f"key is missing{more}", file=str(path), key=key)
    found = first["input"]
    shown: str | None = repr(found) if isinstance(found, (str, int, float)) else _NAMES.get(type(found))
    if first["type"] == "value_error" and not isinstance(found, (str, int, float)):
        shown = None  # the rule names what is at fault; that the whole is keys and values tells nobody anything
    near = None
    if first["type"] == "literal_error":
        near = nearest(str(location[-1] if location[-1] != "[key]" else location[-2]), _quoted(first["msg"]))
        near = near or nearest(str(found), _quoted(first["msg"]))
    return ProfileError(
        f"wrong value{more}",
        file=str(path),
        key=key,
        found=shown,
        # A rule over several keys says what is wrong, not what is wanted of one value.
        **{"fault" if shown is None else "expected": _expected(first["msg"])},
        hint=f"did you mean {near}?" if near else None,
    )


def _quoted(message: str) -> list[str]:
    return message.split("'")[1::2]


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the settings at this place know."""
    current: Any = model
    for part in location:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            current = _settings_in(current.model_fields[part].annotation)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _settings_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in typing.get_args(annotation):
        found = _settings_in(argument)
        if found is not None:
            return found
    return None
