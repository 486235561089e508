"""The real window on a screen of its own: started, operated with mouse and keyboard, looked at.

What is where is asked of the accessibility tree (AT-SPI), as a screen reader does; what is done is done with
real events (xdotool). Debian packages: xvfb xdotool imagemagick x11-utils at-spi2-core gir1.2-atspi-2.0
python3-gi dbus-daemon libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon-x11-0
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
# What is higher up may lie below the banner of a rehearsal.
TOP = 45


class Failed(Exception):
    """The window does not show or do what it should."""


def until(what, condition, patience=PATIENCE):
    """Waits until `condition()` gives something, and gives it."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"waited {patience:.0f} s for {what}")
        time.sleep(0.05)


class Session:
    """A screen, a message bus and an accessibility bus, for as long as the block lasts."""

    def __init__(self, size=(1920, 1080)):
        self.size = size
        self.processes = []

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        self.runtime = tempfile.mkdtemp(prefix="transhumance-window-")
        read, write = os.pipe()
        width, height = self.size
        self._run(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
            pass_fds=[write],
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            display = pipe.readline().strip()
        if not display:
            raise Failed("Xvfb does not start")
        os.environ["DISPLAY"] = f":{display}"
        os.environ["XDG_RUNTIME_DIR"] = self.runtime
        os.environ.pop("WAYLAND_DISPLAY", None)
        bus = self._run(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
        )
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        os.environ.pop("AT_SPI_BUS_ADDRESS", None)
        self._run(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"])
        self._say_that_somebody_reads()

    def _say_that_somebody_reads(self):
        def set_status(name):
            return subprocess.run(
                ["dbus-send", "--session", "--dest=org.a11y.Bus", "--print-reply", "/org/a11y/bus",
                 "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", f"string:{name}",
                 "variant:boolean:true"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ).returncode == 0  # fmt: skip

        for name in ("IsEnabled", "ScreenReaderEnabled"):
            until("the accessibility bus", lambda name=name: set_status(name))

    def _run(self, command, **more):
        more.setdefault("stdout", subprocess.DEVNULL)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True, **more)
        self.processes.append(process)
        return process

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.runtime, ignore_errors=True)


class Window:
    """The program, running in a session."""

    def __init__(self, data_dir, lang="fr", appearance="light", size=(1024, 700), welcomed=True, zoom=100,
                 binary=None):  # fmt: skip
        self.data_dir = Path(data_dir)
        # Asks the program for everything each time: slower, and needed where what a thing offers changes.
        self.remembers_nothing = False
        self.size = size
        self.lang = lang
        self.binary = Path(binary or os.environ.get("TRANSHUMANCE") or ROOT / "target/debug/transhumance")
        self.env = {}
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = self.data_dir / "settings.toml"
        if not settings.exists():
            settings.write_text(
                f'language = "{lang}"\nappearance = "{appearance}"\nzoom = {zoom}\n'
                f"welcomed = {str(welcomed).lower()}\n"
            )

    def __enter__(self):
        env = {**os.environ, "TRANSHUMANCE_VAULT_PASSPHRASE": "bergerie", "LANG": "C.UTF-8", **self.env}
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [self.binary, "--data-dir", self.data_dir], env=env, stdout=self.log, stderr=self.log
        )
        try:
            self.id = until("the window", self._find)
            width, height = self.size
            xdotool("windowsize", "--sync", self.id, width, height)
            # There is no window manager, so the keyboard is given by hand.
            xdotool("windowfocus", "--sync", self.id)
            until("the accessibility tree", self.nodes)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _find(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise Failed(f"ended with {self.process.returncode}: {self.log.read().decode()}")
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], capture_output=True, text=True
        )
        return found.stdout.split()[0] if found.stdout.split() else None

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()

    # What is there.

    def nodes(self):
        """Everything that is on screen, in reading order."""
        from gi.repository import Atspi

        desktop = Atspi.get_desktop(0)
        found = []
        for n in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(n)
            if program and program.get_process_id() == self.process.pid:
                # Nobody listens for the events that would keep what libatspi remembers up to date.
                if self.remembers_nothing:
                    program.set_cache_mask(Atspi.Cache.NONE)
                program.clear_cache()
                walk(program, found)
        return found

    def find(self, name, role=None):
        """The first thing of this name (or a value that is it), or `None`."""
        for node in self.nodes():
            if (node.name == name or node.value == name) and role in (None, node.role):
                return node
        return None

    def wait_for(self, name, role=None, patience=PATIENCE):
        return until(f"“{name}”", lambda: self.find(name, role), patience)

    def focused(self):
        return next((node for node in self.nodes() if "focused" in node.states), None)

    # What is done.

    def click(self, name, role=None):
        """With the mouse, where the thing of this name is; scrolled to, if need be."""

        def enabled():
            node = self.find(name, role)
            return node if node and "enabled" in node.states else None

        node = until(f"“{name}” to be operable", enabled)
        x, y, width, height = node.extents
        for _ in range(60):
            if TOP <= y and y + height / 2 <= self.size[1] - 70:
                break
            self.wheel(5 if y > TOP else 4)
            before = y
            x, y, width, height = self.wait_for(name, role).extents
            if y == before:
                # It does not scroll: it is in the foot of the page.
                break
        xdotool("mousemove", "--window", self.id, int(x + width / 2), int(y + height / 2), "click", 1)
        # So that nothing stays hovered.
        xdotool("mousemove", "--window", self.id, self.size[0] - 2, self.size[1] - 2)

    @property
    def secrets(self):
        """What must not stand anywhere in clear."""
        return ["bergerie", "canard-bleu-2026", *self.env.values()]

    def leave(self):
        """The keyboard goes elsewhere."""
        root = subprocess.run(["xdotool", "search", "--maxdepth", "0", ""], capture_output=True, text=True)
        xdotool("windowfocus", root.stdout.split()[0])

    def come_back(self):
        xdotool("windowfocus", "--sync", self.id)

    def wheel_to(self, name):
        """Scrolls until the thing of this name is in sight."""
        for _ in range(80):
            _, y, _, height = self.wait_for(name).extents
            if TOP <= y and y + height <= self.size[1] - 90:
                return
            self.wheel(5 if y > TOP else 4)

    def wheel(self, button):
        xdotool("mousemove", "--window", self.id, self.size[0] // 2 + 100, self.size[1] // 2, "click", button)
        time.sleep(0.15)

    def key(self, *keys):
        for key in keys:
            xdotool("key", "--clearmodifiers", key)

    def type(self, text):
        xdotool("type", "--delay", 15, text)

    def tab_to(self, name, role=None, limit=80):
        """With Tab alone."""
        for _ in range(limit):
            self.key("Tab")
            time.sleep(0.05)
            node = self.focused()
            if node and node.name == name and role in (None, node.role):
                return node
        raise Failed(f"Tab does not reach “{name}”")

    def shot(self, path):
        """A picture of the window, when nothing moves any more."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        last = None

        def still():
            nonlocal last
            subprocess.run(["import", "-window", self.id, f"png:{path}"], check=True)
            same = last == path.read_bytes()
            last = path.read_bytes()
            time.sleep(0.1)
            return same

        try:
            until("the picture to stand still", still, 3.0)
        except Failed:
            pass  # Something goes on; the last picture will do.
        return path


class Node:
    """One thing on screen."""

    def __init__(self, accessible, depth):
        from gi.repository import Atspi

        self.accessible = accessible
        self.depth = depth
        self.role = accessible.get_role_name()
        self.name = accessible.get_name() or ""
        self.description = accessible.get_description() or ""
        states = accessible.get_state_set()
        self.states = {
            state.value_nick.replace("_", "-")
            for state in (Atspi.StateType.FOCUSED, Atspi.StateType.ENABLED, Atspi.StateType.CHECKED,
                          Atspi.StateType.INDETERMINATE, Atspi.StateType.SELECTED, Atspi.StateType.FOCUSABLE,
                          Atspi.StateType.INVALID_ENTRY)
            if states.contains(state)
        }  # fmt: skip
        text = accessible.get_text_iface()
        self.value = Atspi.Text.get_text(text, 0, -1) if text else ""
        component = accessible.get_component_iface()
        box = component.get_extents(Atspi.CoordType.WINDOW) if component else None
        self.extents = (box.x, box.y, box.width, box.height) if box else (0, 0, 0, 0)

    def __str__(self):
        more = " ".join(sorted(self.states - {"enabled", "focusable"}))
        value = f" = {self.value!r}" if self.value and self.value != self.name else ""
        return f"{'  ' * self.depth}{self.role} {self.name!r}{value} {more}".rstrip()

    def press(self):
        from gi.repository import Atspi

        if not Atspi.Action.do_action(self.accessible.get_action_iface(), 0):
            raise Failed(f"{self} cannot be pressed")

    def fill(self, text):
        from gi.repository import Atspi

        if not Atspi.EditableText.set_text_contents(self.accessible.get_editable_text_iface(), text):
            raise Failed(f"{self} cannot be filled in")


def walk(accessible, found, depth=0):
    from gi.repository import GLib

    try:
        found.append(Node(accessible, depth))
        for n in range(accessible.get_child_count()):
            child = accessible.get_child_at_index(n)
            if child:
                walk(child, found, depth + 1)
    except GLib.Error:
        pass  # It went while it was looked at.


def xdotool(*args):
    subprocess.run(["xdotool", *map(str, args)], check=True, stdout=subprocess.DEVNULL)


def load_atspi():
    """To be called inside of a session, once."""
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi

    Atspi.init()
