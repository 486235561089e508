"""The journeys of the move, of the account, and of giving the access back."""

import json
import queue
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import ui

HERE = Path(__file__).parent


class Helper:
    """A process that says in lines of JSON what it sees."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def wait_for(self, what, wanted, patience=30.0):
        def found():
            try:
                line = self.lines.get_nowait()
            except queue.Empty:
                return None
            return line if wanted(line) else None

        return ui.until(what, found, patience)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def desktop():
    helper = Helper(["/usr/bin/python3", HERE / "desktop.py"])
    helper.wait_for("the desktop's services", lambda line: line.get("ready"))
    return helper


def to_the_move(window, t):
    """From the list through the rehearsal, until it moves."""
    window.click(t("practice-start"), "push button")
    window.wait_for(t("source-title"), "heading")
    window.click(t("go-on"))
    window.wait_for(t("target-title"), "heading")
    window.click(t("go-on"))
    window.wait_for(t("choose-title"), "heading")
    window.click(t("choose-next"))
    window.wait_for(t("preview-title"), "heading", 60)
    window.click(t("preview-go"))
    window.wait_for(t("moving-title"), "heading")


def starts(window, role, words):
    """The first thing of this role whose name begins like this."""
    return next((one for one in window.nodes() if one.role == role and one.name.startswith(words)), None)


def moving(window, shot):
    """A move that is slowed down, paused, stopped and gone on with; the desktop is told."""
    t = window.say
    with desktop() as around:
        to_the_move(window, t)
        held = around.wait_for("being kept awake", lambda line: line.get("call") == "Inhibit")
        if t("moving-awake-reason") not in held["args"]:
            raise ui.Failed(f"asked to stay awake with {held}")
        curve = t("moving-curve").split("{")[0]
        ui.until("the curve", lambda: starts(window, "image", curve))
        ui.until("some of the curve", lambda: has_passed(window, curve), 20)
        shot("moving-curve")
        window.wheel_to(t("moving-awake"))
        shot("moving-settings")

        window.click(t("moving-pause"))
        window.wait_for(t("moving-resume"), "push button")
        around.wait_for("no longer being kept awake", lambda line: line.get("call") == "UnInhibit")
        shot("moving-paused")
        window.click(t("moving-resume"))
        window.wait_for(t("moving-pause"), "push button")
        window.click(t("moving-stop"))
        window.wait_for(t("moving-stop-yes"), "push button")
        shot("moving-stop")
        window.click(t("moving-stop-yes"))
        window.wait_for(t("report-title"), "heading")
        shot("report-unfinished")

        window.click(t("report-resume"))
        window.wait_for(t("moving-title"), "heading")
        window.wait_for(t("moving-pause"), "push button")
        window.click(t("moving-limit-off"), "radio button")
        window.leave()
        window.wait_for(t("report-title"), "heading", 120)
        told = around.wait_for("a notification", lambda line: line.get("call") == "Notify")
        if t("practice-name") not in told["args"][3]:
            raise ui.Failed(f"the notification says {told}")
        window.come_back()
    account(window, shot)
    looks_into_the_log(window)


# Slow enough to be looked at.
moving.settings = 'bandwidth = "1 MB/s"\n'


def rate(lang, megabytes):
    return f"{megabytes}\u00a0Mo/s" if lang == "fr" else f"{megabytes}\u00a0MB/s"


def has_passed(window, curve):
    """The curve has a mean that is not nothing."""
    found = starts(window, "image", curve)
    return found and "0\u00a0o/s" not in found.name and " 0\u00a0B/s" not in found.name


def account(window, shot):
    """The report, from its top to its bottom."""
    t = window.say
    shot("report")
    window.tab_to(t("report-items"))
    window.key("Down", "Down")
    shot("report-one")
    window.wheel_to(t("report-prove"))
    window.click(t("report-prove"))
    window.wait_for(t("report-prove"), "push button", 60)
    shot("report-proved")
    window.wheel_to(t("look-again"))
    shot("report-then")


def looks_into_the_log(window):
    """There is one, and nothing secret is in it."""
    logs = list((window.data_dir / "logs").glob("*.log"))
    text = "".join(path.read_text() for path in logs)
    if "the window opens" not in text:
        raise ui.Failed(f"no log of this run in {logs}")
    for secret in window.secrets:
        if secret in text:
            raise ui.Failed("a secret is in the log")


def access(window, shot):
    """A real migration, between practice servers: moved, then the access is given back."""
    t = window.say
    window.click(t("entry-open-of").replace("{ $name }", NAME), "push button")
    window.wait_for(t("choose-title"), "heading")
    window.click(t("choose-next"))
    window.wait_for(t("preview-title"), "heading", 60)
    window.click(t("preview-go"))
    window.wait_for(t("report-title"), "heading", 120)
    window.wheel_to(t("access-leave"))
    window.click(t("access-leave"))
    window.wait_for(t("access-yes"), "push button")
    shot("access-ask")
    window.click(t("access-yes"))
    before, after = t("access-left").split("{ $host }")
    given = lambda one: one.role == "status bar" and before in one.name and after in one.name
    ui.until("both accesses to be given back", lambda: sum(map(given, window.nodes())) >= 2)
    window.wheel_to(t("look-again"))
    window.wheel(5)
    window.wheel(5)
    shot("access-left")
    looks_into_the_log(window)
    window.click(t("report-next"))
    window.wait_for(t("welcome-title"), "heading")
    shot("welcome-done")


NAME = "AMAP du Canard bleu"


class Served:
    """Practice servers of one's own, a migration between them in the data directory, and its secrets."""

    def __init__(self, binary, home):
        ready = home / "ready.json"
        command = [binary, "--data-dir", home / "served", "practice", "--serve", "--faults", "off", "--ready", ready]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ui.until("the practice servers", ready.exists)
        logins = ui.until("their logins", lambda: read(ready))
        google, nextcloud = logins["google"], logins["nextcloud"]
        migrations = home / "data" / "migrations"
        migrations.mkdir(parents=True)
        (migrations / "canard.toml").write_text(
            f'name = "{NAME}"\n[source]\nkind = "google"\nclient_id = "{google["client_id"]}"\n'
            f'endpoint = "{google["endpoint"]}"\n[target]\nurl = "{nextcloud["url"]}"\n'
            f'user = "{nextcloud["user"]}"\nfolder = "Archives"\n'
        )
        self.env = {
            "TRANSHUMANCE_SOURCE_REFRESH_TOKEN": google["refresh_token"],
            "TRANSHUMANCE_SOURCE_CLIENT_SECRET": google["client_secret"],
            "TRANSHUMANCE_TARGET_PASSWORD": app_password(nextcloud),
        }

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def app_password(nextcloud):
    """By Login Flow v2, as the window and the browser do together."""
    url = nextcloud["url"]
    flow = post(f"{url}/index.php/login/v2")
    token = flow["login"].rsplit("/", 1)[1]
    post(f"{url}/login/v2/grant", token=token, user=nextcloud["user"], password=nextcloud["password"])
    return post(flow["poll"]["endpoint"], token=flow["poll"]["token"])["appPassword"]


def post(url, **form):
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), {"User-Agent": "a test"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        content = answer.read()
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        return None


def read(path):
    try:
        return json.loads(path.read_text())
    except json.JSONDecodeError:
        return None


access.serves = True

JOURNEYS = [moving, access]

if __name__ == "__main__":
    sys.exit("see drive.py")
