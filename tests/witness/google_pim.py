"""Independent programs against the practice Google's calendars, contacts and tasks.

Google's own Python client reads the Calendar, People and Tasks APIs; python-caldav and vdirsyncer read its
CalDAV; icalendar and recurring-ical-events expand the whole calendar's iCalendar, which must come to the same
occurrences as the API's. Called by google-python.sh with the file that
`transhumance practice --serve --ready FILE` writes.
"""

import asyncio
import collections
import datetime
import json
import struct
import sys
import urllib.parse
import urllib.request

import caldav
import icalendar
import recurring_ical_events
from caldav.elements import dav as dav_elements
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

with open(sys.argv[1], encoding="utf-8") as ready:
    google = json.load(ready)["google"]
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
        name,
        version,
        credentials=credentials,
        client_options={"api_endpoint": base + path},
        static_discovery=True,
    )


def everything(method, key, **query):
    """All items of all pages, and the last page."""
    items = []
    request = method(**query)
    while True:
        page = request.execute()
        items += page.get(key, [])
        token = page.get("nextPageToken")
        if token is None:
            return items, page
        request = method(**query, pageToken=token)


def refused(request, status, words=""):
    try:
        request.execute()
    except HttpError as error:
        assert error.resp.status == status and words in str(error), error
        return
    raise AssertionError(f"not refused: {status} {words}")


calendars = service("calendar", "v3", "/calendar/v3/")
people = service("people", "v1", "/")
tasks = service("tasks", "v1", "/")


# Calendars, by the API.
entries, last = everything(calendars.calendarList().list, "items", showHidden=True, maxResults=3)
assert sum(entry.get("primary", False) for entry in entries) == 1
assert calendars.calendarList().list(syncToken=last["nextSyncToken"], showHidden=True).execute()["items"] == []
refused(calendars.calendarList().list(syncToken="nonsense"), 400, "sync token")
refused(calendars.events().list(calendarId="nobody@x.example"), 404)
refused(calendars.events().list(calendarId="primary", orderBy="startTime"), 400)
assert len(calendars.colors().get().execute()["event"]) == 11

year = dict(timeMin="2026-01-01T00:00:00Z", timeMax="2027-01-01T00:00:00Z")


def moment(value):
    """A day, or a point in time."""
    if "date" in value:
        return datetime.date.fromisoformat(value["date"])
    return datetime.datetime.fromisoformat(value["dateTime"]).astimezone(datetime.timezone.utc)


def of_calendar(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc)
    return value


def whole(calendar):
    address = f"{base}/caldav/v2/{urllib.parse.quote(calendar, safe='')}/events"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {credentials.token}"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


occurrences = 0
events = 0
for entry in entries:
    calendar = entry["id"]
    listed, last = everything(calendars.events().list, "items", calendarId=calendar, maxResults=100)
    events += len(listed)
    again = calendars.events().list(calendarId=calendar, syncToken=last["nextSyncToken"]).execute()
    assert again["items"] == [], again
    if entry["accessRole"] == "freeBusyReader":
        assert all("summary" not in event for event in listed)
        continue
    single, _ = everything(
        calendars.events().list, "items", calendarId=calendar, singleEvents=True, orderBy="startTime", **year
    )
    by_api = collections.Counter(
        (event["iCalUID"], moment(event["start"]), moment(event["end"]))
        for event in single
        if event["eventType"] != "workingLocation"
    )
    instances = [
        (event["iCalUID"], moment(one["start"]), moment(one["end"]))
        for event in listed
        if "recurrence" in event
        for one in everything(
            calendars.events().instances, "items", calendarId=calendar, eventId=event["id"], **year
        )[0]
    ]
    assert collections.Counter(instances) <= by_api
    # The same calendar as iCalendar, read and expanded by others.
    text = whole(calendar)
    read = icalendar.Calendar.from_ical(text)
    assert read["PRODID"] == "-//Google Inc//Google Calendar 70.9054//EN"
    # Else series in UTC would be taken for series in that zone.
    read.pop("X-WR-TIMEZONE")
    expanded = recurring_ical_events.of(read).between(
        datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc),
    )
    by_ical = collections.Counter(
        (str(event["UID"]), of_calendar(event.start), of_calendar(event.end)) for event in expanded
    )
    odd = (by_api - by_ical) + (by_ical - by_api)
    assert not odd, (entry["summary"], odd)
    occurrences += sum(by_ical.values())

# Calendars, by CalDAV.
client = caldav.DAVClient(
    f"{base}/caldav/v2/", headers={"Authorization": f"Bearer {credentials.token}"}
)
found = client.principal().calendars()
assert len(found) == sum(entry["accessRole"] == "owner" and not entry.get("hidden") for entry in entries), found
by_caldav = 0
for calendar in found:
    assert calendar.get_property(dav_elements.DisplayName())
    objects = calendar.events()
    assert all(one.icalendar_instance.subcomponents for one in objects)
    by_caldav += len(objects)


async def with_vdirsyncer():
    import aiohttp
    from vdirsyncer.storage import dav

    class Session(dav.DAVSession):
        def get_default_headers(self):
            headers = super().get_default_headers()
            headers["Authorization"] = f"Bearer {credentials.token}"
            return headers

    class Storage(dav.CalDAVStorage):
        session_class = Session

        class discovery_class(dav.CalDiscover):
            @staticmethod
            def _get_collection_from_url(url):
                parts = url.rstrip("/").split("/")
                parts.pop()
                return urllib.parse.unquote(parts.pop())

    count = 0
    async with aiohttp.TCPConnector() as connector:
        async for arguments in Storage.discover(url=f"{base}/caldav/v2/", connector=connector):
            storage = Storage(**arguments)
            hrefs = [href async for href, _ in storage.list()]
            async for _, item, etag in storage.get_multi(hrefs):
                assert item.uid and etag
                count += 1
    return count


by_vdirsyncer = asyncio.run(with_vdirsyncer())
assert by_vdirsyncer == by_caldav, (by_vdirsyncer, by_caldav)

# Contacts.
fields = (
    "addresses,biographies,birthdays,emailAddresses,events,imClients,memberships,metadata,names,nicknames,"
    "organizations,phoneNumbers,photos,relations,urls,userDefined"
)
connections = people.people().connections()
persons, last = everything(
    connections.list, "connections", resourceName="people/me", personFields=fields, pageSize=10, requestSyncToken=True
)
assert len({person["resourceName"] for person in persons}) == len(persons) == last["totalItems"]
refused(connections.list(resourceName="people/me"), 400, "personFields")
refused(
    connections.list(
        resourceName="people/me", personFields=fields, pageSize=10, requestSyncToken=True, syncToken="nonsense"
    ),
    400,
)
groups, _ = everything(people.contactGroups().list, "contactGroups", pageSize=5)
assert {group["groupType"] for group in groups} == {"USER_CONTACT_GROUP", "SYSTEM_CONTACT_GROUP"}
names = [person["resourceName"] for person in persons[:50]]
batch = people.people().getBatchGet(resourceNames=names, personFields=fields).execute()["responses"]
assert [one["person"] for one in batch] == persons[:50]
pictures = 0
for person in persons:
    for photo in person.get("photos", []):
        if photo.get("default"):
            continue
        with urllib.request.urlopen(photo["url"].replace("=s100", "=s720")) as answer:
            png = answer.read()
        width, height = struct.unpack(">II", png[16:24])
        assert png.startswith(b"\x89PNG") and width == height > 0
        pictures += 1
others, _ = everything(people.otherContacts().list, "otherContacts", readMask="names,emailAddresses")

# Tasks.
lists, _ = everything(tasks.tasklists().list, "items")
todo = 0
for one in lists:
    shown, _ = everything(
        tasks.tasks().list, "items", tasklist=one["id"], showHidden=True, showAssigned=True, maxResults=7
    )
    ids = {task["id"] for task in shown}
    assert len(ids) == len(shown)
    todo += len(shown)
refused(tasks.tasks().list(tasklist="nonsense"), 404)

print(
    f"{len(entries)} calendars, {events} events, {occurrences} occurrences the same as iCalendar says,"
    f" {by_caldav} objects by CalDAV; {len(persons)} contacts, {len(groups)} labels, {pictures} pictures,"
    f" {len(others)} other contacts; {todo} tasks in {len(lists)} lists"
)
