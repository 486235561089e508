#!/bin/sh
# Does Dropbox's own SDK for Python accept the practice Dropbox?
#
#   tests/witness/dropbox-python.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --faults off --ready READY` has written.
# Without it the script starts that itself. Needs python3 with venv and the Python package index, unless
# PYTHON names one that has dropbox, and MITMDUMP a mitmdump. The SDK speaks TLS only, so mitmproxy ends it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

if [ -z "${PYTHON:-}" ] || [ -z "${MITMDUMP:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet dropbox mitmproxy
    PYTHON=$work/venv/bin/python
    MITMDUMP=$work/venv/bin/mitmdump
fi
PRACTICE_PORT=$(python3 -c 'import json, sys
from urllib.parse import urlsplit
print(urlsplit(json.load(open(sys.argv[1]))["dropbox"]["endpoint"]).port)' "$ready")
PRACTICE_HOSTS="api.dropboxapi.com content.dropboxapi.com notify.dropboxapi.com www.dropbox.com"
. "$here/mitm.sh"
"$PYTHON" "$here/dropbox_python.py" "$ready" "$proxy" "$authority"
