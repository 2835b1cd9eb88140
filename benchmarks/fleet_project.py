"""A project of trivial notebooks, as many as a benchmark wants: what is left is what the run itself costs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voc_lib.context import Context
from voc_lib.params import load_profile
from voc_lib.store import Store, shift_month
from voc_lib.workflow.assess import assess
from voc_lib.workflow.content import file_digests
from voc_lib.workflow.fingerprint import gather
from voc_lib.workflow.order import Order, Outcome, Status, place_url
from voc_lib.workflow.plan import RunTask, make_plan
from voc_lib.workflow.records import TaskRecord, write_record
from voc_lib.workflow.run import Fleet, Graph, RunResult, run_plan
from voc_lib.workflow.stages import discover_stages

__all__ = ["Pretending", "Project", "trivial_project"]

_PARAMS = Path(__file__).resolve().parents[1] / "params"
_BRANCHES = ("BJ", "TJ", "HE", "SX", "NM", "LN")


@dataclass(frozen=True)
class Project:
    """A project in a folder, with landed tables."""

    folder: Path
    notebooks: Path

    @property
    def context(self) -> Context:
        """Where its profile, tables and outputs are."""
        return Context(*(str(self.folder / name) for name in ("params", "data", "output")))

    def run(self, fleet: Fleet, *, formats: tuple[str, ...] = ()) -> RunResult:
        """Bring it up to date, as `voc run` does."""
        profile = load_profile(self.folder / "params")
        stages = discover_stages(self.notebooks)
        codes = profile.branches.codes
        landed = Store(self.context.data, profile.tz).partitions("landed")
        available = [pair for pair in landed if pair[0] in codes]
        plan = make_plan(stages, available=available, all_branches=codes, formats=formats)
        project = str(self.folder)
        ingredients = gather(stages, profile, data_root=self.context.data, project=project, formats=formats)
        verdicts = assess(plan, ingredients, context=self.context, profile=profile, project=project)
        return run_plan(plan, verdicts, sets=ingredients.sets, fleet=fleet)


def trivial_project(folder: Path, *, n_tasks: int) -> Project:
    """A project whose only notebook does nothing, for so many branch-months.

    Args:
        folder: made anew.
        n_tasks: rounded up to whole months of six branches.
    """
    import nbformat

    from voc_lib.schema import empty

    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_PARAMS, folder / "params")
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "voc": {"scope": "branch", "reads": [], "writes": [], "uses": []},
        }
    )
    parameters = 'branch: str = "BJ"  # branch code\nmonth: str = "2013-05"  # reporting month'
    notebook.cells = [
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("branch, month"),
    ]
    (folder / "notebooks").mkdir()
    nbformat.write(notebook, folder / "notebooks" / "01_trivial.ipynb")
    profile = load_profile(folder / "params")
    store = Store(str(folder / "data"), profile.tz)
    nothing = empty("landed", tz=profile.tz)
    branches = [code for code in _BRANCHES if code in profile.branches.codes] or list(profile.branches.codes)
    for place in range(n_tasks):
        store.write("landed", nothing, branches[place % len(branches)], shift_month("2000-01", place // len(branches)))
    return Project(folder, folder / "notebooks")


class Pretending:
    """A fleet that writes what tasks declare and runs nothing: it sets the scene for a run with nothing to do."""

    jobs = 1

    def run(self, graph: Graph) -> Iterator[RunTask | Outcome]:
        """Every task ends well at once."""
        for key, order in graph.orders.items():
            yield order.task
            graph.outcomes[key] = Outcome(order.task, Status.DONE, record=_pretend(order, graph))
            yield graph.outcomes[key]


def _pretend(order: Order, graph: Graph) -> TaskRecord:
    from voc_lib.schema import empty
    from voc_lib.store import write_bytes

    urls = {place: place_url(place, order.context) for place in order.writes}
    for place, url in urls.items():
        if place.startswith("data/summary/"):  # the index reads it
            _, branch, month = next(one for one in order.task.partitions if one[0] == "summary")
            Store(order.context.data, order.tz).write("summary", empty("summary", tz=order.tz), branch, month)
        else:
            # As large as what real notebooks leave: hashing them is most of what a run with nothing to do costs.
            write_bytes(url, f"{order.task.key} {place}\n".encode() * 6_000)
    hashes = file_digests(urls.values())
    inputs = dict(order.inputs)
    for outcome in graph.outcomes_before(order.task.key):
        if outcome.record is not None:
            inputs.update({place: found for place, found in outcome.record.wrote.items() if place in order.reads})
    record = TaskRecord(order.parts, dict(sorted(inputs.items())), {place: hashes[url] for place, url in urls.items()})
    write_record(order.context.data, order.task.key, record)
    return record
