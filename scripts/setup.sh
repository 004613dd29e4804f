#!/bin/sh
# Make a virtual environment and install Pagelight into it: of what it needs, files with the hashes
# that requirements/*.txt list, and nothing else. scripts/hashes.py writes these lists.
#   sh scripts/setup.sh VENV LIST...      LIST is "run", or "run dev"
# uv does it in a quarter of pip's time; pip does it where uv can't be had or fails.
set -eu
venv=$1
shift
lists=$(printf -- '-r requirements/%s.txt ' "$@")

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

is_new_enough() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for python in "${PYTHON:-python3}" python3.11 python3.12 python3.13; do
        if is_new_enough "$python"; then
            return
        fi
    done
    if command -v "${PYTHON:-python3}" >/dev/null 2>&1; then
        have=$("${PYTHON:-python3}" --version 2>&1)
    else
        have="no ${PYTHON:-python3}"
    fi
    fail "Pagelight needs Python 3.11 or newer; this machine has $have." \
        "Install one, or name it: make run PYTHON=/path/to/python3.11"
}

make_venv() {
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    find_python
    if ! "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        fail "$python can't make virtual environments: its venv package is missing." \
            "Debian and Ubuntu: apt install python3-venv"
    fi
    printf 'Making %s with %s\n' "$venv" "$("$python" --version)"
    "$python" -m venv --clear "$venv" || fail "Python could not make $venv; see above."
}

# Without isolation: what builds a package from its source would be fetched without a hash.
install() {
    # shellcheck disable=SC2086
    "$@" --no-deps --no-build-isolation --require-hashes $lists &&
        "$@" --no-deps --no-build-isolation --editable .
}

install_by_hash() {
    "$venv/bin/python" -m pip install --quiet --no-deps --require-hashes -r "requirements/$1.txt"
}

# There is no uv for some machines.
install_with_uv() {
    install_by_hash uv && "$venv/bin/python" -m uv --version >/dev/null 2>&1 || return 1
    # Without bytecode the first start takes twice as long; where Python may not write it, each one.
    install "$venv/bin/python" -m uv pip install --python "$venv/bin/python" --compile-bytecode
}

install_with_pip() {
    printf 'uv can not install here; pip does it, which takes some minutes.\n'
    install "$venv/bin/python" -m pip install ||
        fail "The packages could not be installed; the reason stands above." \
            "Setting up needs the package index and about 8 GB of disk; run the command again."
}

make_venv
install_by_hash setup ||
    fail "What installs the packages could not be fetched; the reason stands above." \
        "Setting up needs the package index; run the command again."
install_with_uv || install_with_pip
