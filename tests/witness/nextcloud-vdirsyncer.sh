#!/bin/sh
# Do vdirsyncer and python's caldav accept the practice Nextcloud's calendars and address books?
#
#   tests/witness/nextcloud-vdirsyncer.sh [READY]
#
# READY: the file that a running `transhumance practice --serve --faults off --ready READY` has written. Without it the
# script starts that itself. Needs python3 with venv and the Python package index.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/google-server.sh"

# VENV: one that has both already.
VENV=${VENV:-$work/venv}
if [ ! -x "$VENV/bin/vdirsyncer" ]; then
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet vdirsyncer==0.21.0 caldav==3.6.0
fi
vdirsyncer() { "$VENV/bin/vdirsyncer" --config "$work/config" --verbosity WARNING "$@"; }
# Everything that is found, made where it is missing.
discover() { yes | vdirsyncer discover "$@" >>"$work/log" 2>&1 || failed=1; }
sync() { vdirsyncer sync "$@" >>"$work/log" 2>&1 || failed=1; }

python3 - "$ready" "$work" >"$work/config" <<'PYTHON'
import json, sys

logins, work = json.load(open(sys.argv[1])), sys.argv[2]
print(f'[general]\nstatus_path = "{work}/status"')
for name in ("old_nextcloud", "nextcloud"):
    login = logins[name]
    for kind, ending in (("caldav", ".ics"), ("carddav", ".vcf")):
        print(f'''
[storage {name}_{kind}]
type = "{kind}"
url = "{login["url"]}/remote.php/dav/"
username = "{login["user"]}"
password = "{login["password"]}"

[storage {name}_{kind}_files]
type = "filesystem"
path = "{work}/{name}/{kind}"
fileext = "{ending}"

[pair pair_{name}_{kind}]
a = "{name}_{kind}_files"
b = "{name}_{kind}"
collections = ["from a", "from b"]
conflict_resolution = "b wins"
metadata = ["displayname", "color"]''')
PYTHON
# `color` is for calendars alone.
sed -i '/^type = "carddav"/,/^metadata/ s/^metadata = .*/metadata = ["displayname"]/' "$work/config"

failed=0
expect() {
    if [ "$2" = "$3" ]; then echo "ok    $1: $3"; else
        echo "WRONG $1: expected $2, found $3"
        failed=1
    fi
}
count() { find "$1" -type f -name "*$2" 2>/dev/null | wc -l | tr -d ' '; }
outbox() {
    python3 - "$ready" <<'PYTHON'
import json, sys, urllib.request

url = json.load(open(sys.argv[1]))["nextcloud"]["url"]
print(len(json.load(urllib.request.urlopen(url + "/practice/outbox"))))
PYTHON
}

# The account to move away from: everything comes down, twice the same.
discover pair_old_nextcloud_caldav pair_old_nextcloud_carddav
sync pair_old_nextcloud_caldav pair_old_nextcloud_carddav
vdirsyncer metasync pair_old_nextcloud_caldav >>"$work/log" 2>&1 || failed=1
expect "the distribution's calendar has a name" "AMAP – distributions 🥕" \
    "$(cat "$work/old_nextcloud/caldav/amap-distributions/displayname")"
expect "and a colour" "#3b7a57" "$(cat "$work/old_nextcloud/caldav/amap-distributions/color")"
events=$(count "$work/old_nextcloud/caldav" .ics)
cards=$(count "$work/old_nextcloud/carddav" .vcf)
[ "$events" -gt 50 ] || { echo "WRONG only $events events came"; failed=1; }
[ "$cards" -gt 20 ] || { echo "WRONG only $cards cards came"; failed=1; }
echo "      $events events and tasks, $cards cards came down"
expect "nothing of the trash came" 0 \
    "$(find "$work/old_nextcloud/caldav" -type d -name ancien | wc -l | tr -d ' ')"
sync pair_old_nextcloud_caldav pair_old_nextcloud_carddav
expect "a second time brings nothing" "$events $cards" \
    "$(count "$work/old_nextcloud/caldav" .ics) $(count "$work/old_nextcloud/carddav" .vcf)"

# Into the new one: what it made of them must come back as it was.
mkdir -p "$work/nextcloud/caldav/amap" "$work/nextcloud/carddav/adherents"
cp "$work/old_nextcloud/caldav/amap-distributions/"*.ics "$work/nextcloud/caldav/amap/"
cp "$work/old_nextcloud/carddav/adherents/"*.vcf "$work/nextcloud/carddav/adherents/"
discover pair_nextcloud_caldav pair_nextcloud_carddav
sync pair_nextcloud_caldav pair_nextcloud_carddav
sent=$(count "$work/nextcloud/caldav/amap" .ics)
rm -rf "$work/nextcloud" "$work/status"
discover pair_nextcloud_caldav pair_nextcloud_carddav
sync pair_nextcloud_caldav pair_nextcloud_carddav
expect "all events arrived" "$sent" "$(count "$work/nextcloud/caldav/amap" .ics)"
expect "all cards arrived" "$(count "$work/old_nextcloud/carddav/adherents" .vcf)" \
    "$(count "$work/nextcloud/carddav/adherents" .vcf)"
expect "a client that does not ask for quiet mails guests" yes \
    "$([ "$(outbox)" -gt 0 ] && echo yes || echo no)"

"$VENV/bin/python" "$here/nextcloud_caldav.py" "$ready" || failed=1

if [ "$failed" -ne 0 ]; then
    echo "vdirsyncer's own words:" >&2
    tail -n 40 "$work/log" >&2
fi
exit "$failed"
