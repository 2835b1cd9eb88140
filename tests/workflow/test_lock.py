"""One run at a time on a data folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from voc_lib.errors import StorageError
from voc_lib.workflow.lock import only_run


def test_a_second_run_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    with only_run(str(tmp_path)):
        with pytest.raises(StorageError, match="another run is at work"), only_run(str(tmp_path)):
            pass
        with only_run(str(tmp_path / "elsewhere")), only_run("memory://anywhere"):
            pass
    with only_run(str(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_killed_lets_go(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom voc_lib.workflow.lock import only_run\n"
        "with only_run(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match="another run"), only_run(str(tmp_path)):
            pass
        holder.kill()
    with only_run(str(tmp_path)):
        pass
