#!/bin/sh
# Print the path of a Python that is new enough, or say in words how to get one.
# PYTHON=/path/to/python3 in the environment overrides the choice.

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

for name in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python3.14 python; do
    found=$(command -v "$name") || continue
    if is_new_enough "$found"; then
        echo "$found"
        exit 0
    fi
    too_old="$found"
done

if command -v uv >/dev/null 2>&1 && found=$(uv python find '>=3.11' 2>/dev/null); then
    echo "$found"
    exit 0
fi

{
    if [ -n "$too_old" ]; then
        echo "Doorstep needs Python 3.11 or newer; $too_old is older ($("$too_old" --version 2>&1))."
    else
        echo "Doorstep needs Python 3.11 or newer, and there is no Python on the PATH."
    fi
    echo "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv"
    echo "  Fedora:          sudo dnf install python3"
    echo "  macOS:           brew install python@3.12"
    echo "  anywhere:        uv python install 3.12"
    echo "Then run the same command again, or name one: make run PYTHON=/path/to/python3"
} >&2
exit 1
