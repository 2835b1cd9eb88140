"""The command line of a forked kernel is understood as ipykernel understands it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ["-f", "/tmp/x y.json", "--HistoryManager.hist_file=:memory:", "--IPKernelApp.parent_handle=1"],
        ["-f", "k.json", "--Session.key=b'a=b'", "--ZMQInteractiveShell.cache_size=7"],
        ["-f", "k.json", "--debug"],
        ["--f=k.json", "--transport=ipc"],
        [],
    ],
    ids=" ".join,
)
def test_arguments_are_understood_as_ever(words: list[str]) -> None:
    """In a process of its own, since an application is one of its kind."""
    code = f"""
from ipykernel import kernelapp
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from IPython.core.history import HistoryManager
from voc_lib.workflow.forkserver import application

def told(cls):
    app = cls()
    app.parse_command_line({words!r})
    shell = ZMQInteractiveShell.class_traits()["cache_size"]
    return [app.connection_file, app.parent_handle, app.transport, app.log_level, app.argv, app.name,
            Session(config=app.config).key, app.config.HistoryManager.get("hist_file") and
            str(app.config.HistoryManager.hist_file), str(app.config.ZMQInteractiveShell.get("cache_size"))]

class Theirs(kernelapp.IPKernelApp):
    pass

Theirs.__name__ = "IPKernelApp"
a, b = told(application.IPKernelApp), told(Theirs)
if {"--Session.key" not in " ".join(words)!r}:
    a[6] = b[6] = None  # random
assert a == b, (a, b)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
