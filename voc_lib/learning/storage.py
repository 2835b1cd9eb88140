"""Where models lie and how: plain arrays and JSON, never pickle, the same bytes for the same model."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from voc_lib.errors import ModelError
from voc_lib.learning.classifier import Options, TextClassifier
from voc_lib.learning.features import Block, Features, Segment
from voc_lib.store import locate, read_bytes, remove_file, write_bytes

__all__ = ["load_model", "model_folder", "save_files", "save_model"]

_Folder = TypeVar("_Folder", str, Path)  # a folder, or an fsspec URL

_FORMAT = 1
_ARRAYS, _MODEL, _CARD = "arrays.npz", "model.json", "card.json"


def model_folder(kind: str, *, profile_name: str, data_root: str | Path) -> Path | str | None:
    """Where the model of that kind lies: under the data folder, else the one that set-up made; None without either.

    Args:
        kind: category, sentiment or intent.
        profile_name: models are kept apart by profile.
        data_root: folder or fsspec URL of the tables.
    """
    own = f"{data_root}".rstrip("/") + f"/models/{profile_name}/{kind}"
    for folder in (own if "://" in own else Path(own), _shipped(kind, profile_name)):
        fs, path = locate(f"{folder}/{_CARD}")
        if fs.isfile(path):
            return folder
    return None


def save_model(
    folder: _Folder,
    classifier: TextClassifier,
    card: dict[str, Any],
    *,
    more: Mapping[str, object] | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> _Folder:
    """Write the model and its card; the card last, since it makes the model complete. Gives the folder or URL.

    Args:
        more: further JSON files, by name.
        pictures: further files as they are, by name.
    """
    blocks = classifier.features.blocks
    arrays = {f"idf_{i}": block.idf for i, block in enumerate(blocks)}
    arrays |= {"weights": classifier.weights, "bias": classifier.bias}
    model = {
        "format": _FORMAT,
        "classes": classifier.classes,
        "temperature": classifier.temperature,
        "options": asdict(classifier.options),
        "blocks": [{"kind": b.kind, "low": b.low, "high": b.high, "vocabulary": b.vocabulary} for b in blocks],
    }
    files = {_ARRAYS: _npz(arrays), _MODEL: _json(model, indent=None)}
    files |= {name: _json(content, indent=None) for name, content in (more or {}).items()}
    save_files(folder, files | dict(pictures or {}), card)
    return folder


def save_files(folder: str | Path, files: Mapping[str, bytes], card: dict[str, Any]) -> None:
    """Write what a model consists of, and last its card, without which there is no model."""
    remove_file(f"{folder}/{_CARD}")
    for name, payload in files.items():
        write_bytes(f"{folder}/{name}", payload)
    write_bytes(f"{folder}/{_CARD}", _json(card, indent=2))


def load_model(folder: str | Path, *, segment: Segment) -> tuple[TextClassifier, dict[str, Any]]:
    """The model and its card.

    Args:
        folder: as `model_folder` gives it, a path or an fsspec URL.
        segment: cuts texts into words as at training, usually `Segmenter.from_profile(profile).words`.
    Raises: ModelError when a file is missing, broken or of another format.
    """
    hint = "train it again with `voc train`"
    try:
        model, features, weights, bias = _parsed(read_bytes(f"{folder}/{_MODEL}"), read_bytes(f"{folder}/{_ARRAYS}"))
        card = json.loads(read_bytes(f"{folder}/{_CARD}"))
        options = Options(**{**model["options"], "char_ngrams": tuple(model["options"]["char_ngrams"])})
    except FileNotFoundError as error:
        raise ModelError("model is incomplete", file=Path(error.filename or "").name, hint=hint) from None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ModelError("model cannot be read", found=type(error).__name__, hint=hint) from error
    classifier = TextClassifier(segment=segment, options=options)
    classifier.classes = tuple(model["classes"])
    classifier.features = features
    classifier.weights, classifier.bias = weights, bias
    classifier.temperature = float(model["temperature"])
    if weights.shape != (len(classifier.classes), classifier.features.n) or bias.shape != weights.shape[:1]:
        raise ModelError("model cannot be read", found="arrays of another shape", hint=hint)
    return classifier, card


@lru_cache(maxsize=2)
def _parsed(told: bytes, payload: bytes) -> tuple[dict[str, Any], Features, np.ndarray, np.ndarray]:
    """What a model's files hold: options and classes, features, weights and bias. Read once for each content."""
    model = json.loads(told)
    if model["format"] != _FORMAT:
        raise ModelError(
            "model has another format",
            file=_MODEL,
            found=model["format"],
            expected=_FORMAT,
            hint="train it again with `voc train`",
        )
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        blocks = [
            Block(b["kind"], b["low"], b["high"], tuple(b["vocabulary"]), arrays[f"idf_{i}"])
            for i, b in enumerate(model["blocks"])
        ]
        weights, bias = arrays["weights"], arrays["bias"]
    for array in (weights, bias):
        array.flags.writeable = False  # all who load it share it
    return model, Features(blocks), weights, bias


def warm(params: str) -> None:
    """Read the category model that ships with a profile ahead, if there is one.

    Args:
        params: the profile folder.
    """
    from voc_lib.params import load_profile

    folder = _shipped("category", load_profile(params).name)
    if (folder / _CARD).is_file():
        load_model(folder, segment=str.split)


def _shipped(kind: str, profile_name: str) -> Path:
    return Path(sys.prefix) / "share" / "voc_lib" / "models" / profile_name / kind


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    """As numpy.savez_compressed, with a fixed time on each entry."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for name in sorted(arrays):
            entry = io.BytesIO()
            np.lib.format.write_array(entry, arrays[name], allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, entry.getvalue())
    return sink.getvalue()


def _json(value: object, *, indent: int | None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=indent) + "\n").encode("utf-8")
