"""Kernels that need not start: each is forked from a template process that has already imported what they import.

`template` is the process that forks; `client` starts one, asks it for kernels, and owns what it gets; `provisioner` is
how jupyter_client (papermill, JupyterLab, `jupyter nbconvert --execute`) gets them, by the kernelspec `voc`.
"""

from voc_lib.workflow.forkserver.client import SOCKET_VARIABLE, ForkedKernel, Template, fork_kernel

__all__ = ["SOCKET_VARIABLE", "ForkedKernel", "Template", "fork_kernel"]
