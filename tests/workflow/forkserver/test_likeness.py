"""A forked kernel is like one that was started: all that a notebook could see of its process is compared."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.forkserver.sessions import Session
from tests.workflow.processes import PATIENCE
from voc_lib.workflow.forkserver import Plan, Template
from voc_lib.workflow.surroundings import kernel_environment

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

PROJECT = Path(__file__).resolve().parents[3]

# What our notebooks import. Then everything that can be asked; what is a kernel's own (numbers, times, the order in
# which modules came) is left out.
FACTS = """
import collections, decimal, gc, json, locale, logging, os, resource, signal, sys, tempfile, threading, time
import warnings
import matplotlib.pyplot as plt, numpy as np, pandas as pd, pandera.pandas, pyarrow as pa, scipy.stats, seaborn
import sklearn.linear_model, threadpoolctl
from voc_lib import report
from voc_lib.categorise import Categoriser
from voc_lib.hotspot import find_hotspots
from voc_lib.ingest import intake
from voc_lib.sentiment import SentimentScorer

def descriptors():
    # Channels connect one after the other, and on a busy machine some are still on their way.
    last, since = None, time.monotonic()
    while time.monotonic() - since < 1:
        time.sleep(0.05)
        if (found := counted()) != last:
            last, since = found, time.monotonic()
    return last

def counted():
    kinds = collections.Counter()
    for name in os.listdir("/proc/self/fd"):
        try:
            kinds[os.readlink(f"/proc/self/fd/{name}").partition(":")[0].replace(os.getcwd(), ".")] += 1
        except FileNotFoundError:
            pass
    return {kind: n for kind, n in kinds.items() if not kind.startswith("/proc")}

def status(*names):
    lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return {name: lines[name].strip() for name in names}

shell = get_ipython()
facts = {
    "session": os.getsid(0) == os.getpid() == os.getpgid(0),
    "cwd": os.getcwd(),
    "env": dict(os.environ),
    "argv": sys.argv,
    "orig_argv": [word for word in sys.orig_argv],
    "path": sys.path,
    "flags": str(sys.flags),
    "executable": [sys.executable, sys.prefix, sys.base_prefix],
    "hash": hash("a"),
    "signals": {int(n): str(getattr(signal.getsignal(n), "__name__", signal.getsignal(n)))
                for n in signal.valid_signals()},
    "status": status("SigBlk", "SigIgn", "Umask", "NoNewPrivs", "CapEff", "Threads"),
    "limits": [resource.getrlimit(n) for n in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_STACK)],
    "nice": os.nice(0),
    "descriptors": descriptors(),
    "threads": sorted(thread.name.partition("-")[0] for thread in threading.enumerate()),
    "main thread": threading.current_thread() is threading.main_thread(),
    "locale": locale.setlocale(locale.LC_ALL, None),
    "encodings": [sys.getfilesystemencoding(), locale.getpreferredencoding(False), sys.stdout.encoding],
    "streams": [type(s).__qualname__ for s in (sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__)],
    "stdin": sys.__stdin__.read(),
    "tz": [time.tzname, time.localtime(0).tm_hour],
    "warnings": sorted({repr(f[:2] + (f[2].__name__,) + f[3:]) for f in warnings.filters}),
    "log handlers": {name: [type(h).__name__ for h in logger.handlers]
                     for name, logger in [("", logging.root), *logging.root.manager.loggerDict.items()]
                     if getattr(logger, "handlers", None)},
    "log level": logging.root.level,
    "hooks": [sys.excepthook.__qualname__, type(sys.displayhook).__qualname__, sys.unraisablehook.__qualname__],
    "importers": [str(getattr(f, "__name__", type(f).__name__)) for f in sys.meta_path],
    "gc": [gc.isenabled(), gc.get_threshold()],
    "recursion": sys.getrecursionlimit(),
    "tempdir": tempfile.gettempdir(),
    "main": [sys.modules["__main__"].__dict__ is globals(), __name__, __spec__, __doc__,
             sorted(name for name in globals() if not name.startswith("_i"))],
    "history": [shell.history_manager.hist_file, len(shell.history_manager.input_hist_raw)],
    "shell": [shell.execution_count, shell.colors, sorted(shell.events.callbacks["post_execute"], key=str) == [],
              shell.profile_dir.location],
    "own modules": [[name in shell._sys_modules_keys for name in ("sys", "time", "traitlets", "numpy", "voc_lib")],
                    [any(f"/{name}/" in file for file in shell.kernel._kernel_modules)
                     for name in ("traitlets", "numpy", "pandas", "voc_lib")]],
    "zmq": [shell.kernel.session.pid == os.getpid(), shell.kernel.shell_stream is None],
    "rcParams": {k: str(v) for k, v in plt.rcParams.items()},
    "numpy": [np.geterr(), {k: str(v) for k, v in np.get_printoptions().items()}],
    "pandas": [pd.get_option("display.max_rows"), pd.get_option("mode.string_storage")],
    "arrow": [pa.default_memory_pool().backend_name, pa.cpu_count()],
    "decimal": str(decimal.getcontext()),
    "blas": sorted((pool["internal_api"], pool["num_threads"]) for pool in threadpoolctl.threadpool_info()),
    "figures": plt.get_fignums(),
}
result = json.loads(json.dumps(facts, default=str))
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a forked and an ordinary kernel say of themselves, with their working folder and process masked."""
    notebooks = sorted(str(path) for path in (PROJECT / "notebooks").glob("*.ipynb"))
    found = {}
    environment = {
        key: value for key, value in kernel_environment(tmp_path_factory.mktemp("x")).items() if "x0" not in value
    }
    with Template(Plan(notebooks=notebooks, params=str(PROJECT / "params")), env=environment) as template:
        assert template.wait_ready(PATIENCE)
        assert not template.failed
        for kind, socket_path in (("forked", template.socket_path), ("ordinary", None)):
            folder = tmp_path_factory.mktemp("k")
            session = Session(socket_path, folder, {**environment, "IPYTHONDIR": str(folder / "ipython")})
            try:
                assert session.process.kind == kind
                found[kind] = _masked(session.run(FACTS), str(folder))
            finally:
                session.stop()
    return found


def _masked(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return value.replace(folder, "FOLDER").replace(str(os.getpid()), "PID")
    if isinstance(value, dict):
        return {_masked(k, folder): _masked(v, folder) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, folder) for item in value]
    return value


def test_all_that_a_notebook_sees_of_its_process_is_the_same(facts: dict[str, dict[str, Any]]) -> None:
    forked, ordinary = facts["forked"], facts["ordinary"]
    # ipykernel has a thread that looks each second whether its parent is alive (and waits for it with a descriptor);
    # for a forked one Linux does that. And pyarrow's second allocator, which nobody uses, has one of its own.
    assert ordinary["threads"].pop() == "Thread"
    assert int(ordinary["status"].pop("Threads")) - int(forked["status"].pop("Threads")) == 2
    ours, theirs = Counter(forked.pop("descriptors")), Counter(ordinary.pop("descriptors"))
    assert ours - theirs == {"/dev/null": 1}  # its stdin; an ordinary kernel's is a pipe that nobody writes to
    assert theirs - ours == {"pipe": 1, "anon_inode": 1}
    different = {key: (forked.get(key), ordinary.get(key)) for key in {*forked, *ordinary}}
    assert not {key: pair for key, pair in different.items() if pair[0] != pair[1]}
    assert len(ordinary) > 35


def test_what_is_compared_says_something(facts: dict[str, dict[str, Any]]) -> None:
    """Of each kind of fact one that would be empty if it were not asked rightly."""
    forked = facts["forked"]
    assert forked["cwd"] == "FOLDER"
    assert forked["history"][0] == ":memory:"
    assert forked["own modules"] == [[True, True, True, False, False], [True, False, False, False]]
    assert forked["blas"] and all(n == 1 for _, n in forked["blas"])
    assert forked["tz"] == [["UTC", "UTC"], 0]
    assert forked["rcParams"]["backend"] == "module://matplotlib_inline.backend_inline"
