#!/bin/sh
# Do Google's own Python client, python-caldav and vdirsyncer accept the practice Google?
#
#   tests/witness/google-python.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --ready READY` has written. Without it the
# script starts that itself. Needs python3 with venv and the Python package index.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

if [ -z "${PYTHON:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet google-api-python-client google-auth requests caldav vdirsyncer \
        icalendar recurring-ical-events
    PYTHON=$work/venv/bin/python
fi
"$PYTHON" "$here/google_python.py" "$ready"
"$PYTHON" "$here/google_pim.py" "$ready"
