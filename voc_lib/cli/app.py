"""The command's root: its verbs, and how its errors look."""

from __future__ import annotations

import errno
from typing import Any

import click

import voc_lib
from voc_lib.cli.care import forget, purge, refused
from voc_lib.cli.experts import queue, teach
from voc_lib.cli.feedback import feedback
from voc_lib.cli.hotspots import hotspots
from voc_lib.cli.models import evaluate, predict, train
from voc_lib.cli.publishing import publish, review
from voc_lib.cli.reports import land, run
from voc_lib.cli.setup import demo, doctor
from voc_lib.errors import VocError

__all__ = ["main"]

_STOPPED = 130  # as shells count it: 128 and the number of the signal


class _Verbs(click.Group):
    """Turns errors that a person can mend into one message; others, which are faults of this project, stay loud."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except VocError as error:
            click.echo(f"voc: {error}", err=True)
            raise click.exceptions.Exit(error.exit_code) from error
        except KeyboardInterrupt:
            click.echo("voc: stopped; what was done is kept, and the same call goes on from there", err=True)
            raise click.exceptions.Exit(_STOPPED) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has gone; click ends quietly
                raise
            where = f" (file: {error.filename})" if error.filename else ""
            click.echo(f"voc: {error.strerror or error}{where}", err=True)
            raise click.exceptions.Exit(VocError.exit_code) from error


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(voc_lib.__version__, prog_name="voc")
def main() -> None:
    """Voice-of-the-Customer reports: from raw exports to a report for each branch and month.

    Exit codes: 0 done; 1 some branch failed, the others are done; 2 the call, the profile, a folder or a source file is
    wrong, and nothing was run; 130 stopped by Ctrl-C or SIGTERM.
    """


for _verb in (
    *(demo, land, run, queue, teach, train, evaluate, predict, hotspots),
    *(feedback, review, publish),
    *(refused, purge, forget, doctor),
):
    main.add_command(_verb)
