"""The executed notebook in the form that is stored: the same run gives the same bytes, wherever and whenever it ran.

Cell ids come from position and content; times, paths, process numbers, addresses and colours go; streams are merged;
metadata is what the white lists below name. What the papermill and nbclient of the lock write besides is provenance of
the moment, which belongs to the run log.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["canonical_bytes", "canonical_notebook", "path_names", "source_form"]

_NOTEBOOK_METADATA = ("language_info", "title", "voc")
# Whichever kernel an analyst last picked in JupyterLab: the run starts its own, and says so.
_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
# The interpreter's version is left out: it says nothing of the content, and differs between machines.
_LANGUAGE = ("codemirror_mode", "file_extension", "mimetype", "name", "nbconvert_exporter", "pygments_lexer")
_CELL_METADATA = ("jupyter", "tags", "voc")
_TEXT_TYPES = ("text/", "application/json", "image/svg+xml")
_LONGEST_STREAM = 100_000  # characters; fifty pages, of which nobody reads the middle

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
_CELL_FILE = re.compile(r"(?:/[^\s:'\"<>]*)?/ipykernel_\d+/\d+\.py")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b", re.IGNORECASE)
# A file that no known folder explains, as IPython's tracebacks and Python's name it.
_OTHER_FILE = re.compile(r"(?P<before>\bFile \"?)(?:~|/|[A-Z]:\\)(?:[^\n\"]*[/\\])?(?P<name>[^/\\\n\":]+)")


def path_names(folders: Mapping[str, str], *, home: str) -> list[tuple[str, str]]:
    """What to put in place of which folder's path, longest path first.

    Args:
        folders: name (as it will appear, in angle brackets) to path; paths that are empty or "/" are left out.
        home: the user's folder; IPython writes paths below it with a tilde.
    """
    pairs = [(path.rstrip("/"), f"<{name}>") for name, path in folders.items() if path.rstrip("/")]
    inside = home.rstrip("/") + "/"
    pairs += [(f"~/{path[len(inside) :]}", name) for path, name in pairs if len(inside) > 1 and path.startswith(inside)]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))


def canonical_notebook(
    notebook: NotebookNode,
    *,
    parameters: Mapping[str, Any],
    paths: list[tuple[str, str]],
    mask: Callable[[str], str] = str,
) -> NotebookNode:
    """The notebook in its stored form; the one given is left as it is.

    Args:
        notebook: as executed.
        parameters: what it was run with: all that is kept of papermill's metadata.
        paths: from `path_names`: folders whose names must not be seen.
        mask: applied to errors and to what was written to standard error, which may quote data.
    """
    import nbformat

    def clean(text: str) -> str:
        return _clean(text, paths)

    def clean_error(text: str) -> str:
        # Shortened with its paths replaced, or the cut would depend on their length; masking comes last, being slow.
        return mask(_OTHER_FILE.sub(r"\g<before>…/\g<name>", _shortened(clean(text))))

    cells = [_cell(cell, place, clean, clean_error) for place, cell in enumerate(notebook.cells)]
    metadata = {**_stored_metadata(notebook.metadata), "papermill": {"parameters": dict(parameters)}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def canonical_bytes(notebook: NotebookNode) -> bytes:
    """The notebook as a file. Raises: nbformat's ValidationError when it is not a valid notebook."""
    import nbformat

    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def source_form(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """What of a notebook's file decides its executed form: no outputs, no counts, no metadata that is dropped anyway.

    Args:
        notebook: as read from its JSON.
    """
    cells = [
        {
            "cell_type": cell["cell_type"],
            "metadata": _only(cell.get("metadata", {}), _CELL_METADATA),
            "source": cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"]),
            **_only(cell, ("attachments",)),
        }
        for cell in notebook["cells"]
    ]
    metadata = _stored_metadata(notebook["metadata"])
    metadata.pop("language_info", None)  # the kernel says what it is; JupyterLab fills it in when it saves
    return {"cells": cells, "metadata": metadata}


def _stored_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kept = _only(metadata, _NOTEBOOK_METADATA)
    if "language_info" in kept:
        kept["language_info"] = _only(kept["language_info"], _LANGUAGE)
    return {**kept, "kernelspec": dict(_KERNELSPEC)}


def _cell(
    cell: Mapping[str, Any], place: int, clean: Callable[[str], str], clean_error: Callable[[str], str]
) -> dict[str, Any]:
    source = cell["source"]
    identity = hashlib.sha256(f"{place}\0{cell['cell_type']}\0{source}".encode()).hexdigest()[:16]
    kept: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": identity,
        "metadata": {key: value for key, value in _only(cell["metadata"], _CELL_METADATA).items() if value},
        "source": source,
    }
    if "attachments" in cell:
        kept["attachments"] = dict(cell["attachments"])
    if cell["cell_type"] == "code":
        kept["execution_count"] = cell.get("execution_count")
        outputs = _merge_streams(cell.get("outputs", []))
        kept["outputs"] = [_output(output, clean, clean_error) for output in outputs]
    return kept


def _output(
    output: Mapping[str, Any], clean: Callable[[str], str], clean_error: Callable[[str], str]
) -> dict[str, Any]:
    kept = dict(output)
    kept.pop("transient", None)
    if kept["output_type"] == "stream":
        kept["text"] = clean_error(kept["text"]) if kept["name"] == "stderr" else _shortened(clean(kept["text"]))
    elif kept["output_type"] == "error":
        kept["evalue"] = clean_error(kept["evalue"])
        kept["traceback"] = [clean_error(line) for line in kept["traceback"]]
    else:
        kept["data"] = {
            kind: clean(value) if isinstance(value, str) and kind.startswith(_TEXT_TYPES) else value
            for kind, value in kept["data"].items()
        }
    return kept


def _merge_streams(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One output for each stream between two other outputs, standard output first: chunks and order come by chance."""
    merged: list[Mapping[str, Any]] = []
    run: dict[str, list[str]] = {}

    def flush() -> None:
        for name in sorted(run, key=lambda name: name != "stdout"):
            merged.append({"name": name, "output_type": "stream", "text": _as_shown("".join(run[name]))})
        run.clear()

    for output in outputs:
        if output["output_type"] == "stream":
            run.setdefault(output["name"], []).append(output["text"])
        else:
            flush()
            merged.append(output)
    flush()
    return merged


def _as_shown(text: str) -> str:
    """What a terminal would show of lines that were written over, as progress bars do.

    nbclient offers the same (`coalesce_streams`), by a pattern whose time grows with the square of a line's length: one
    long line would hold its worker for hours.
    """
    if "\r" not in text:
        return text
    lines = []
    for line in text.split("\n"):
        shown = line.rstrip("\r")
        lines.append(shown.rpartition("\r")[2] + line[len(shown) :])
    return "\n".join(lines)


def _shortened(text: str) -> str:
    """A stream of a size that pages can show: of a longer one its beginning and its end."""
    if len(text) <= _LONGEST_STREAM:
        return text
    half = _LONGEST_STREAM // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out …\n{text[-half:]}"


def _clean(text: str, paths: list[tuple[str, str]]) -> str:
    # The plain searches first: figures are large, and hardly ever hold any of these.
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "ipykernel_" in text:
        text = _CELL_FILE.sub("<cell>", text)
    for path, name in paths:
        if path in text:
            text = re.sub(rf"{re.escape(path)}(?![\w.-])", name, text)
    return _ADDRESS.sub("0x…", text) if "0x" in text.lower() else text


def _only(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
