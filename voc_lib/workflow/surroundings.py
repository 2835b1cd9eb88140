"""What is launched as a kernel, and the environment that it sees: nothing of the user, the machine or the place."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.context import CONTEXT_VARIABLE

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpec

__all__ = ["KERNEL_NAME", "fixed_environment", "kernel_environment", "kernel_spec"]

KERNEL_NAME = "python3"  # nbclient keeps IPython's history in memory only for a kernel of this name
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def kernel_spec() -> KernelSpec:
    """What is launched as a kernel: forked where there is a template, an ordinary process elsewhere."""
    from jupyter_client.kernelspec import KernelSpec

    return KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3 (ipykernel)",
        language="python",
        name=KERNEL_NAME,
        metadata={"kernel_provisioner": {"provisioner_name": "voc-fork", "config": {"own_template": False}}},
    )


def kernel_environment(folder: Path) -> dict[str, str]:
    """Environment of a kernel: the fixed one, its context file, and a place for what IPython keeps."""
    return {
        **fixed_environment(),
        CONTEXT_VARIABLE: str(folder / "context.json"),
        "IPYTHONDIR": str(folder / "ipython"),  # no start-up files, no history of the user's
    }


def fixed_environment() -> dict[str, str]:
    """This process's environment, without what would make results depend on machine, user or place."""
    left_out = ("LC_", "PYTHON", "JPY_", "IPYTHON", "MPL", "VOC_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    environment.update(dict.fromkeys(_ONE_THREAD, "1"))
    environment.update(
        {
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "TZ": "UTC",
        }
    )
    return environment
