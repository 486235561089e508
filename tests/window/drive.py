#!/usr/bin/python3
"""Drives the real window through its journeys and takes a picture of every screen.

    tests/window/drive.py --out /tmp/shots                     everything, in all looks
    tests/window/drive.py --out /tmp/shots -l fr -t dark -s 1024x700 -j welcome
    tests/window/drive.py --tree -j settings                   prints what a screen reader is told
    tests/window/drive.py --list

A journey is a function below that is given the window and a function that takes a picture.
"""

import argparse
import itertools
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import move  # noqa: E402
import ui  # noqa: E402

WORDS = {}


def say(lang, key, **args):
    """What the program says, from its own files (messages with choices are not for here)."""
    if lang not in WORDS:
        words = WORDS[lang] = {}
        for path in sorted((ui.ROOT / "i18n" / lang).glob("*.ftl")):
            for line in path.read_text().splitlines():
                name, equals, text = line.partition(" = ")
                if equals and not name.startswith((" ", "#")):
                    words[name] = text
    text = WORDS[lang][key]
    for name, value in args.items():
        text = text.replace("{ $" + name + " }", str(value))
    return text


def first(window, shot):
    """The page of the first time, then the list."""
    t = lambda key: say(window.lang, key)
    window.wait_for(t("welcome-first-title"), "heading")
    shot("first")
    window.tab_to(t("welcome-understood"))
    shot("first-focus")
    window.key("Return")
    window.wait_for(t("welcome-title"), "heading")
    shot("welcome")


first.welcomed = False


def settings(window, shot):
    t = lambda key: say(window.lang, key)
    window.click(t("settings-title"), "push button")
    window.wait_for(t("settings-title"), "heading")
    shot("settings")
    window.click("English" if window.lang == "fr" else "Français")
    other = "en" if window.lang == "fr" else "fr"
    window.wait_for(say(other, "settings-title"), "heading")
    window.click("Français" if window.lang == "fr" else "English")
    window.wait_for(t("settings-title"), "heading")
    window.key("ctrl+plus", "ctrl+plus")
    shot("settings-larger")
    window.key("ctrl+0", "End")
    window.tab_to(t("settings-open-logs"))
    shot("settings-bottom")
    window.tab_to(t("about-licences"))
    window.key("Return")
    window.wait_for(t("licences-title"), "table")
    window.tab_to(t("licences-title"))
    window.key("Down", "Down")
    shot("licences")
    window.key("Escape")
    window.wait_for(t("settings-title"), "heading")
    window.key("Escape")
    window.wait_for(t("welcome-title"), "heading")


def practice(window, shot):
    """The whole rehearsal."""
    t = lambda key: say(window.lang, key)
    window.click(t("practice-start"), "push button")
    window.wait_for(t("source-title"), "heading")
    shot("source")
    window.click(t("go-on"))
    window.wait_for(t("target-title"), "heading")
    shot("target")
    window.click(t("go-on"))
    window.wait_for(t("choose-title"), "heading")
    window.wait_for(t("choose-tree"), "tree", 60)
    shot("choose")
    window.tab_to(t("choose-tree"))
    window.key("Down", "Right", "Down", "Down", "space")
    shot("choose-open")
    window.key("space")
    window.click(t("choose-conflict-both"))
    shot("choose-options")
    window.click(t("choose-next"))
    window.wait_for(t("preview-title"), "heading")
    window.wait_for(t("preview-table"), "table", 60)
    shot("preview")
    window.tab_to(t("preview-table"))
    window.key("Down", "Down", "Down")
    shot("preview-table")
    window.click(t("preview-go"))
    window.wait_for(t("moving-title"), "heading")
    shot("moving")
    window.wait_for(t("report-title"), "heading", 300)
    shot("report")


def connect(window, shot):
    """Every kind of place to come from, and the question where to."""
    t = lambda key: say(window.lang, key)
    window.click(t("welcome-new"), "push button")
    window.wait_for(t("source-title"), "heading")
    shot("source")
    window.click(t("source-google"))
    window.wait_for(t("google-key-why"))
    shot("source-google")
    window.click(t("google-have-key"))
    window.wait_for(t("google-paste"))
    shot("source-google-key")
    window.click(t("source-other-name"))
    window.click(t("source-microsoft"))
    window.wait_for(t("microsoft-why"))
    shot("source-microsoft")
    window.click(t("microsoft-have-id"))
    window.wait_for(t("microsoft-id"), "entry").fill("ca4a4d1e-0000-4000-8000-secret")
    window.wait_for(t("microsoft-id-go"))
    shot("source-microsoft-id")
    window.click(t("source-other-name"))
    window.click(t("source-dropbox"))
    window.wait_for(t("dropbox-why"))
    shot("source-dropbox")
    window.click(t("dropbox-have-key"))
    window.wait_for(t("dropbox-key"), "entry").fill("canardbleu12345")
    window.wait_for(t("dropbox-key-go"))
    shot("source-dropbox-key")
    window.click(t("source-other-name"))
    window.click(t("source-takeout"))
    window.wait_for(t("takeout-words"))
    shot("source-takeout")
    window.click(t("source-other-name"))
    window.click(t("source-nextcloud"))
    window.wait_for(t("nextcloud-address"))
    shot("source-nextcloud")
    window.click(t("source-other-name"))
    window.click(t("source-folder"))
    window.wait_for(t("source-folder-path"), "entry").fill(str(ui.ROOT / "tests" / "window"))
    window.wait_for(t("source-name"))
    shot("source-folder")
    window.click(t("go-on"))
    window.wait_for(t("target-title"), "heading")
    window.wait_for(t("nextcloud-address"), "entry").fill("localhost:9")
    window.click(t("nextcloud-look"))
    window.wait_for(t("nextcloud-look"))
    shot("target")


def sign_in(window, shot):
    """The rehearsal's sign-ins, for real: waiting for the browser, and cancelling."""
    t = lambda key: say(window.lang, key)
    window.click(t("practice-start"), "push button")
    window.wait_for(t("google-connected"))
    shot("source-connected")
    window.click(t("account-other"))
    window.click(t("google-sign-in"))
    window.wait_for(t("waiting-browser"))
    window.click(t("google-stuck"))
    window.click(t("google-stuck-admin"))
    shot("source-waiting")
    window.click(t("waiting-cancel"))
    window.wait_for(t("google-connected"))
    window.click(t("go-on"))
    window.wait_for(t("nextcloud-other-account"))
    shot("target-connected")
    window.click(t("nextcloud-other-account"))
    window.click(t("nextcloud-look"))
    window.wait_for(t("nextcloud-sign-in"))
    shot("target-found")
    window.click(t("nextcloud-by-password"))
    window.wait_for(t("nextcloud-password"))
    shot("target-password")
    window.click(t("nextcloud-by-browser"))
    window.click(t("nextcloud-sign-in"))
    window.wait_for(t("waiting-browser"))
    shot("target-waiting")


def accept(page):
    """Accepts on a consent page of the practice servers, as a person in the browser does."""
    return move.post(page, action="allow")


def microsoft(window, shot):
    """The rehearsal's Microsoft: the letter, the code, the browser, the sites."""
    t = lambda key: say(window.lang, key)
    window.click(t("practice-start"), "push button")
    window.wait_for(t("google-connected"))
    window.click(t("source-other-name"))
    window.click(t("source-microsoft"))
    window.click(t("microsoft-have-id"))
    window.click(t("account-practice-key"))
    window.wait_for(t("microsoft-sign-in"))
    shot("microsoft-door")
    window.click(t("microsoft-kind-work"))
    window.wait_for(t("microsoft-domain"))
    shot("microsoft-door-work")
    window.click(t("microsoft-by-code"))
    window.wait_for(t("microsoft-code-copy"))
    shot("microsoft-code")
    window.click(t("waiting-cancel"))
    window.click(t("microsoft-sign-in"))
    window.wait_for(t("waiting-browser"))
    shot("microsoft-waiting")
    window.click(t("microsoft-approval"))
    window.wait_for(t("microsoft-letter-copy"))
    shot("microsoft-letter")
    accept(window.pages[-1])
    window.wait_for(t("microsoft-connected"))
    window.wait_for(t("sites-filter"), "entry")
    shot("microsoft-sites")
    window.key("End")
    shot("microsoft-sites-end")


microsoft.browses = True


def dropbox(window, shot):
    """The rehearsal's Dropbox: every step of the guide, a code, the browser."""
    t = lambda key: say(window.lang, key)
    window.click(t("practice-start"), "push button")
    window.wait_for(t("google-connected"))
    window.click(t("source-other-name"))
    window.click(t("source-dropbox"))
    for step in ["redirects", "permissions", "key"]:
        window.click(t("guide-done"))
        shot(f"dropbox-{step}")
    window.click(t("account-practice-key"))
    window.wait_for(t("dropbox-sign-in"))
    shot("dropbox-door")
    window.click(t("dropbox-by-paste"))
    window.wait_for(t("dropbox-code"))
    shot("dropbox-paste")
    window.click(t("waiting-cancel"))
    window.click(t("dropbox-sign-in"))
    window.wait_for(t("waiting-browser"))
    shot("dropbox-waiting")
    accept(window.pages[-1])
    window.wait_for(t("dropbox-connected"))
    shot("dropbox-connected")


dropbox.browses = True

JOURNEYS = [first, settings, practice, connect, sign_in, microsoft, dropbox, *move.JOURNEYS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("-l", "--lang", action="append", choices=["fr", "en"])
    parser.add_argument("-t", "--theme", action="append", choices=["light", "dark"])
    parser.add_argument("-s", "--size", action="append", help="such as 1024x700")
    parser.add_argument("-j", "--journey", action="append", choices=[one.__name__ for one in JOURNEYS])
    parser.add_argument("--binary", type=Path)
    parser.add_argument("--zoom", type=int, default=100)
    parser.add_argument("--tree", action="store_true", help="print the accessibility tree with every picture")
    parser.add_argument("--list", action="store_true", help="print the journeys")
    args = parser.parse_args()
    if args.list:
        print("\n".join(f"{one.__name__}: {one.__doc__ or ''}" for one in JOURNEYS))
        return
    sizes = [tuple(map(int, size.split("x"))) for size in args.size or ["1024x700", "1920x1080"]]
    looks = itertools.product(args.lang or ["fr", "en"], args.theme or ["light", "dark"], sizes)
    journeys = [one for one in JOURNEYS if not args.journey or one.__name__ in args.journey]
    failures = 0
    with ui.Session():
        ui.load_atspi()
        for (lang, theme, size), journey in itertools.product(looks, journeys):
            look = f"{lang}-{theme}-{size[0]}x{size[1]}"
            with tempfile.TemporaryDirectory() as home:
                try:
                    drive(journey, look, home, lang, theme, size, args)
                    print(f"{journey.__name__} {look}: done", flush=True)
                except ui.Failed as failure:
                    failures += 1
                    print(f"{journey.__name__} {look}: {failure}", flush=True)
    sys.exit(1 if failures else 0)


def drive(journey, look, home, lang, theme, size, args):
    window = ui.Window(
        Path(home) / "data", lang, theme, size, getattr(journey, "welcomed", True), args.zoom, args.binary
    )
    window.say = lambda key: say(lang, key)
    with (window.data_dir / "settings.toml").open("a") as settings:
        settings.write(getattr(journey, "settings", ""))
    served = move.Served(window.binary, Path(home)) if getattr(journey, "serves", False) else None
    if served:
        window.env = served.env
    if getattr(journey, "browses", False):
        window.pages = Pages(Path(home))
    try:
        walk(journey, window, look, args)
    finally:
        if served:
            served.stop()


class Pages:
    """What the program opened in the browser: there is none, but what it is opened with."""

    def __init__(self, home):
        self.file = home / "pages"
        script = home / "bin" / "xdg-open"
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\necho "$1" >>{self.file}\n')
        script.chmod(0o755)
        os.environ["PATH"] = f"{script.parent}:{os.environ['PATH']}"

    def __getitem__(self, n):
        ui.until("a page to be opened", self.file.exists)
        return self.file.read_text().splitlines()[n]


def walk(journey, window, look, args):
    with window:

        def shot(name):
            if args.out:
                window.shot(args.out / f"{name}-{look}.png")
            if args.tree:
                print(f"--- {name}")
                print("\n".join(map(str, window.nodes())))

        try:
            journey(window, shot)
        except ui.Failed:
            if args.out:
                window.shot(args.out / f"failed-{journey.__name__}-{look}.png")
            raise


if __name__ == "__main__":
    main()
