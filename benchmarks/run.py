"""Runs every benchmarks/bench_*.py and writes the table benchmarks/results.md: `make bench`.

`python -m benchmarks.run bench_kernels bench_fleet` runs those alone, and leaves the other lines as they are.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.ratio import Ratio

FOLDER = Path(__file__).resolve().parent
_HEAD = """# Benchmarks

Written by `make bench`. Ratios of wall times on one machine, best of several tries; below 1 means faster than what it
is compared with. Seconds would say more about the machine than about the project.

| what | compared with | ratio | on |
| --- | --- | ---: | --- |
"""


def benchmarks() -> list[str]:
    """Names of the benchmark modules, sorted."""
    return sorted(path.stem for path in FOLDER.glob("bench_*.py"))


def table(ratios: Iterable[Ratio]) -> str:
    """The document: a line for each ratio, two significant digits."""
    return _HEAD + "".join(f"| {r.what} | {r.against} | {_shown(r.ratio)} | {r.on} |\n" for r in ratios)


def _shown(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.2g}"


def merged(before: str, results: Iterable[Ratio]) -> str:
    """The document with some lines measured anew: they take the place of those that tell of the same, or come last."""
    lines = _by_what(before) | _by_what(table(results))
    return _HEAD.partition("| what")[0] + "".join(f"{line}\n" for same in lines.values() for line in same)


def _by_what(document: str) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for line in document.splitlines():
        if line.startswith("| "):
            found.setdefault(tuple(line.split(" | ")[:2]), []).append(line)
    return found


def main(names: Sequence[str] = ()) -> None:
    """Run them, print each result, write the table at the end.

    Args:
        names: modules to run; all of them if empty.
    """
    results: list[Ratio] = []
    for name in names or benchmarks():
        for result in importlib.import_module(f"benchmarks.{name}").measure():
            print(f"{result.what} / {result.against}: {_shown(result.ratio)}   ({result.on})", flush=True)
            results.append(result)
    file = FOLDER / "results.md"
    document = merged(file.read_text(encoding="utf-8"), results) if names else table(results)
    file.write_text(document, encoding="utf-8")
    print("written: benchmarks/results.md")


if __name__ == "__main__":
    main(sys.argv[1:])
