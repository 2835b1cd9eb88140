#!/bin/sh
# Makes or refreshes the environment that the Makefile uses. Every step leaves a stamp, so a second call does nothing.
#   sh scripts/setup.sh        PYTHON=/path/to/python3.12 chooses the interpreter
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
PY="$VENV/bin/python"
STAMPS="$VENV/stamps"

say() { printf '%s\n' "set-up: $*"; }
fail() { printf '%s\n' "set-up: $*" >&2; exit 2; }
# stamped NAME MARK: whether that step was last done for that mark.
stamped() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
stamp() { mkdir -p "$STAMPS"; printf '%s' "$2" > "$STAMPS/$1"; }
# One mark for the content of the files (and folders of files) given.
mark() { find "$@" -type f ! -name '*.pyc' -exec cksum {} + | LC_ALL=C sort | cksum | tr ' ' '-'; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if is_new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and none was found.
  apt:    apt-get install python3 python3-venv     (Debian 12, Ubuntu 24.04 or newer)
  conda:  conda env create -f environment.yml      (see README.md)"
}

make_venv() {
    if is_new_enough "$PY" && [ -f "$STAMPS/place" ] && [ "$(cat "$STAMPS/place")" = "$(pwd -P)" ]; then
        return
    fi
    base=$(find_python)
    say "making $VENV with $("$base" --version)"
    # A copied or moved project carries an environment that points to its old place.
    rm -rf "$VENV"
    "$base" -m venv "$VENV" || fail "the venv module does not work.
  apt:    apt-get install python3-venv"
    stamp place "$(pwd -P)"
}

install_packages() {
    lock=$(mark requirements.lock)
    if ! stamped packages "$lock"; then
        say "installing the packages of requirements.lock (one to three minutes the first time)"
        "$PY" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
        stamp packages "$lock"
    fi
    project=$(mark pyproject.toml)-$lock
    if ! stamped project "$project"; then
        say "installing this project"
        "$PY" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
        # With the interpreter's full path: a kernel named python3 must be this environment's, whatever the PATH says.
        "$PY" -m ipykernel install --sys-prefix --name python3 --display-name "Python 3 (ipykernel)" > /dev/null
        stamp project "$project"
    fi
}

install_libraries() {
    stamped libraries done && return
    missing=$("$PY" -m voc_lib.doctor --missing-apt-packages)
    if [ -n "$missing" ]; then
        apt_install="apt-get install --yes --no-install-recommends $missing"
        if command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
            as_root=""
        elif command -v apt-get > /dev/null && command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
            as_root="sudo -n"
        else
            fail "system libraries or a Chinese font are missing: $missing
  apt:    sudo $apt_install
  conda:  conda install -c conda-forge pango harfbuzz fontconfig font-ttf-noto-cjk
then call make again."
        fi
        say "installing with apt: $missing"
        # shellcheck disable=SC2086  # both are lists of words
        $as_root env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -qq && $apt_install -qq" > /dev/null
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
