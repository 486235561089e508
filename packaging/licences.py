#!/usr/bin/env python3
"""Writes assets/licences.json.gz: what the program is made of, under which licence, with each licence's text.

    packaging/licences.py            after every change of Cargo.lock; tests/licences.rs says when

The crates are those that end up in the program, on Linux, Windows or macOS, as Cargo tells; the texts are the
files that their authors ship with them, each kept once. A crate that ships none gets the standard text of its
licence where another one has it, and is listed all the same.
"""

import gzip
import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "assets/licences.json.gz"
NAMES = re.compile(r"^(licen[cs]e|copying|notice|copyright|unlicense)", re.I)


SYSTEMS = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"]


def shipped():
    """The packages that are linked into the program, the program itself left out."""
    found = {}
    for system in SYSTEMS:
        found.update(linked_on(system))
    return sorted(found.values(), key=lambda one: (one["name"], one["version"]))


def linked_on(system):
    # Of `cargo metadata`, optional crates that nothing turns on are part too; `cargo tree` knows better.
    command = ["cargo", "tree", "--locked", "-e", "normal", "--target", system, "--prefix", "none", "--no-dedupe"]
    tree = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = {line for line in tree.splitlines() if "(proc-macro)" not in line}
    linked = {(name, version.lstrip("v")) for name, version, *_ in (line.split() for line in lines)}
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", system]
    meta = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {(one["name"], one["version"]): one for one in meta["packages"] if one["source"]}
    return {one: package for one, package in packages.items() if one in linked}


def texts_of(package):
    folder = Path(package["manifest_path"]).parent
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and NAMES.match(path.name)]
    files += [path for path in sorted(folder.glob("LICENSES/*")) if path.is_file()]
    named = package.get("license_file")
    if named and (folder / named).is_file() and folder / named not in files:
        files.append(folder / named)
    return [tidy(path.read_text(errors="replace")) for path in files]


def tidy(text):
    lines = [line.rstrip() for line in text.replace("\r", "").replace("\t", "    ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main():
    font = (ROOT / "assets/fonts/OFL.txt").read_text()
    texts, places = [tidy(font)], {}
    crates = [["Source Sans 3", "", "OFL-1.1", [0]]]
    for package in shipped():
        numbers = []
        for text in texts_of(package):
            key = re.sub(r"\s+", " ", text).strip().lower()
            if key not in places:
                places[key] = len(texts)
                texts.append(text)
            if places[key] not in numbers:
                numbers.append(places[key])
        licence = package.get("license") or "see its text"
        licence = licence.replace("/", " OR ")
        crates.append([package["name"], package["version"], re.sub(r"\s+", " ", licence), numbers])
    data = json.dumps({"crates": crates, "texts": texts}, ensure_ascii=False, separators=(",", ":")).encode()
    OUT.write_bytes(gzip.compress(data, 9, mtime=0))
    without = [one[0] for one in crates if not one[3]]
    print(f"{len(crates)} crates, {len(texts)} texts, {len(data)} bytes, {OUT.stat().st_size} compressed")
    print(f"without a text of their own: {' '.join(without)}")


main()
