#!/bin/sh
# Does Microsoft's own Graph SDK for Python accept the practice Microsoft?
#
#   tests/witness/microsoft-python.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --faults off --ready READY` has written. Without it the
# script starts that itself. Needs python3 with venv and the Python package index, unless PYTHON names one
# that has msgraph-sdk.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

if [ -z "${PYTHON:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet msgraph-sdk
    PYTHON=$work/venv/bin/python
fi
"$PYTHON" "$here/microsoft_python.py" "$ready"
