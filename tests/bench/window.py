#!/usr/bin/python3
"""How quick and how frugal the window is: its first frame, its idling, its memory with a long preview.

    cargo build --release
    tests/bench/window.py                     everything
    tests/bench/window.py --rows 100000 --idle 10 --runs 5

On a screen of its own (Xvfb), drawn on the processor (tiny-skia). Prints one line a figure, and ends with 1
when one is beyond what is promised: the first frame within 0.5 s, idle at 0 % (nothing in a hundred ticks of
10 ms), less than 100 MB with the preview. A machine that is busy with something else makes the first figure
larger: it is the best of the runs that counts. Debian packages: see tests/window/ui.py.
"""

import argparse
import ctypes
import ctypes.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/window"))
import drive  # noqa: E402
import move  # noqa: E402
import ui  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


class Screen:
    """What is on an X screen, asked at once rather than through other programs."""

    class Attributes(ctypes.Structure):
        _fields_ = [
            ("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
            ("border_width", ctypes.c_int), ("depth", ctypes.c_int), ("visual", ctypes.c_void_p),
            ("root", ctypes.c_ulong), ("class_", ctypes.c_int), ("bit_gravity", ctypes.c_int),
            ("win_gravity", ctypes.c_int), ("backing_store", ctypes.c_int), ("backing_planes", ctypes.c_ulong),
            ("backing_pixel", ctypes.c_ulong), ("save_under", ctypes.c_int), ("colormap", ctypes.c_ulong),
            ("map_installed", ctypes.c_int), ("map_state", ctypes.c_int), ("all_event_masks", ctypes.c_long),
            ("your_event_mask", ctypes.c_long), ("do_not_propagate_mask", ctypes.c_long),
            ("override_redirect", ctypes.c_int), ("screen", ctypes.c_void_p),
        ]  # fmt: skip

    def __init__(self):
        x11 = self.x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        x11.XGetImage.restype = ctypes.c_void_p
        x11.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int, ctypes.c_uint,
                                  ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]  # fmt: skip
        x11.XGetPixel.restype = ctypes.c_ulong
        x11.XGetPixel.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
        x11.XDestroyImage.argtypes = [ctypes.c_void_p]
        x11.XQueryTree.argtypes = [ctypes.c_void_p, ctypes.c_ulong] + [ctypes.c_void_p] * 4
        x11.XGetWindowAttributes.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p]
        x11.XFree.argtypes = [ctypes.c_void_p]
        handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        # A window may go while it is looked at.
        self.ignore = handler(lambda *_: 0)
        x11.XSetErrorHandler(self.ignore)
        self.display = x11.XOpenDisplay(os.environ["DISPLAY"].encode())
        self.root = x11.XDefaultRootWindow(self.display)

    def windows(self):
        """Those that are shown and large enough to be the program's."""
        root, parent = ctypes.c_ulong(), ctypes.c_ulong()
        children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        refs = [ctypes.byref(one) for one in (root, parent, children, count)]
        self.x11.XQueryTree(self.display, self.root, *refs)
        for n in range(count.value):
            attributes = self.Attributes()
            found = self.x11.XGetWindowAttributes(self.display, children[n], ctypes.byref(attributes))
            viewable = 2
            if found and attributes.map_state == viewable and attributes.width > 500:
                yield children[n]
        if count.value:
            self.x11.XFree(children)

    def colours(self, window):
        """Along a line through the middle of the steps at the side."""
        z_pixmap, all_planes = 2, 0xFFFFFF
        width, height = 200, 40
        image = self.x11.XGetImage(self.display, window, 20, 25, width, height, all_planes, z_pixmap)
        if not image:
            return 0
        pixels = {self.x11.XGetPixel(image, x, y) for x in range(0, width, 2) for y in range(0, height, 4)}
        self.x11.XDestroyImage(image)
        return len(pixels)


def first_frame(binary, screen):
    """Seconds from the start of the program until letters stand in its window."""
    with tempfile.TemporaryDirectory() as home:
        data = Path(home) / "data"
        data.mkdir()
        (data / "settings.toml").write_text('language = "fr"\nwelcomed = true\n')
        start = time.monotonic()
        process = subprocess.Popen(
            [binary, "--data-dir", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while True:
                if any(screen.colours(window) > 5 for window in screen.windows()):
                    return time.monotonic() - start
                if time.monotonic() - start > 20 or process.poll() is not None:
                    raise ui.Failed("there is no first frame")
                time.sleep(0.004)
        finally:
            process.terminate()
            process.wait(10)
            ui.until("the window to go", lambda: not list(screen.windows()))


def ticks(pid):
    """Time that a process has computed, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def memory(pid, what):
    """In MB (a million bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) * 1024 / 1e6
    raise ui.Failed(f"no {what}")


class Figures:
    def __init__(self):
        self.failed = False

    def say(self, name, value, unit, limit=None):
        beyond = limit is not None and value > limit
        self.failed |= beyond
        print(f"{name:34} {value:8.2f} {unit}{'   BEYOND ' + str(limit) if beyond else ''}", flush=True)


def idle(window, name, seconds, figures):
    """What the window computes while nothing happens. The caret of a focused field blinks, so none is."""
    time.sleep(1.0)
    before = ticks(window.process.pid)
    time.sleep(seconds)
    spent = (ticks(window.process.pid) - before) / TICKS
    figures.say(f"idle, {name}", 100 * spent / seconds, "% of a core", 0.5)


def screens(binary, home, args, figures):
    """Through a rehearsal, resting at each screen."""
    window = ui.Window(Path(home) / "data", "fr", binary=binary)
    t = window.say = lambda key: drive.say("fr", key)

    def rest(name):
        idle(window, name, args.idle, figures)

    with window:
        window.wait_for(t("welcome-title"), "heading")
        rest("welcome")
        window.click(t("settings-title"), "push button")
        window.wait_for(t("settings-title"), "heading")
        rest("settings")
        window.key("Escape")
        window.click(t("practice-start"), "push button")
        window.wait_for(t("source-title"), "heading")
        rest("from where")
        window.click(t("go-on"))
        window.wait_for(t("target-title"), "heading")
        rest("to where")
        window.click(t("go-on"))
        window.wait_for(t("choose-title"), "heading")
        window.wait_for(t("choose-tree"), "tree", 60)
        rest("what")
        window.click(t("choose-next"))
        window.wait_for(t("preview-table"), "table", 60)
        rest("preview")
        window.click(t("preview-go"))
        window.wait_for(t("moving-title"), "heading")
        window.click(t("moving-pause"))
        window.wait_for(t("moving-resume"), "push button")
        rest("move, paused")
        window.click(move.rate("fr", 1), "radio button")
        window.click(t("moving-resume"))
        before, began = ticks(window.process.pid), time.monotonic()
        time.sleep(args.idle)
        spent = (ticks(window.process.pid) - before) / TICKS
        figures.say("moving at 1 MB/s, servers included", 100 * spent / (time.monotonic() - began), "% of a core")
        window.click(t("moving-limit-off"), "radio button")
        window.wait_for(t("report-title"), "heading", 300)
        rest("report")
        figures.say("memory after the rehearsal", memory(window.process.pid, "VmRSS"), "MB")


def long_preview(binary, home, args, figures):
    """A folder of many files, up to its preview."""
    files = Path(home) / "files"
    for folder in range((args.rows + 999) // 1000):
        place = files / f"Dossier {folder:03}"
        place.mkdir(parents=True)
        for n in range(min(1000, args.rows - folder * 1000)):
            (place / f"Compte rendu {n:04}.txt").touch()
    served = move.Served(binary, Path(home))
    try:
        # Its password alone is needed.
        file = Path(home) / "data/migrations/canard.toml"
        target = file.read_text().split("[target]")[1]
        file.write_text(
            f'name = "{move.NAME}"\n[source]\nkind = "folder"\npath = {json.dumps(str(files))}\n[target]{target}'
        )
        window = ui.Window(Path(home) / "data", "fr", binary=binary)
        window.env = served.env
        t = window.say = lambda key: drive.say("fr", key)
        with window:
            window.tab_to(t("entry-open-of").replace("{ $name }", move.NAME))
            window.key("Return")
            window.wait_for(t("choose-title"), "heading")

            def surveyed():
                button = window.find(t("choose-next"), "push button")
                return button and "enabled" in button.states

            ui.until("the inventory", surveyed, 900)
            window.click(t("choose-next"))
            window.wait_for(t("preview-table"), "table", 900)
            window.tab_to(t("preview-table"))
            window.key("End", "Home", "Next", "Next")
            rows = sum(1 for _ in files.rglob("*"))
            figures.say(f"memory, preview of {rows:,} rows", memory(window.process.pid, "VmRSS"), "MB", 100)
            figures.say("   and at the most until then", memory(window.process.pid, "VmHWM"), "MB")
            idle(window, "long preview", args.idle, figures)
    finally:
        served.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/transhumance")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds at each screen")
    parser.add_argument("--runs", type=int, default=5, help="starts, of which the best counts")
    parser.add_argument("--only", choices=["frame", "idle", "memory"])
    args = parser.parse_args()
    os.environ["ICED_BACKEND"] = "tiny-skia"
    figures = Figures()
    with ui.Session():
        if args.only in (None, "frame"):
            screen = Screen()
            taken = sorted(first_frame(args.binary, screen) for _ in range(args.runs))
            figures.say("first frame, best", taken[0], "s", 0.5)
            figures.say("first frame, middle", taken[len(taken) // 2], "s")
        ui.load_atspi()
        if args.only in (None, "idle"):
            with tempfile.TemporaryDirectory() as home:
                screens(args.binary, home, args, figures)
        if args.only in (None, "memory"):
            with tempfile.TemporaryDirectory() as home:
                long_preview(args.binary, home, args, figures)
    sys.exit(1 if figures.failed else 0)


if __name__ == "__main__":
    main()
