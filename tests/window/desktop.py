#!/usr/bin/python3
"""What a desktop offers that a bare screen has not: a power manager and notifications, on the session bus.

Prints a line of JSON for whatever it is asked, and when one who asked has gone:
    {"call": "Inhibit", "args": […]}   {"call": "UnInhibit"}   {"call": "Notify", "args": […]}
"""

import json
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

SERVICES = {
    "org.freedesktop.PowerManagement": (
        "/org/freedesktop/PowerManagement/Inhibit",
        """<node><interface name="org.freedesktop.PowerManagement.Inhibit">
        <method name="Inhibit"><arg type="s" direction="in"/><arg type="s" direction="in"/>
        <arg type="u" direction="out"/></method>
        <method name="UnInhibit"><arg type="u" direction="in"/></method>
        </interface></node>""",
    ),
    "org.freedesktop.Notifications": (
        "/org/freedesktop/Notifications",
        """<node><interface name="org.freedesktop.Notifications">
        <method name="GetCapabilities"><arg type="as" direction="out"/></method>
        <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
        <arg type="s" direction="out"/><arg type="s" direction="out"/></method>
        <method name="CloseNotification"><arg type="u" direction="in"/></method>
        <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
        <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
        <arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
        <arg type="u" direction="out"/></method>
        </interface></node>""",
    ),
}


def say(**what):
    print(json.dumps(what, ensure_ascii=False, default=str), flush=True)


def called(bus, sender, _path, _interface, method, args, invocation):
    answers = {
        "Inhibit": ("(u)", (1,)),
        "Notify": ("(u)", (1,)),
        "GetCapabilities": ("(as)", (["body"],)),
        "GetServerInformation": ("(ssss)", ("test", "test", "1", "1.2")),
    }
    shape, values = answers.get(method, ("()", ()))
    invocation.return_value(GLib.Variant(shape, values))
    if method in ("Inhibit", "UnInhibit", "Notify"):
        say(call=method, args=args.unpack())
    if method == "Inhibit":
        # Whoever leaves no longer keeps anything awake.
        Gio.bus_watch_name_on_connection(
            bus, sender, Gio.BusNameWatcherFlags.NONE, None, lambda *_: say(call="UnInhibit")
        )


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    waiting = set(SERVICES)
    for name, (path, xml) in SERVICES.items():
        interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
        bus.register_object(path, interface, called)

        def owned(_bus, name):
            waiting.discard(name)
            if not waiting:
                say(ready=True)

        Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, owned, lambda *_: sys.exit(1))
    GLib.MainLoop().run()


main()
