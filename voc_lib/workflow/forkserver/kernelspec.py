"""The kernelspec `voc`, which JupyterLab lists as "VOC": `python -m voc_lib.workflow.forkserver.kernelspec`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

__all__ = ["KERNEL_NAME", "write_kernelspec"]

KERNEL_NAME = "voc"


def write_kernelspec(prefix: str | Path = sys.prefix) -> Path:
    """Write the kernelspec below a prefix, that of this environment by default. Gives its folder."""
    folder = Path(prefix) / "share" / "jupyter" / "kernels" / KERNEL_NAME
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        # With the interpreter's full path: the kernel must be this environment's, whatever the PATH says.
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "VOC",
        "language": "python",
        "metadata": {
            "debugger": True,
            "kernel_provisioner": {"provisioner_name": "voc-fork"},
            "supported_encryption": ["curve"],  # as ipykernel's own
        },
    }
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    write_kernelspec()
