"""Where the project, its profile, its data and its reports are: the options that every verb takes."""

from __future__ import annotations

from collections.abc import Callable
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
    """The folders of a call; data and output may be fsspec URLs."""

    params: str
    data: str
    output: str

    @property
    def project(self) -> Path:
        """The folder around the profile; its requirements.lock is what the environment was made from."""
        return Path(self.params).parent

    @property
    def raw(self) -> Path:
        """Where people put the exports."""
        return Path(self.data) / "raw"

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


def with_places(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb --params, --data and --output, and hand it the folders they stand for as `places`."""

    @click.option("--params", metavar="DIR", help="The profile.  [default: params/ of the project around this folder]")
    @click.option("--data", metavar="DIR", help="Tables and raw exports (DIR/raw).  [default: the project's data/]")
    @click.option("--output", metavar="DIR", help="Reports.  [default: the project's output/]")
    @wraps(verb)
    def wrapped(*, params: str | None, data: str | None, output: str | None, **options: Any) -> Any:
        return verb(places=_find(params, data, output), **options)

    return wrapped


def _find(params: str | None, data: str | None, output: str | None) -> Places:
    around = _project()
    given = {"params": params, "data": data, "output": output}
    found = {}
    for name, value in given.items():
        if value is not None:
            found[name] = _absolute(value)
        elif around is not None:
            found[name] = str(around / name)
        else:
            raise ProfileError(
                "no project found around the working folder",
                folder=Path.cwd(),
                hint=f"change into the project's folder, or give --{name} DIR",
            )
    return Places(**found)


def _absolute(place: str) -> str:
    return place if "://" in place else str(Path(place).absolute())


def _project() -> Path | None:
    """The nearest folder upwards that holds a profile."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "params" / "run.yaml").is_file()), None)
