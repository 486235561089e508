#!/bin/sh
# Does Google's own Python client accept the practice Google?
#
#   tests/witness/google-python.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --ready READY` has written. Without it the
# script starts that itself. Needs python3 with venv and the Python package index.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet google-api-python-client google-auth
"$work/venv/bin/python" "$here/google_python.py" "$ready"
