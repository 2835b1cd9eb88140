"""ipykernel's application for a forked kernel: the same, but it leaves alone what would copy the template's memory.

Reading a shared object counts a reference to it, which is a write, and copies its page for the kernel. What visits
thousands of objects at the start of a kernel is kept from it: the parser of the command line goes through every setting
of every class, and the debugger and `%reset` note every module, to know later which are the kernel's own and not the
notebook's. They get those that a kernel has which has run nothing yet.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import ipykernel.ipkernel
import IPython.core.shellapp
from ipykernel import kernelapp
from traitlets.config.loader import Config, DeferredConfigString

__all__ = ["IPKernelApp", "remember_modules"]

_SETTING = re.compile(r"--([A-Z]\w*)\.(\w+)=(.*)", re.DOTALL)
_modules: dict[str, Any] = {}


class IPKernelApp(kernelapp.IPKernelApp):
    """The kernel application, under the name by which configuration and logs know it."""

    def parse_command_line(self, argv: Sequence[str] | None = None) -> None:
        """Take over `-f FILE` and `--Class.setting=value`, which managers pass; all else goes to the parser."""
        settings = None if argv is None else _plain_settings(argv)
        if settings is None:
            super().parse_command_line(argv)
            return
        self.argv = list(argv or ())
        self.cli_config = settings
        self.update_config(settings)

    def init_kernel(self) -> None:
        """Make the kernel, whose debugger notes the files of its modules."""
        with _remembered_modules(ipykernel.ipkernel):
            super().init_kernel()  # type: ignore[no-untyped-call]

    def init_code(self) -> None:
        """Run what is to run at the start; then the names of the modules are noted, for `%reset`."""
        with _remembered_modules(IPython.core.shellapp):
            super().init_code()


def remember_modules() -> None:
    """Note the modules that there are, with their files, as those of a kernel that has run nothing yet."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("voc_lib"):
            file = None if name == "__main__" else getattr(module, "__file__", None)
            _modules[name] = SimpleNamespace(__file__=file)


class _Sys:
    """The module sys with the modules of a kernel that has run nothing; all else is that of sys itself."""

    @property
    def modules(self) -> dict[str, Any]:
        return _modules

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


@contextmanager
def _remembered_modules(reader: Any) -> Iterator[None]:
    """While it lasts, a module sees those that were remembered."""
    if not _modules or getattr(reader, "sys", None) is not sys:
        yield
        return
    reader.sys = _Sys()
    try:
        yield
    finally:
        reader.sys = sys


def _plain_settings(argv: Sequence[str]) -> Config | None:
    settings = Config()
    words = iter(argv)
    for word in words:
        if word == "-f":
            settings.IPKernelApp.connection_file = DeferredConfigString(next(words, ""))
        elif match := _SETTING.fullmatch(word):
            settings[match[1]][match[2]] = DeferredConfigString(match[3])
        else:
            return None
    return settings
