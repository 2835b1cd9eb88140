"""Does one task on a worker, from the last look at whether it is needed to the record that commits it.

The same function serves every scheduler: what came of the tasks before it is an argument, so that nothing else need be
shared. A task that fails takes away what it had written in an earlier run, and so does one that is skipped for it:
nothing later shall take that for this run's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from voc_lib.context import Context
from voc_lib.errors import VocError
from voc_lib.store import remove_file
from voc_lib.workflow.content import file_digests
from voc_lib.workflow.execute import execute
from voc_lib.workflow.fingerprint import changed_inputs
from voc_lib.workflow.manifest import MANIFEST, system_libraries
from voc_lib.workflow.order import Order, Outcome, Status, place_url, written_places
from voc_lib.workflow.plan import RunTask, TaskKey
from voc_lib.workflow.records import TaskRecord, read_records, remove_record, write_record
from voc_lib.workflow.stages import FORMATS

__all__ = ["fail", "perform"]


def perform(order: Order, before: Sequence[Outcome] = ()) -> Outcome:
    """Do a task, unless it is up to date or what it needs is missing. Raises nothing for what a notebook does.

    Nor for a disk that is full or a store that does not answer: that fails the task, which has no record then.

    Args:
        order: the task.
        before: what came of the tasks of this run that it needs or waits for.
    """
    try:
        return _perform(order, before)
    except VocError as trouble:
        return Outcome(order.task, Status.FAILED, error=str(trouble))
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        return Outcome(order.task, Status.FAILED, error=f"files cannot be read or written: {reason}")


def _perform(order: Order, before: Sequence[Outcome]) -> Outcome:
    task = order.task
    because = _missing(task, {outcome.task.key: outcome for outcome in before})
    if because is not None:
        _withdraw(order, notebook=True)
        return Outcome(task, Status.SKIPPED, because=because)
    inputs = _inputs(order, before)
    reasons = order.reasons or tuple(changed_inputs(order.record, inputs) if order.record else ["never done"])
    if not reasons:
        return Outcome(task, Status.UNCHANGED, record=order.record)
    done_before = _done_by_an_earlier_try(order, inputs)
    if done_before is not None:
        return Outcome(task, Status.DONE, record=done_before, reasons=reasons)
    # Until the new record is there, nothing must take the old one for that of what now lies there.
    remove_record(order.context.data, task.key)
    outcome = replace(execute(order), reasons=reasons)
    if not outcome.is_good:
        _withdraw(order, notebook=False)
        return outcome
    record = TaskRecord(order.parts, inputs, _wrote(order), system_libraries() if task.format == "pdf" else {})
    if task.stage.is_report and task.format is None:
        _withdraw_outdated_renderings(order, record)
    write_record(order.context.data, task.key, record)
    return replace(outcome, record=record)


def fail(order: Order, error: str) -> Outcome:
    """The outcome of a task that could not even be tried; what it had written in an earlier run is taken away."""
    _withdraw(order, notebook=False)
    return Outcome(order.task, Status.FAILED, error=error)


def _missing(task: RunTask, before: Mapping[TaskKey, Outcome]) -> TaskKey | None:
    """What keeps a task from running: one that it needs, or all of its month that it waits for."""
    for key in task.needs:
        if not before[key].is_good:
            return before[key].because or key
    of_month = [before[key] for key in task.waits_for if key.month == task.month]
    if of_month and not any(outcome.is_good for outcome in of_month):
        return of_month[0].because or of_month[0].task.key
    return None


def _inputs(order: Order, before: Iterable[Outcome]) -> dict[str, str]:
    """Hash of each file that the task reads, as it is by now."""
    inputs = dict(order.inputs)
    reads = frozenset(order.reads)
    for outcome in before:
        if outcome.record is not None:
            inputs.update({place: found for place, found in outcome.record.wrote.items() if place in reads})
        else:
            for place in written_places(outcome.task):
                inputs.pop(place, None)
    return dict(sorted(inputs.items()))


def _done_by_an_earlier_try(order: Order, inputs: dict[str, str]) -> TaskRecord | None:
    """The record of this task by a worker that was lost before it could tell, if what it wrote is there."""
    record = read_records(order.context.data, [order.task.key]).get(order.task.key)
    if record is None or record == order.record or (record.parts, record.inputs) != (order.parts, inputs):
        return None
    return record if record.wrote == _wrote(order) else None


def _wrote(order: Order) -> dict[str, str]:
    urls = {place: place_url(place, order.context) for place in order.writes}
    hashes = file_digests(urls.values())
    return {place: hashes[url] for place, url in sorted(urls.items()) if url in hashes}


def _withdraw(order: Order, *, notebook: bool) -> None:
    """Take away what the task left: all that it writes, with its renderings; its notebook only if it was not run."""
    task = order.task
    remove_record(order.context.data, task.key)
    kept = () if notebook or task.format is not None else (f"output/{task.notebook}",)
    places = [place for place in order.writes if place not in kept]
    if task.stage.is_report and task.format is None:
        places += [f"output/{task.folder}/{MANIFEST}"]
        _withdraw_renderings(order)
    _remove(places, order.context)


def _withdraw_outdated_renderings(order: Order, record: TaskRecord) -> None:
    """Renderings of another notebook than the one now written go: this run may not be asked to make them anew."""
    place = f"output/{order.task.notebook}"
    if order.record is None or order.record.wrote.get(place) != record.wrote[place]:
        _withdraw_renderings(order)


def _withdraw_renderings(order: Order) -> None:
    for format in FORMATS:
        rendering = replace(order.task, format=format)
        remove_record(order.context.data, rendering.key)
        _remove(written_places(rendering), order.context)


def _remove(places: Iterable[str], context: Context) -> None:
    for place in places:
        remove_file(place_url(place, context))
