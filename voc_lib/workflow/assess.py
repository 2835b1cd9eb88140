"""Before a run: which of its tasks are up to date, which are not, and why.

A task is stale for what it is made from (see `fingerprint`) or because what it wrote is no longer there as it wrote it.
One that reads what a stale task writes may become stale: that shows when the other has ended, for a task that is done
again may well write what it wrote before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from voc_lib.context import Context
from voc_lib.params import Profile
from voc_lib.schema import UNKNOWN
from voc_lib.store import window
from voc_lib.workflow.content import file_digests
from voc_lib.workflow.fingerprint import Ingredients, changed_inputs, changed_outputs, changed_parts
from voc_lib.workflow.order import Order, partition_place, place_url
from voc_lib.workflow.plan import Plan, RunTask, TaskKey
from voc_lib.workflow.records import TaskRecord, read_records, read_set

__all__ = ["Verdict", "assess"]


@dataclass(frozen=True)
class Verdict:
    """What is known of a task before the run.

    Args:
        order: the task, ready for a worker.
        reasons: why it has to be done; empty if nothing says so.
        after: the stale tasks, direct or indirect, on which it builds.
    """

    order: Order
    reasons: tuple[str, ...]
    after: tuple[TaskKey, ...]

    @property
    def is_current(self) -> bool:
        """Nothing need be done, nor looked at again."""
        return not self.reasons and not self.after


def assess(
    plan: Plan,
    ingredients: Ingredients,
    *,
    context: Context,
    profile: Profile,
    project: str,
    again: bool = False,
    cell_timeout: int | None = None,
) -> dict[TaskKey, Verdict]:
    """Judge every task of a plan, in its order. Reads files and writes nothing.

    Args:
        plan: the tasks.
        ingredients: what decides results besides tables.
        context: where profile, tables and outputs are; each task gets a copy with its own declarations.
        profile: the centre.
        project: folder whose path must not be seen in a notebook.
        again: everything asked for is to be done again, changed or not.
        cell_timeout: seconds after which a cell that still runs counts as hanging; decides no result.
    """
    reads = {task.key: _inputs(task, profile.branches.codes) for task in plan}
    records = read_records(context.data, reads)
    places = {place for found in reads.values() for place in found}
    places.update(place for record in records.values() for place in record.wrote)
    urls = {place: place_url(place, context) for place in places}
    hashes = file_digests(urls.values())
    found = {place: hashes[url] for place, url in urls.items() if url in hashes}
    sets: dict[str, dict[str, str]] = {}

    def old_set(name: str) -> Mapping[str, str]:
        if name not in sets:
            sets[name] = read_set(context.data, name)
        return sets[name]

    verdicts: dict[TaskKey, Verdict] = {}
    for task in plan:
        record = records.get(task.key)
        parts = ingredients.parts[task.kind]
        inputs = {place: found[place] for place in reads[task.key] if place in found}
        reasons = ["asked for again"] if again and task.key not in plan.added else []
        reasons += _reasons(record, parts, ingredients, found, old_set)
        after = _stale_before(task, verdicts)
        order = Order(
            task,
            _own_context(task, context),
            project,
            profile.tz,
            source=ingredients.sources[task.stage.name] if task.format is None else "",
            parts=parts,
            reasons=tuple(reasons),
            reads=reads[task.key],
            inputs=inputs,
            record=record,
            cell_timeout=cell_timeout,
        )
        if record is not None and not after:
            reasons += changed_inputs(record, inputs)
        verdicts[task.key] = Verdict(order, tuple(reasons), after)
    return verdicts


def _reasons(
    record: TaskRecord | None,
    parts: Mapping[str, str],
    ingredients: Ingredients,
    found: Mapping[str, str],
    old_set: Callable[[str], Mapping[str, str]],
) -> list[str]:
    if record is None:
        return ["never done"]
    return [*changed_parts(record, parts, ingredients.sets, old_set), *changed_outputs(record, found)]


def _stale_before(task: RunTask, verdicts: Mapping[TaskKey, Verdict]) -> tuple[TaskKey, ...]:
    stale: dict[TaskKey, None] = {}
    for key in (*task.needs, *task.waits_for):
        verdict = verdicts[key]
        if verdict.reasons:
            stale[key] = None
        stale.update(dict.fromkeys(verdict.after))
    return tuple(stale)


def _inputs(task: RunTask, codes: Sequence[str]) -> tuple[str, ...]:
    """The places of all that a task may read."""
    if task.format is not None:
        return (f"output/{task.notebook}",)
    return tuple(dict.fromkeys(_declared(task, codes)))


def _declared(task: RunTask, codes: Sequence[str]) -> Iterable[str]:
    for read in task.stage.reads:
        for branch in (*codes, UNKNOWN) if read.all_branches else (task.branch,):
            for month in window(task.month, read.first, read.last):
                yield partition_place((read.table, branch, month))


def _own_context(task: RunTask, context: Context) -> Context:
    stage = task.stage
    return replace(
        context,
        notebook=stage.name,
        reads=tuple(str(read) for read in stage.reads),
        writes=stage.writes,
        files=stage.files,
        uses=stage.uses,
        scratch=False,
    )
