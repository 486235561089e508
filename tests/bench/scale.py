#!/usr/bin/env python3
"""Survey and plan of a practice Google of a million items, against one of ten thousand.

The practice servers are a process of their own, so that what is measured is Transhumance alone: the
processor time (user and system) and the peak memory of `survey` and of `preview`. Both sizes have the same
settings (tiny files) and are measured by turns. Prints the time per item of each, and how many times that of
the small space the large one takes.

    cargo build --release
    tests/bench/scale.py

Fails when a limit of the project is not kept: memory under 300 MB, time per item within 1.5 times.
Needs nothing but Python 3.9; a million items take some minutes and 1.5 GB of disk.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 300
MOST_TIMES = 1.5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/release/transhumance"))
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--small-runs", type=int, default=6, help="half of them before, half after the large one")
    parser.add_argument("--large-runs", type=int, default=1)
    return parser.parse_args()


class Practice:
    """The practice servers with so many items."""

    def __init__(self, binary, items, work):
        ready = work / f"ready-{items}.json"
        self.items = items
        self.process = subprocess.Popen(
            [binary, "--data-dir", work / f"servers-{items}", "practice", "--serve", "--items", str(items),
             "--tiny", "--faults", "off", "--ready", ready],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            if ready.exists() and ready.read_text().strip():
                break
            if self.process.poll() is not None:
                sys.exit("the practice servers did not start")
            time.sleep(0.1)
        self.logins = json.loads(ready.read_text())

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def measured(command, env):
    """Processor seconds, seconds by the clock, peak memory (MB) and the summary of one command."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([str(part) for part in command], env=env, stdout=subprocess.PIPE, stderr=errors)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            errors.seek(0)
            sys.stderr.write(errors.read().decode(errors="replace")[-3000:])
            sys.exit(f"failed: {command}")
    summary = json.loads(output.decode().strip().splitlines()[-1])
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "clock": time.monotonic() - start,
        "memory": usage.ru_maxrss / 1000,
        "summary": summary,
    }


def run(args, practice, work):
    data = Path(tempfile.mkdtemp(prefix="data-", dir=work))
    google, nextcloud = practice.logins["google"], practice.logins["nextcloud"]
    migration = data / "migration.toml"
    migration.write_text(
        f'name = "scale"\n[source]\nkind = "google"\nclient_id = {json.dumps(google["client_id"])}\n'
        f'endpoint = {json.dumps(google["endpoint"])}\n'
        f'[target]\nurl = {json.dumps(nextcloud["url"])}\nuser = {json.dumps(nextcloud["user"])}\nfolder = "Drive"\n')
    env = dict(
        os.environ,
        TRANSHUMANCE_SOURCE_CLIENT_SECRET=google["client_secret"],
        TRANSHUMANCE_SOURCE_REFRESH_TOKEN=google["refresh_token"],
        TRANSHUMANCE_TARGET_PASSWORD=nextcloud["password"])
    found = {}
    for step in ("survey", "preview"):
        command = [args.binary, "--data-dir", data / "data", "--json", step, migration]
        found[step] = measured(command, env)
    items = found["preview"]["summary"]["items"]
    if items < practice.items:
        sys.exit(f"only {items} items were planned")
    for step in found.values():
        step["each"] = step["cpu"] / items * 1e6
    shutil.rmtree(data, ignore_errors=True)
    for step, one in found.items():
        print(f"  {practice.items} items, {step}: {one['cpu']:.2f} s of processor, {one['each']:.1f} us an item, "
              f"{one['clock']:.1f} s by the clock, peak {one['memory']:.0f} MB", flush=True)
    return found


def main():
    args = arguments()
    work = Path(tempfile.mkdtemp(prefix="transhumance-scale-"))
    servers = []
    try:
        small = Practice(args.binary, args.small, work)
        servers.append(small)
        large = Practice(args.binary, args.large, work)
        servers.append(large)
        before = args.small_runs // 2
        smalls = [run(args, small, work) for _ in range(before)]
        larges = [run(args, large, work) for _ in range(args.large_runs)]
        smalls += [run(args, small, work) for _ in range(args.small_runs - before)]
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(work, ignore_errors=True)
    kept = True
    for step in ("survey", "preview"):
        each = [statistics.median(one[step]["each"] for one in runs) for runs in (smalls, larges)]
        memory = max(one[step]["memory"] for one in smalls + larges)
        times = each[1] / each[0]
        kept &= times <= MOST_TIMES and memory < MOST_MEMORY
        print(f"{step}: {each[0]:.1f} us an item of {args.small}, {each[1]:.1f} us an item of {args.large}: "
              f"{times:.2f} times; peak {memory:.0f} MB")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
