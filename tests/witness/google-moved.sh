#!/bin/sh
# Does a Google account that moved into a Nextcloud look the same to other programs?
#
#   tests/witness/google-moved.sh
#
# Starts practice servers, moves the calendars and tasks of the practice Google into the practice Nextcloud, and
# opens both with Google's own Python client, python-caldav and recurring-ical-events. Needs python3 with venv
# and the Python package index.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

if [ -z "${PYTHON:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet google-api-python-client google-auth requests caldav icalendar \
        recurring-ical-events
    PYTHON=$work/venv/bin/python
fi
"$PYTHON" - "$ready" "$work" <<'PYTHON'
import json, sys
logins = json.load(open(sys.argv[1]))
google, nextcloud = logins["google"], logins["nextcloud"]
with open(sys.argv[2] + "/moved.toml", "w") as file:
    file.write(
        f"""name = "moved"
[source]
kind = "google"
client_id = "{google['client_id']}"
endpoint = "{google['endpoint']}"
[target]
url = "{nextcloud['url']}"
user = "{nextcloud['user']}"
[scope]
files = false
contacts = false
"""
    )
with open(sys.argv[2] + "/secrets", "w") as file:
    file.write(
        f"""TRANSHUMANCE_SOURCE_REFRESH_TOKEN='{google['refresh_token']}'
TRANSHUMANCE_SOURCE_CLIENT_SECRET='{google['client_secret']}'
TRANSHUMANCE_TARGET_PASSWORD='{nextcloud['password']}'
export TRANSHUMANCE_SOURCE_REFRESH_TOKEN TRANSHUMANCE_SOURCE_CLIENT_SECRET TRANSHUMANCE_TARGET_PASSWORD
"""
    )
PYTHON
. "$work/secrets"
"${TRANSHUMANCE:-target/release/transhumance}" move "$work/moved.toml" --data-dir "$work/move"
"$PYTHON" "$here/google_moved.py" "$ready"
