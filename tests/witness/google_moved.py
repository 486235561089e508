"""A moved Google account, opened by other programs: python-caldav reads the Nextcloud, and recurring-ical-events
expands its calendars, which must show on every day of 2026 what the Google Calendar API shows.

Called by google-moved.sh with the file that `transhumance practice --serve --ready FILE` wrote, after a move.
"""

import collections
import datetime
import json
import sys

import caldav
import icalendar
import recurring_ical_events
from caldav.elements import dav as dav_elements
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

with open(sys.argv[1], encoding="utf-8") as ready:
    logins = json.load(ready)
google, nextcloud = logins["google"], logins["nextcloud"]
base = google["endpoint"].rstrip("/")
credentials = Credentials(
    token=None,
    refresh_token=google["refresh_token"],
    token_uri=base + "/token",
    client_id=google["client_id"],
    client_secret=google["client_secret"],
)
credentials.refresh(Request())


def service(name, version, path):
    return build(
        name, version, credentials=credentials, client_options={"api_endpoint": base + path}, static_discovery=True
    )


def everything(method, key, **query):
    items, token = [], None
    while True:
        page = method(**query, pageToken=token).execute() if token else method(**query).execute()
        items += page.get(key, [])
        token = page.get("nextPageToken")
        if token is None:
            return items


def moment(value):
    if "date" in value:
        return datetime.date.fromisoformat(value["date"])
    return datetime.datetime.fromisoformat(value["dateTime"]).astimezone(datetime.timezone.utc)


def of_calendar(value):
    return value.astimezone(datetime.timezone.utc) if isinstance(value, datetime.datetime) else value


client = caldav.DAVClient(
    nextcloud["url"] + "/remote.php/dav/", username=nextcloud["user"], password=nextcloud["password"]
)
by_name = {
    str(calendar.get_property(dav_elements.DisplayName())): calendar for calendar in client.principal().calendars()
}
calendars = service("calendar", "v3", "/calendar/v3/")
begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
days = occurrences = 0
for entry in everything(calendars.calendarList().list, "items", showHidden=True):
    if entry["accessRole"] != "owner":
        continue
    single = everything(
        calendars.events().list,
        "items",
        calendarId=entry["id"],
        singleEvents=True,
        timeMin="2026-01-01T00:00:00Z",
        timeMax="2027-01-01T00:00:00Z",
    )
    expected = collections.defaultdict(collections.Counter)
    for event in single:
        start = moment(event["start"])
        expected[start.date() if isinstance(start, datetime.datetime) else start][
            (event["iCalUID"], start, moment(event["end"]), event.get("summary", ""))
        ] += 1
    whole = icalendar.Calendar()
    zones = set()
    for one in by_name[entry.get("summaryOverride", entry["summary"])].objects():
        one.load()
        for part in icalendar.Calendar.from_ical(one.data).subcomponents:
            if part.name == "VTIMEZONE":
                if part["TZID"] in zones:
                    continue
                zones.add(part["TZID"])
            whole.add_component(part)
    found = collections.defaultdict(collections.Counter)
    for event in recurring_ical_events.of(whole).between(begin, begin.replace(year=2027)):
        start = of_calendar(event.start)
        found[start.date() if isinstance(start, datetime.datetime) else start][
            (str(event["UID"]), start, of_calendar(event.end), str(event.get("SUMMARY", "")))
        ] += 1
    for day in sorted(expected.keys() | found.keys()):
        assert expected[day] == found[day], (entry["summary"], day, expected[day] - found[day], found[day] - expected[day])
        days += 1
        occurrences += sum(found[day].values())

tasks = service("tasks", "v1", "/")
todo = 0
for one in everything(tasks.tasklists().list, "items"):
    shown = everything(tasks.tasks().list, "items", tasklist=one["id"], showHidden=True, showAssigned=True)
    there = by_name[one["title"]].todos(include_completed=True)
    assert len(there) == len(shown), (one["title"], len(there), len(shown))
    names = collections.Counter(task["title"] for task in shown)
    assert names == collections.Counter(str(t.icalendar_component.get("SUMMARY", "")) for t in there)
    todo += len(shown)
print(f"{occurrences} occurrences on {days} days and {todo} tasks are the same")
