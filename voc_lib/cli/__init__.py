"""The `voc` command: one thin function a verb, which composes landing, the run and the models."""

from voc_lib.cli.app import main

__all__ = ["main"]
