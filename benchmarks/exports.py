"""What the benchmarks of whole runs share: raw exports of six branches and six months, and the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["OUR_NOTEBOOKS", "PARAMS", "put_exports", "voc"]

_PROJECT = Path(__file__).resolve().parents[1]
PARAMS = _PROJECT / "params"
OUR_NOTEBOOKS = _PROJECT / "notebooks"
_EXPORTS = _PROJECT.parent / "shared" / "data" / "exports"
_RAW = (".csv", ".xlsx")


def put_exports(raw: Path) -> str:
    """Fill a folder with the shared exports, or with made-up ones where they are not there. Says with which."""
    raw.mkdir(parents=True)
    files = [path for path in sorted(_EXPORTS.rglob("*")) if path.suffix in _RAW] if _EXPORTS.is_dir() else []
    if files:
        for path in files:
            shutil.copy(path, raw)
        return "real exports of 6 branches and 6 months"
    from voc_lib.demo import write_demo
    from voc_lib.params import load_profile

    write_demo(raw, profile=load_profile(PARAMS), branches=6, months=6)
    return "made-up exports of 6 branches and 6 months"


def voc(verb: str, folder: Path, *options: str) -> None:
    """Run the command on the data and output folders of a folder, with the project's profile."""
    command = [sys.executable, "-m", "voc_lib", verb, "--params", str(PARAMS)]
    command += ["--data", str(folder / "data"), "--output", str(folder / "output"), *options]
    environment = {"VOC_CUSTOMER_KEY": "benchmark key, of no use elsewhere", **os.environ}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
