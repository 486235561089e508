"""What python's caldav sees in the practice Nextcloud, and what it can do there."""

import datetime
import json
import sys
import uuid

import caldav

login = json.load(open(sys.argv[1]))["old_nextcloud"]
failed = False


def expect(what, wanted, found):
    global failed
    if wanted == found:
        print(f"ok    {what}: {found}")
    else:
        print(f"WRONG {what}: expected {wanted!r}, found {found!r}")
        failed = True


client = caldav.DAVClient(
    url=login["url"] + "/remote.php/dav/",
    username=login["user"],
    password=login["password"],
)
principal = client.principal()
calendars = {str(calendar.url).rstrip("/").split("/")[-1]: calendar for calendar in principal.calendars()}
expect("own and received calendars", True, {"personal", "amap-distributions", "taches"} <= set(calendars))
amap = calendars["amap-distributions"]
expect("a name", "AMAP – distributions 🥕", amap.get_display_name())
found = amap.search(
    event=True,
    start=datetime.datetime(2031, 10, 6),
    end=datetime.datetime(2031, 10, 7),
    expand=False,
)
expect("an event by its date", True, any("Conseil d'administration" in event.data for event in found))
expect("tasks that are not done", True, len(calendars["taches"].todos()) > 3)

made = principal.make_calendar(name="Essai é", cal_id=f"essai-{uuid.uuid4()}")
made.save_event(
    uid="essai-python",
    dtstart=datetime.datetime(2031, 1, 1, 10, tzinfo=datetime.timezone.utc),
    dtend=datetime.datetime(2031, 1, 1, 11, tzinfo=datetime.timezone.utc),
    summary="Été",
)
again = made.event_by_uid("essai-python")
expect("an event that was stored", True, "SUMMARY:Été" in again.data)
token = made.objects_by_sync_token()
expect("objects by token", 1, len(list(token)))
again.delete()
expect("nothing is left", [], made.events())
made.delete()
sys.exit(failed)
