#!/usr/bin/env python3
"""Transhumance against vdirsyncer: the same events and contacts into the same Nextcloud, one after the other.

Prints seconds, peak memory, requests in flight and the ratio (vdirsyncer's seconds divided by ours: 4 means
four times as fast).

    cargo build --release
    TRANSHUMANCE_TEST_NEXTCLOUD_PASSWORD=app-password \\
        tests/bench/pim.py --url https://cloud.example --user test

Everything goes into calendars and address books of its own, which are removed afterwards. vdirsyncer is taken
from --vdirsyncer or the PATH (PyPI has it). Needs nothing else but Python 3.9 on Linux.
"""

import argparse
import base64
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--contacts", type=int, default=5_000)
    parser.add_argument("--vdirsyncer", default="vdirsyncer")
    parser.add_argument("--binary", default=str(ROOT / "target/release/transhumance"))
    parser.add_argument("--only", choices=["transhumance", "vdirsyncer"])
    parser.add_argument("--memory", type=int, default=150, help="MB that Transhumance may take")
    return parser.parse_args()


class Server:
    def __init__(self, url, user, password):
        self.url, self.user, self.password = url.rstrip("/"), user, password

    def home(self, kind):
        inner = {"calendars": "calendars", "addressbooks": "addressbooks/users"}[kind]
        return f"/remote.php/dav/{inner}/{quote(self.user)}/"

    def request(self, method, path, body=None, headers=None):
        data = body.encode() if body else None
        request = urllib.request.Request(self.url + path, method=method, data=data)
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        request.add_header("OCS-APIRequest", "true")
        request.add_header("Content-Type", "application/xml; charset=utf-8")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.read()

    def make(self, kind, uri, name):
        if kind == "calendars":
            body = ('<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>'
                    f'<d:displayname>{name}</d:displayname></d:prop></d:set></c:mkcalendar>')
            self.request("MKCALENDAR", self.home(kind) + uri, body)
        else:
            body = ('<d:mkcol xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><d:set><d:prop>'
                    '<d:resourcetype><d:collection/><c:addressbook/></d:resourcetype>'
                    f'<d:displayname>{name}</d:displayname></d:prop></d:set></d:mkcol>')
            self.request("MKCOL", self.home(kind) + uri, body)

    def named(self, kind, name):
        """Paths of the collections of this display name."""
        body = '<d:propfind xmlns:d="DAV:"><d:prop><d:displayname/></d:prop></d:propfind>'
        tree = ET.fromstring(self.request("PROPFIND", self.home(kind), body, {"Depth": "1"}))
        found = []
        for response in tree.iter("{DAV:}response"):
            shown = response.find(".//{DAV:}displayname")
            if shown is not None and shown.text == name:
                found.append(unquote(response.find("{DAV:}href").text))
        return found

    def count(self, path):
        body = '<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/></d:prop></d:propfind>'
        tree = ET.fromstring(self.request("PROPFIND", quote(path), body, {"Depth": "1"}))
        return len(tree.findall("{DAV:}response")) - 1

    def remove(self, name):
        for kind in ("calendars", "addressbooks"):
            for path in self.named(kind, name):
                try:
                    self.request("DELETE", quote(path), headers={"X-NC-CalDAV-No-Trashbin": "1"})
                except urllib.error.HTTPError as error:
                    if error.code != 404:
                        raise


def png(random_bytes, side):
    """A picture that no compression makes smaller."""
    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
    rows = b"".join(b"\0" + random_bytes(side * 3) for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def folded(line):
    data = line.encode()
    parts = [data[:74]] + [b" " + data[i:i + 73] for i in range(74, len(data), 73)]
    return b"\r\n".join(parts)


def write_source(folder, events, contacts, seed=7):
    """A vdir (one object a file), which both read."""
    rng = random.Random(seed)
    calendar, book = folder / "events", folder / "contacts"
    calendar.mkdir(parents=True)
    book.mkdir()
    for n in range(events):
        uid = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        day = f"{2020 + n % 10}{1 + n % 12:02}{1 + n % 28:02}"
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Transhumance//Bench//EN", "BEGIN:VEVENT", f"UID:{uid}",
                 "DTSTAMP:20260101T000000Z", f"DTSTART:{day}T{n % 24:02}0000Z", "DURATION:PT1H",
                 f"SUMMARY:Distribution n° {n}", "LOCATION:Salle des fêtes",
                 "DESCRIPTION:" + "Les paniers arrivent chaque jeudi. " * (1 + n % 12)]
        if n % 5 == 0:
            lines.append("RRULE:FREQ=WEEKLY;COUNT=10")
        lines += ["END:VEVENT", "END:VCALENDAR"]
        (calendar / f"{uid}.ics").write_bytes(b"\r\n".join(folded(line) for line in lines) + b"\r\n")
    photos = [base64.b64encode(png(rng.randbytes, 110)).decode() for _ in range(20)]
    for n in range(contacts):
        uid = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        lines = ["BEGIN:VCARD", "VERSION:3.0", "PRODID:-//Transhumance//Bench//EN", f"UID:{uid}", f"FN:Personne {n}",
                 f"N:{n};Personne;;;", f"EMAIL;TYPE=HOME:p{n}@example.org",
                 "PHOTO;ENCODING=b;TYPE=PNG:" + photos[n % len(photos)], "END:VCARD"]
        (book / f"{uid}.vcf").write_bytes(b"\r\n".join(folded(line) for line in lines) + b"\r\n")


class Watch(threading.Thread):
    """Peak memory of a process, and connections that it has open to the server at once."""

    def __init__(self, pid, port):
        super().__init__(daemon=True)
        self.pid, self.port, self.memory, self.connections = pid, port, 0, []

    def run(self):
        while True:
            try:
                status = Path(f"/proc/{self.pid}/status").read_text()
                sockets = {os.readlink(f"/proc/{self.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{self.pid}/fd")}
            except OSError:
                return
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    self.memory = max(self.memory, int(line.split()[1]) / 1000)
            inodes = {name[8:-1] for name in sockets if name.startswith("socket:[")}
            opened = 0
            for table in ("tcp", "tcp6"):
                for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                    fields = row.split()
                    if fields[9] in inodes and int(fields[2].split(":")[1], 16) == self.port and fields[3] == "01":
                        opened += 1
            self.connections.append(opened)
            time.sleep(0.1)


def measured(command, env, port, answer=None):
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], env=env, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watch = Watch(process.pid, port)
    watch.start()
    output, _ = process.communicate(answer)
    seconds = time.monotonic() - start
    watch.join(1)
    if process.returncode != 0:
        sys.stderr.write(output.decode(errors="replace")[-3000:])
        sys.exit(f"failed: {command[0]}")
    busy = sorted(watch.connections)
    return seconds, watch.memory, busy[len(busy) // 2] if busy else 0, output


def with_us(args, server, source, name, work, port):
    # The folders' names become those of the calendar and the address book.
    ours = work / "ours"
    shutil.copytree(source / "events", ours / f"{name}")
    for card in (source / "contacts").iterdir():
        shutil.copy(card, ours / name / card.name)
    migration = work / "migration.toml"
    migration.write_text(
        f'name = "bench"\n[source]\nkind = "folder"\npath = "{ours}"\n[target]\nurl = "{server.url}"\n'
        f'user = "{server.user}"\nfolder = "{name}"\n[options]\nimport_calendar_files = true\n')
    env = dict(os.environ, TRANSHUMANCE_TARGET_PASSWORD=server.password)
    command = [args.binary, "--data-dir", work / "data", "--json", "-q", "move", migration]
    return measured(command, env, port)[:3]


def with_vdirsyncer(args, server, source, name, work, port):
    server.make("calendars", name, name)
    server.make("addressbooks", name, name)
    config = work / "vdirsyncer.conf"
    pairs = []
    for what, kind, ext in (("events", "caldav", ".ics"), ("contacts", "carddav", ".vcf")):
        pairs.append(f'''
[pair {what}]
a = "{what}_local"
b = "{what}_remote"
collections = [["bench", "{what}", "{name}"]]

[storage {what}_local]
type = "filesystem"
path = "{source}"
fileext = "{ext}"

[storage {what}_remote]
type = "{kind}"
url = "{server.url}/remote.php/dav/"
username = "{server.user}"
password = "{server.password}"
''')
    config.write_text(f'[general]\nstatus_path = "{work}/status"\n' + "".join(pairs))
    env = dict(os.environ)
    measured([args.vdirsyncer, "-c", config, "discover"], env, port, b"y\n" * 20)
    return measured([args.vdirsyncer, "-c", config, "sync"], env, port)[:3]


def main():
    args = arguments()
    password = os.environ.get("TRANSHUMANCE_TEST_NEXTCLOUD_PASSWORD") or sys.exit("no password")
    server = Server(args.url, args.user, password)
    address = urlsplit(args.url)
    port = address.port or {"https": 443, "http": 80}[address.scheme]
    work = Path(tempfile.mkdtemp(prefix="transhumance-pim-"))
    seconds = {}
    try:
        source = work / "source"
        write_source(source, args.events, args.contacts)
        size = sum(file.stat().st_size for file in source.rglob("*.*"))
        print(f"{args.events} events and {args.contacts} contacts, {size / 1e6:.0f} MB")
        for tool, run in (("transhumance", with_us), ("vdirsyncer", with_vdirsyncer)):
            if args.only not in (None, tool):
                continue
            name = f"bench-{tool}-{uuid.uuid4().hex[:8]}"
            try:
                took, memory, connections = run(args, server, source, name, work, port)
                there = [server.count(path) for kind in ("calendars", "addressbooks")
                         for path in server.named(kind, name)]
                if there != [args.events, args.contacts]:
                    sys.exit(f"{tool}: {there} arrived")
            finally:
                server.remove(name)
            seconds[tool] = took
            rate = (args.events + args.contacts) / took
            print(f"{tool:13} {took:8.1f} s  {rate:6.1f}/s  {memory:6.1f} MB  {connections} requests in flight")
            if tool == "transhumance" and (memory > args.memory or connections < 2):
                sys.exit(f"Transhumance must stay below {args.memory} MB with several requests in flight")
        if len(seconds) == 2:
            print(f"ratio {seconds['vdirsyncer'] / seconds['transhumance']:.2f}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
