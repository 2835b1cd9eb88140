"""The benchmarks' runner: it finds every benchmark, and its table says ratios."""

from __future__ import annotations

import importlib
import inspect

import pytest

from benchmarks.ratio import Ratio, seconds
from benchmarks.run import FOLDER, benchmarks, merged, table


def test_every_benchmark_is_found() -> None:
    assert {"bench_landing", "bench_masking", "bench_render"} <= set(benchmarks())


@pytest.mark.parametrize("name", benchmarks())
def test_a_benchmark_says_what_it_measures(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert module.__doc__
    assert inspect.signature(module.measure).parameters == {}


def test_the_table_shows_two_digits() -> None:
    rows = table([Ratio("a", "b", 0.0123, "x"), Ratio("c", "d", 12.6, "y")]).splitlines()[-2:]
    assert rows == ["| a | b | 0.012 | x |", "| c | d | 13 | y |"]


def test_the_best_try_counts() -> None:
    calls: list[int] = []
    assert seconds(lambda: calls.append(1), tries=4) >= 0
    assert len(calls) == 4


def test_the_table_that_ships_holds_every_benchmark() -> None:
    shipped = (FOLDER / "results.md").read_text(encoding="utf-8")
    assert shipped.startswith(table([]))
    assert shipped.count("\n| ") - 2 >= len(benchmarks())


def test_a_line_measured_anew_takes_the_place_of_the_old_one() -> None:
    before = table([Ratio("a", "b", 2, "x"), Ratio("c", "d", 3, "y"), Ratio("c", "d", 4, "z")])
    again = merged(before, [Ratio("a", "b", 5, "z"), Ratio("e", "f", 7, "w")])
    assert again == table(
        [Ratio("a", "b", 5, "z"), Ratio("c", "d", 3, "y"), Ratio("c", "d", 4, "z"), Ratio("e", "f", 7, "w")]
    )
