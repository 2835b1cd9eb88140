"""Runs every benchmarks/bench_*.py and writes the table benchmarks/results.md: `make bench`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
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


def main() -> None:
    """Run all of them, print each result, write the table at the end."""
    results: list[Ratio] = []
    for name in benchmarks():
        for result in importlib.import_module(f"benchmarks.{name}").measure():
            print(f"{result.what} / {result.against}: {_shown(result.ratio)}   ({result.on})", flush=True)
            results.append(result)
    (FOLDER / "results.md").write_text(table(results), encoding="utf-8")
    print("written: benchmarks/results.md")


if __name__ == "__main__":
    main()
