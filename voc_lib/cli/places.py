"""Where the project, its profile, its data and its reports are: the options that every verb takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

import voc_lib
from voc_lib.errors import ProfileError

__all__ = ["Places", "with_places"]


@dataclass(frozen=True)
class Places:
    """The folders of a call; data and output may be fsspec URLs.

    Args:
        found: the absolute path or the URL of params, data and output, as far as they are known; those that the verb
            needs always are.
    """

    found: Mapping[str, str]

    @property
    def params(self) -> str:
        """The profile."""
        return self.found["params"]

    @property
    def data(self) -> str:
        """Tables, models and raw exports."""
        return self.found["data"]

    @property
    def output(self) -> str:
        """Reports."""
        return self.found["output"]

    @property
    def project(self) -> Path:
        """The folder around the profile; its requirements.lock is what the environment was made from.

        Around one of params/examples/ it is the project that they ship with.
        """
        around = Path(self.params).parents
        return next((folder for folder in around if (folder / "params" / "run.yaml").is_file()), around[0])

    @property
    def raw(self) -> str:
        """Where people put the exports."""
        return f"{self.data.rstrip('/')}/raw"

    @property
    def trained(self) -> str:
        """Below which models and labels of one's own may lie: the data folder, by default that beside the profile."""
        return self.found.get("data", str(self.project / "data"))

    @property
    def index(self) -> str:
        """The page that links every report."""
        return f"{self.output.rstrip('/')}/index.html"

    def notebooks(self, given: str | None) -> Path:
        """The folder of the notebooks: as given, else beside the profile, else those of the library's own project.

        Raises: ProfileError when there is none.
        """
        if given is not None:
            return Path(given).absolute()
        around = _project()
        candidates = [self.project, *([around] if around else []), Path(voc_lib.__file__).parents[1]]
        for candidate in candidates:
            if (candidate / "notebooks").is_dir():
                return candidate / "notebooks"
        raise ProfileError("no folder of notebooks found", hint="give it as --notebooks DIR")


def with_places(*needed: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a verb --params, --data and --output, and hand it the folders they stand for as `places`.

    Args:
        needed: those without which it cannot work: outside a project they have to be given.
    """
    return lambda verb: _with_places(verb, needed)


def _with_places(verb: Callable[..., Any], needed: tuple[str, ...]) -> Callable[..., Any]:
    @click.option("--params", metavar="DIR", help="The profile.  [default: params/ of the project around this folder]")
    @click.option("--data", metavar="DIR", help="Tables and raw exports (DIR/raw).  [default: the project's data/]")
    @click.option("--output", metavar="DIR", help="Reports.  [default: the project's output/]")
    @wraps(verb)
    def wrapped(*, params: str | None, data: str | None, output: str | None, **options: Any) -> Any:
        return verb(places=_find({"params": params, "data": data, "output": output}, needed), **options)

    return wrapped


def _find(given: Mapping[str, str | None], needed: tuple[str, ...]) -> Places:
    around = _project()
    found = {}
    for name, value in given.items():
        if value is not None:
            found[name] = _absolute(value)
        elif around is not None:
            found[name] = str(around / name)
    missing = [name for name in needed if name not in found]
    if missing:
        raise ProfileError(
            "no project found around the working folder",
            folder=Path.cwd(),
            hint=f"change into the project's folder, or give {' '.join(f'--{name} DIR' for name in missing)}",
        )
    return Places(found)


def _absolute(place: str) -> str:
    """A path from the root; a URL as it is, but for file:, which is a path."""
    scheme, separator, rest = place.partition("://")
    if separator and scheme not in ("file", "local"):
        return place
    return str(Path(rest if separator else place).absolute())


def _project() -> Path | None:
    """The nearest folder upwards that holds a profile."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "params" / "run.yaml").is_file()), None)
