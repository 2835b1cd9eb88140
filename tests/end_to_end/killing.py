"""A call of the command that dies at a chosen step, as by kill -9: before or after a write, or before a renaming."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["killed_at"]

_KILLED = """\
import os, signal, sys
from pathlib import Path

left = int(sys.argv.pop(1))
changes = {"write": 0}

def step():
    changes["write"] += 1
    if changes["write"] == left:
        os.kill(os.getpid(), signal.SIGKILL)

replace, fsync = Path.replace, os.fsync
def replacing(self, target):
    step()
    done = replace(self, target)
    step()
    return done
def syncing(file):
    step()
    return fsync(file)
Path.replace, os.fsync = replacing, syncing
from voc_lib.cli import main
try:
    main()
finally:
    print("steps", changes["write"])
"""


def killed_at(step: int, call: Sequence[str], *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command until the step (from 1: each write that is made sure of, and each renaming before and after).

    Args:
        step: 0 lets it run to its end; it then prints how many steps there were.
        call: verb and arguments.
        cwd: the folder to run in.
    """
    command = [sys.executable, "-c", _KILLED, str(step), *call]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert not step or done.returncode == -signal.SIGKILL, f"no step {step}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done
