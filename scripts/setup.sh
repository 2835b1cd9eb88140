#!/bin/sh
# Makes or refreshes the environment that the Makefile uses. Every step leaves a stamp, so a second call does nothing.
#   sh scripts/setup.sh        PYTHON=/path/to/python3.12 chooses the interpreter that .venv is made with
#   VOC_ENVIRONMENT=DIR        another environment than .venv; a conda environment is filled and never made or removed
set -eu
cd "$(dirname "$0")/.."

VENV=${VOC_ENVIRONMENT:-.venv}
PY="$VENV/bin/python"
STAMPS="$VENV/stamps"
ASIDE="$VENV.aside"

say() { printf '%s\n' "set-up: $*"; }
fail() { printf '%s\n' "set-up: $*" >&2; exit 2; }
# stamped NAME MARK: whether that step was last done for that mark.
stamped() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
stamp() { mkdir -p "$STAMPS"; printf '%s' "$2" > "$STAMPS/$1"; }
# One mark for the content of the files (and folders of files) given.
mark() { find "$@" -type f ! -name '*.pyc' -exec cksum {} + | LC_ALL=C sort | cksum | tr ' ' '-'; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
# The installation behind an interpreter: the same for a virtual environment and for what it was made with.
origin() { "$1" -c 'import sys; print(sys.base_prefix, *sys.version_info[:3])'; }
# Whether a program lies in the environment itself, which is about to make way for a new one.
is_ours() {
    [ -d "$VENV/bin" ] && [ "$(cd "$(dirname "$(command -v "$1")")" && pwd -P)" = "$(cd "$VENV/bin" && pwd -P)" ]
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if is_new_enough "$candidate" && ! is_ours "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and none was found.
  apt:    apt-get install python3 python3-venv     (Debian 12, Ubuntu 24.04 or newer)
  conda:  conda env create -f environment.yml      (see README.md)"
}

is_as_chosen() { [ -z "${PYTHON:-}" ] || [ "$(origin "$PYTHON")" = "$(origin "$PY")" ]; }

make_venv() {
    if [ -d "$VENV/conda-meta" ]; then
        is_new_enough "$PY" || fail "the conda environment has no Python 3.11 or newer.
  conda:  conda env update -f environment.yml"
        return
    fi
    if [ -n "${PYTHON:-}" ] && ! is_new_enough "$PYTHON"; then
        fail "PYTHON=$PYTHON is no Python 3.11 or newer; name another, or none."
    fi
    # A copied or moved project carries an environment that points to its old place.
    if is_new_enough "$PY" && stamped place "$(pwd -P)" && is_as_chosen; then
        return
    fi
    if [ -e "$VENV" ] && [ ! -e "$VENV/pyvenv.cfg" ]; then
        fail "$VENV is no environment that set-up made, and is left alone. Move it away, then call make again."
    fi
    base=$(find_python)
    say "making $VENV with $("$base" --version)"
    # The old one goes only when the new one is there: without it one might be left with none.
    rm -rf "$ASIDE"
    [ ! -e "$VENV" ] || mv "$VENV" "$ASIDE"
    if ! "$base" -m venv "$VENV"; then
        rm -rf "$VENV"
        [ ! -e "$ASIDE" ] || mv "$ASIDE" "$VENV"
        fail "the venv module does not work.
  apt:    apt-get install python3-venv"
    fi
    rm -rf "$ASIDE"
    stamp place "$(pwd -P)"
}

pip_install() { "$PY" -m pip install --quiet --disable-pip-version-check "$@"; }

install_packages() {
    lock=$(mark requirements.lock)
    if ! stamped packages "$lock"; then
        say "installing the packages of requirements.lock (one to three minutes the first time)"
        mkdir -p "$STAMPS"
        # Some packages come as source only. Isolated builds would fetch a setuptools that nobody pinned; so that of the
        # lock comes first, and builds them.
        awk '/^[^ ]/ { wanted = /^setuptools==/ } wanted' requirements.lock > "$STAMPS/build.lock"
        pip_install --require-hashes -r "$STAMPS/build.lock"
        pip_install --require-hashes --no-build-isolation -r requirements.lock
        stamp packages "$lock"
    fi
    project=$(mark pyproject.toml)-$lock
    if ! stamped project "$project"; then
        say "installing this project"
        pip_install --no-deps --no-build-isolation -e .
        # With the interpreter's full path: a kernel named python3 must be this environment's, whatever the PATH says.
        "$PY" -m ipykernel install --sys-prefix --name python3 --display-name "Python 3 (ipykernel)" > /dev/null
        stamp project "$project"
    fi
    spec=$(mark voc_lib/workflow/forkserver/kernelspec.py)
    if ! stamped kernelspec "$spec"; then
        "$PY" -m voc_lib.workflow.forkserver.kernelspec
        stamp kernelspec "$spec"
    fi
}

install_libraries() {
    stamped libraries done && return
    missing=$("$PY" -m voc_lib.doctor --missing-apt-packages)
    if [ -n "$missing" ]; then
        apt_install="apt-get install --yes --no-install-recommends $missing"
        by_hand="
  apt:    sudo $apt_install
  conda:  conda install -c conda-forge fontconfig font-ttf-noto-cjk
then call make again."
        if command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
            as_root=""
        elif command -v apt-get > /dev/null && command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
            as_root="sudo -n"
        else
            fail "a Chinese font is missing: $missing$by_hand"
        fi
        say "installing with apt: $missing"
        # A source that does not answer is no reason to stop: the lists may be there already, or the others hold it.
        # shellcheck disable=SC2086  # both are lists of words
        $as_root env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -qq; $apt_install -qq" \
            > "$STAMPS/apt.log" 2>&1 ||
            fail "apt could not install $missing
$(grep '^E:' "$STAMPS/apt.log" | tail -n 3 | sed 's/^/  apt said: /')
With the network there, or another way:$by_hand"
        missing=$("$PY" -m voc_lib.doctor --missing-apt-packages)
        [ -z "$missing" ] || fail "still missing after installation: $missing (\`voc doctor\` tells more)"
    fi
    stamp libraries done
}

train_models() {
    models=$(mark params voc_lib/text voc_lib/learning voc_lib/categorise voc_lib/sentiment requirements.lock)
    stamped models "$models" && return
    for kind in category sentiment; do
        say "building the $kind model that ships"
        "$PY" -m voc_lib train "$kind" --shipped
    done
    stamp models "$models"
}

make_venv
install_packages
install_libraries
train_models
