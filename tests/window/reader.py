#!/usr/bin/python3
"""Goes from the welcome to "What" as somebody who sees nothing does: everything is found in the accessibility
tree, pressed and filled in through AT-SPI. No mouse, no key, no picture.

    tests/window/reader.py              both languages
    tests/window/reader.py --lang fr    one of them
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import ui  # noqa: E402
from drive import say  # noqa: E402


class Reader:
    """What a screen reader does with a window."""

    def __init__(self, window):
        self.window = window

    def hears(self, words, role=None, patience=ui.PATIENCE):
        """Waits until something says this, as its name, its description or its text."""

        def said():
            for node in self.window.nodes():
                texts = (node.name, node.description, node.value)
                if any(words in text for text in texts) and role in (None, node.role):
                    return node
            return None

        return ui.until(f"somebody to say “{words}”", said, patience)

    def control(self, name, roles):
        """Waits until there is a control of this name that can be operated."""

        def there():
            for node in self.window.nodes():
                if node.name == name and node.role in roles and can_be_operated(node):
                    return node
            return None

        return ui.until(f"a control “{name}”", there)

    def press(self, name):
        self.control(name, ("push button", "button", "radio button", "link")).press()

    def fill(self, name, text):
        self.control(name, ("entry", "password text")).fill(text)

        def filled():
            node = self.window.find(name, "entry") or self.window.find(name, "password text")
            # Of a password, only as many bullets as there are letters.
            return node and len(node.value) == len(text)

        ui.until(f"“{name}” to be filled in", filled)


def can_be_operated(node):
    accessible = node.accessible
    offers = accessible.get_action_iface() or accessible.get_editable_text_iface()
    return "enabled" in node.states and offers is not None


def journey(reader, lang, login, folder):
    t = lambda key: say(lang, key)
    # Welcome.
    reader.hears(t("welcome-first-title"), "heading")
    reader.hears(t("promise-never-delete"))
    reader.press(t("welcome-understood"))
    reader.hears(t("welcome-title"), "heading")
    reader.press(t("welcome-new"))
    # From where: first a mistake, which is told, then the right folder.
    reader.hears(t("source-title"), "heading")
    reader.press(t("source-folder"))
    reader.fill(t("source-folder-path"), f"{folder}/nowhere")
    reader.hears(t("source-folder-missing").split("{")[0].strip())
    reader.fill(t("source-folder-path"), str(folder))
    reader.fill(t("source-name"), "Canard bleu")
    reader.press(t("go-on"))
    # To where: any page of the Nextcloud, then an app password.
    reader.hears(t("target-title"), "heading")
    reader.fill(t("nextcloud-address"), login["url"] + "/index.php/login")
    reader.press(t("nextcloud-look"))
    reader.hears(t("nextcloud-browser-words"))
    reader.press(t("nextcloud-by-password"))
    reader.fill(t("nextcloud-user"), login["user"])
    reader.fill(t("nextcloud-password"), login["password"])
    reader.press(t("nextcloud-password-go"))
    reader.hears(t("nextcloud-account").replace("{ $user }", login["user"]))
    reader.press(t("go-on"))
    # What.
    reader.hears(t("choose-title"), "heading")


class Servers:
    """The practice world, for as long as the block lasts."""

    def __init__(self, binary, folder):
        self.ready = Path(folder) / "ready.json"
        self.process = subprocess.Popen(
            [binary, "--data-dir", Path(folder) / "data", "practice", "--serve", "--ready", self.ready],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self):
        try:
            ui.until("the practice servers", self.ready.exists, 60)
            return json.loads(self.ready.read_text())
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-l", "--lang", action="append", choices=["fr", "en"])
    parser.add_argument("--binary", type=Path)
    args = parser.parse_args()
    binary = args.binary or os.environ.get("TRANSHUMANCE") or ui.ROOT / "target/debug/transhumance"
    with ui.Session(), tempfile.TemporaryDirectory() as home, Servers(binary, home) as logins:
        ui.load_atspi()
        folder = Path(home) / "Photos"
        folder.mkdir()
        (folder / "été.txt").write_text("x")
        for lang in args.lang or ["fr", "en"]:
            with ui.Window(Path(home) / lang, lang, welcomed=False, binary=args.binary) as window:
                window.remembers_nothing = True
                try:
                    journey(Reader(window), lang, logins["nextcloud"], folder)
                except ui.Failed as failure:
                    print(f"{lang}: {failure}", flush=True)
                    print("\n".join(map(str, window.nodes())))
                    sys.exit(1)
                print(f"{lang}: done", flush=True)


if __name__ == "__main__":
    main()
