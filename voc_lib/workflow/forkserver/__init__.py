"""Kernels that need not start: each is forked from a template process that has already imported what they import.

`template` is the process that forks, `birth` what a fork does to be like a new process, `preload` what is ready before;
`keeper` keeps a template alive for its owner; `client` asks it for kernels and owns what it gets; `provisioner` is how
jupyter_client (papermill, JupyterLab, `jupyter nbconvert --execute`) gets them.
"""

from voc_lib.workflow.forkserver.client import (
    SOCKET_VARIABLE,
    ForkedKernel,
    KernelProcess,
    OrdinaryKernel,
    TemplateGone,
    fork_kernel,
)
from voc_lib.workflow.forkserver.keeper import Template
from voc_lib.workflow.forkserver.preload import Plan, preload_modules

__all__ = [
    "SOCKET_VARIABLE",
    "ForkedKernel",
    "KernelProcess",
    "OrdinaryKernel",
    "Plan",
    "Template",
    "TemplateGone",
    "fork_kernel",
    "preload_modules",
]
