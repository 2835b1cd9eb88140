"""Whether everything that a run needs is there, and how to mend what is not: `voc doctor`."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import StorageError, TableError, VocError
from voc_lib.fonts import CHINESE_FAMILIES, known_families
from voc_lib.store import require_writable

if TYPE_CHECKING:
    from voc_lib.categorise.rule_check import Finding

__all__ = ["Check", "Diagnosis", "diagnose", "missing_apt_packages", "rule_findings"]

_FONT_OF_APT, _FONT_OF_CONDA = "fonts-noto-cjk", "fontconfig font-ttf-noto-cjk"
_SHIPPED_MODELS = ("category", "sentiment")
_ENOUGH_TEXTS = 20_000  # the latest so many say whether a rule ever fires


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Args:
        name: what.
        ok: whether it is as it should be.
        found: what was found, in a few words.
        mend: the command or the step that mends it; empty where all is well.
        is_there: where it is not as it should be: whether it is there all the same, and wrong.
    """

    name: str
    ok: bool
    found: str
    mend: str = ""
    is_there: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """All checks, in order; prints as one line each, and a line on how to mend below those that failed."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    def __str__(self) -> str:
        lines = []
        for check in self.checks:
            state = "ok" if check.ok else "WRONG" if check.is_there else "MISSING"
            lines.append(f"{state:<7}  {check.name:<12}  {check.found}")
            if not check.ok:
                lines += [f"         → {line.strip().removeprefix('→ ')}" for line in check.mend.splitlines()]
        n = sum(not check.ok for check in self.checks)
        lines.append("everything is there" if n == 0 else f"{n} of {len(self.checks)} checks failed")
        return "\n".join(lines)


def diagnose(
    *, params: str | Path | None = None, data: str | Path | None = None, output: str | Path | None = None
) -> Diagnosis:
    """Look at everything a run needs. Changes nothing.

    Args:
        params, data, output: the folders of the call; those of the project around the working folder by default.
    Returns: Python, packages, kernel, Chinese font, profile, models, rules, folders, audit trail, in this order.
    """
    params, data, output = Path(params or "params"), _absolute(data or "data"), _absolute(output or "output")
    looks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("Python", _python),
        ("packages", _packages),
        ("kernel", _kernel),
        ("Chinese font", _font),
        ("profile", lambda: _profile(params)),
        ("models", lambda: _models(params, data)),
        ("rules", lambda: _rules(params, data)),
        ("data folder", lambda: _writable("data folder", data)),
        ("output", lambda: _writable("output", output)),
        ("audit trail", lambda: _audit(data)),
    )
    return Diagnosis(tuple(_guarded(name, look) for name, look in looks))


def missing_apt_packages() -> list[str]:
    """Debian packages that hold what is needed besides the lock and is not here: a Chinese font, or nothing."""
    return [] if _font().ok else [_FONT_OF_APT]


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except Exception as error:  # a doctor must not die of what ails the patient
        return Check(name, False, f"{type(error).__name__}: {str(error)[:120]}", "make setup")


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= (3, 11), found, "install Python 3.11 or newer, then: make setup")


def _packages() -> Check:
    needed = sorted(_names(importlib.metadata.requires("voc-report") or []))
    missing = [name for name in needed if not _is_installed(name)]
    found = f"{len(needed) - len(missing)} of {len(needed)}" + (f"; not {', '.join(missing)}" if missing else "")
    return Check("packages", not missing, found, "pip install --require-hashes -r requirements.lock   (make setup)")


def _names(requirements: list[str]) -> set[str]:
    """Names of the distributions that are always needed; those of an extra are left out."""
    return {re.split(r"[\s<>=!~;\[(]", text, maxsplit=1)[0] for text in requirements if "extra ==" not in text}


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    mend = f"{sys.executable} -m ipykernel install --sys-prefix --name python3"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Check("kernel", False, "no kernel named python3", mend)
    # jupyter_client puts its own interpreter where a specification merely says "python".
    program = spec.argv[0]
    is_ours = program in ("python", "python3") or Path(program).absolute() == Path(sys.executable).absolute()
    return Check("kernel", is_ours, "python3, of this environment" if is_ours else "python3, of another one", mend)


def _font() -> Check:
    known = known_families()
    usable = [family for family in CHINESE_FAMILIES if family in known]
    if usable:
        return Check("Chinese font", True, usable[0])
    mend = f"apt:    sudo apt-get install {_FONT_OF_APT}\nconda:  conda install -c conda-forge {_FONT_OF_CONDA}"
    return Check("Chinese font", False, "none that reports use: boxes in place of characters", mend)


def _profile(params: Path) -> Check:
    from voc_lib.params import load_profile

    try:
        profile = load_profile(params)
    except VocError as error:
        return Check("profile", False, error.message, str(error), is_there=params.is_dir())
    n = len(profile.branches.codes)
    return Check("profile", True, f"{profile.name}: {n} branches, {len(profile.taxonomy.codes)} categories")


def _models(params: Path, data: str) -> Check:
    from voc_lib.learning import model_folder
    from voc_lib.params import load_profile

    try:
        profile = load_profile(params)
    except VocError:
        return Check("models", False, "not looked for, since the profile is wrong", "mend the profile first")
    lacking = [k for k in _SHIPPED_MODELS if model_folder(k, profile_name=profile.name, data_root=data) is None]
    if lacking:
        mend = "\n".join(f"voc train {kind} --shipped" for kind in lacking)
        return Check("models", False, f"none for {', '.join(lacking)}", mend)
    return Check("models", True, ", ".join(_SHIPPED_MODELS))


def rule_findings(params: str | Path, data: str | Path) -> list[Finding]:
    """The taxonomy's rules that do no good, by the texts and the experts' labels of the data folder.

    Raises: ProfileError, SourceError.
    """
    from voc_lib.categorise import check_rules, read_expert_labels
    from voc_lib.params import load_profile
    from voc_lib.store import Store
    from voc_lib.text import normalise

    profile = load_profile(params)
    store, texts = Store(str(data), profile.tz), set[str]()
    for branch, month in reversed(store.partitions("landed")):
        texts.update(normalise(text) for text in store.read("landed", branch, month)["text"].dropna())
        if len(texts) >= _ENOUGH_TEXTS:
            break
    experts = {} if "://" in str(data) else read_expert_labels(data, taxonomy=profile.taxonomy)
    return check_rules(profile.taxonomy, texts=sorted(texts - {""}), experts=experts)


def _rules(params: Path, data: str) -> Check:
    """Told, but never a fault of the machine: rules that do no good still do no harm to a run."""
    try:
        findings = rule_findings(params, data)
    except VocError as error:
        return Check("rules", False, error.message, str(error), is_there=True)
    counts = {
        kind: sum(finding.kind == kind for finding in findings) for kind in ("contradiction", "overruled", "never")
    }
    if not findings:
        return Check("rules", True, "no contradictions")
    found = f"{counts['contradiction']} contradict, {counts['overruled']} overruled, {counts['never']} never fired"
    return Check("rules", True, f"{found}; voc doctor --rules lists them")


def _absolute(place: str | Path) -> str:
    return str(place) if "://" in str(place) else str(Path(place).absolute())


def _writable(name: str, folder: str) -> Check:
    """Whether the folder, or the nearest one above that exists, lets us write."""
    try:
        require_writable(folder)
    except StorageError as error:
        return Check(name, False, "not writable", str(error), is_there=True)
    return Check(name, True, "an object store, not tried" if "://" in folder else "writable")


def _audit(data: str) -> Check:
    """Whether the audit trail has only grown."""
    from voc_lib.privacy import verify_trail

    if "://" in data:
        return Check("audit trail", True, "none: the data are no folder")
    try:
        n_lines = verify_trail(data)
    except TableError as error:
        return Check("audit trail", False, error.message, str(error), is_there=True)
    return Check("audit trail", True, f"whole, {n_lines} lines")


if __name__ == "__main__":
    if sys.argv[1:] != ["--missing-apt-packages"]:
        sys.exit("python -m voc_lib.doctor --missing-apt-packages   (people: voc doctor)")
    print(" ".join(missing_apt_packages()))
