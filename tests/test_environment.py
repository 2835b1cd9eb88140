"""What people are told and what is there: dependencies, lock, conda, make targets and verbs agree with each other."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
TARGETS = {"demo", "reports", "test", "test-full", "bench", "lab", "serve", "help", "setup", "lock", "clean"}
READMES = ("README.md", "README.zh-CN.md")
# Declared and used, though no file imports them: by whom they are used instead.
NOT_IMPORTED = {
    "flask": "moto's server",
    "flask-cors": "moto's server",
    "jupyterlab": "make lab",
    "moto": "the tests start its server as a program",
    "mypy": "make test",
    "psycopg": "SQLAlchemy, for postgresql+psycopg:// addresses",
    "pytest-xdist": "pytest -n",
    "ruff": "make test",
    "s3fs": "fsspec, for s3:// addresses",
    "setuptools": "builds this project and what comes as source",
    "types-pyyaml": "mypy",
    "uv": "make lock",
}


def text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def normal(name: str) -> str:
    """A distribution's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, list[str]]:
    """Name of each package of the lock, to its blocks: "name==version ; marker" with its hashes."""
    blocks: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", text("requirements.lock").strip()):
        name = re.match(r"[A-Za-z0-9._-]+", block)
        assert name, block[:80]
        blocks.setdefault(normal(name[0]), []).append(block)
    return blocks


def declared() -> dict[str, str]:
    """Name of each package of pyproject.toml, development included, to its requirement."""
    project = tomllib.loads(text("pyproject.toml"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return {normal(re.split(r"[\s<>=!~;\[]", requirement)[0]): requirement for requirement in requirements}


def targets() -> dict[str, str]:
    """Make target to its sentence."""
    return dict(re.findall(r"^([a-z-]+):[^#\n]*## (.+)$", text("Makefile"), re.MULTILINE))


def verbs() -> dict[str, str]:
    """Verb of `voc` to the first sentence of its help."""
    from voc_lib.cli import main

    return {name: (command.help or "").strip() for name, command in main.commands.items()}


def test_every_package_of_the_lock_is_pinned_and_hashed() -> None:
    packages = locked()
    assert len(packages) > 100
    for blocks in packages.values():
        for block in blocks:
            head, *hashes = block.replace("\\\n", "\n").splitlines()
            assert re.match(r"[A-Za-z0-9._-]+==[^\s;]+(\s*;.*)?\s*$", head), head
            assert hashes, head
            assert all(re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}\s*", line) for line in hashes), head


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "pyproject.toml", "Makefile"])
def test_no_host_is_named(name: str) -> None:
    lines = [line for line in text(name).splitlines() if "127.0.0.1" not in line]
    assert "://" not in "\n".join(lines)
    options = r"--(extra-)?index-url|--find-links|--trusted-host"
    assert not re.search(options, "\n".join(lines).replace("--no-emit-index-url", ""))


def test_the_lock_holds_what_pyproject_declares() -> None:
    from packaging.requirements import Requirement

    packages = locked()
    for name, text_of in declared().items():
        assert name in packages, f"{name} is declared and not locked: make lock"
        for block in packages[name]:
            version = re.search(r"==([^\s;\\]+)", block)
            assert version
            assert Requirement(text_of).specifier.contains(version[1], prereleases=True), text_of


def test_the_environment_has_the_versions_of_the_lock() -> None:
    import importlib.metadata

    for name in declared():
        versions = {m for block in locked()[name] for m in re.findall(r"^\S+==([^\s;\\]+)", block)}
        assert importlib.metadata.version(name) in versions, f"{name}: make setup"


def test_every_package_that_is_declared_is_used() -> None:
    import importlib.metadata

    modules: set[str] = set()
    for folder in ("voc_lib", "tests", "benchmarks", "scripts"):
        for file in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                modules |= {name.split(".")[0] for name in imported_by(node)}
    owners = importlib.metadata.packages_distributions()
    imported = {normal(owner) for module in modules for owner in owners.get(module, ())}
    assert len(imported) > 20
    unused = sorted(set(declared()) - imported - set(NOT_IMPORTED))
    assert not unused, f"{', '.join(unused)}: declared, yet neither imported nor told in NOT_IMPORTED"
    assert set(NOT_IMPORTED) <= set(declared())


def imported_by(node: ast.AST) -> list[str]:
    """Names of the modules that a statement imports, by name or by a call of import_module or importorskip."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module] if node.module and not node.level else []
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "importorskip")):
        return [a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return []


def test_conda_leaves_every_python_package_to_the_lock() -> None:
    environment = yaml.safe_load(text("environment.yml"))
    conda = environment["dependencies"]
    # A pip section here would build what comes as source with a setuptools that nobody pinned; set-up does not.
    assert all(isinstance(entry, str) for entry in conda)
    assert environment["channels"][0] == "conda-forge"
    assert f"$(filter {environment['name']}," in text("Makefile")
    python = next(entry for entry in conda if entry.startswith("python="))
    lowest = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"].removeprefix(">=")
    assert tuple(map(int, python.removeprefix("python=").split("."))) >= tuple(map(int, lowest.split(".")))
    # No Python package comes from conda: that would be a second place where versions are decided.
    assert not {re.split("[=<>]", entry)[0] for entry in conda} & {*locked()} - {"pip", "python"}


def test_conda_brings_the_font_that_apt_would() -> None:
    from voc_lib import doctor

    environment = text("environment.yml")
    setup = text("scripts/setup.sh")
    for package in doctor._FONT_OF_CONDA.split():
        assert f"- {package}" in environment
        assert package in setup


@pytest.mark.parametrize("place", ["environment.yml", *READMES])
def test_conda_users_are_told_what_follows(place: str) -> None:
    for command in ("conda env create -f environment.yml", "conda activate voc-report"):
        assert command in text(place)
    assert "make demo" in text(place).split("conda activate voc-report")[1]


def test_make_demo_runs_every_branch_and_month_that_the_demo_has() -> None:
    # Not as a make below that which runs the tests: its options are no matter of this one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    call = ["make", "-n", "demo"]
    done = subprocess.run(call, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    commands = done.stdout.splitlines()
    assert re.search(r" demo data/raw --branches 3$", commands[-2])
    assert re.search(r" run +--jobs 2$", commands[-1]), "nothing narrows it"


def test_every_target_has_a_sentence_and_make_help_shows_it() -> None:
    found = targets()
    assert set(found) == TARGETS
    phony = re.search(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS
    shown = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target, sentence in found.items():
        assert re.search(rf"^  make {target}\s+{re.escape(sentence)}$", shown, re.MULTILINE), target
        assert sentence.endswith("."), target


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_tells_every_target_and_no_other(readme: str) -> None:
    told = set(re.findall(r"`make ([a-z-]+)", text(readme)))
    assert told == TARGETS


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_tells_every_verb_and_no_other(readme: str) -> None:
    told = set(re.findall(r"`voc ([a-z]+)", text(readme)))
    assert told == set(verbs())
    assert len(told) >= 7


def test_the_readme_tells_a_target_in_its_own_sentence() -> None:
    rows = dict(re.findall(r"^\| `make ([a-z-]+)` \| (.+?) \|$", text("README.md"), re.MULTILINE))
    assert rows == targets()


def test_every_verb_has_a_sentence() -> None:
    for verb, sentence in verbs().items():
        assert re.match(r"[A-Z].*\.", sentence), verb


@pytest.mark.parametrize("readme", READMES)
def test_links_and_pictures_of_the_readme_are_there(readme: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+?)\)|src=\"([^\"]+)\"", text(readme)) for link in link if link]
    assert links
    missing = [link for link in links if "://" not in link and not (PROJECT / link).exists()]
    assert not missing


@pytest.mark.parametrize("readme", READMES)
def test_every_document_can_be_reached(readme: str) -> None:
    documents = sorted((PROJECT / "docs").glob("*.md"))
    assert len(documents) >= 9
    assert [path.name for path in documents if f"](docs/{path.name})" not in text(readme)] == []


def test_the_chapter_on_tables_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(PROJECT / "scripts" / "document_tables.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "| customer_key |" in text("docs/architecture.md")


def test_the_architecture_names_every_room() -> None:
    from tests.test_floors import FLOOR_OF

    told = text("docs/architecture.md")
    assert not [room for room in FLOOR_OF if f"`{room}" not in told]


def test_data_files_of_the_package_are_packed() -> None:
    patterns = tomllib.loads(text("pyproject.toml"))["tool"]["setuptools"]["package-data"]["voc_lib"]
    package = PROJECT / "voc_lib"
    packed = {path for pattern in patterns for path in package.glob(pattern)}
    data = {p for p in package.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
    assert data
    assert not sorted(str(path.relative_to(package)) for path in data - packed)


@pytest.mark.parametrize("script", ["scripts/setup.sh", "scripts/clean.sh", ".ci/run"])
def test_scripts_are_plain_shell(script: str) -> None:
    subprocess.run(["sh", "-n", str(PROJECT / script)], check=True)
    assert text(script).startswith("#!/bin/sh\n")
    assert "set -eu" in text(script)


def test_the_version_is_one() -> None:
    import voc_lib

    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == voc_lib.__version__
