"""Microsoft's own Graph SDK for Python against the practice Microsoft: drives, changes, content, sites, teams,
calendars, contacts, To Do.

Called by microsoft-python.sh with the file that `transhumance practice --serve --ready FILE` writes. The
quickXorHash is computed here from its description, by itself.
"""

import asyncio
import base64
import json
import sys
import urllib.parse
import urllib.request

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

with open(sys.argv[1], encoding="utf-8") as ready:
    microsoft = json.load(ready)["microsoft"]
base = microsoft["endpoint"]


def sign_in(refresh_token, tenant):
    """The newest tokens; each use gives a new refresh token."""
    form = {
        "grant_type": "refresh_token",
        "client_id": microsoft["client_id"],
        "refresh_token": refresh_token,
        "scope": "offline_access User.Read Files.Read.All Calendars.Read Contacts.Read Tasks.Read"
        + (" Sites.Read.All Team.ReadBasic.All Channel.ReadBasic.All" if microsoft["drive_type"] == "business" else ""),
    }
    url = f"{base}/{tenant}/oauth2/v2.0/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)


first = sign_in(microsoft["refresh_token"], "common")
assert first["refresh_token"] != microsoft["refresh_token"]
second = sign_in(first["refresh_token"], microsoft["tenant"] if microsoft["drive_type"] == "business" else "consumers")
assert second["token_type"] == "Bearer" and second["expires_in"] > 3000
TOKEN = second["access_token"]


class Bearer(AuthenticationProvider):
    async def authenticate_request(self, request, additional_authentication_context=None):
        request.headers.add("Authorization", f"Bearer {TOKEN}")


adapter = GraphRequestAdapter(Bearer())
adapter.base_url = f"{base}/v1.0"
graph = GraphServiceClient(request_adapter=adapter)


def quick_xor_hash(data):
    value = 0
    for place, byte in enumerate(data):
        shift = place * 11 % 160
        part = byte << shift
        value ^= (part & (1 << 160) - 1) | part >> 160
    digest = bytearray(value.to_bytes(20, "little"))
    for place, byte in enumerate(len(data).to_bytes(8, "little")):
        digest[12 + place] ^= byte
    return base64.b64encode(digest).decode()


def with_shared():
    headers = HeadersCollection()
    headers.add("Prefer", "Include-Feature=AddToOneDrive")
    return RequestConfiguration(headers=headers)


async def everything(drive):
    """All items by the list of changes, the last word on each, and where to go on."""
    list_of = graph.drives.by_drive_id(drive).items.by_drive_item_id("root").delta
    page = await list_of.get(request_configuration=with_shared())
    items = {}
    while True:
        for item in page.value:
            if item.deleted is not None:
                items.pop(item.id, None)
            else:
                items[item.id] = item
        if page.odata_next_link is None:
            assert page.odata_delta_link
            return items, page.odata_delta_link
        page = await list_of.with_url(page.odata_next_link).get(request_configuration=with_shared())


async def refused(call, status, code):
    try:
        await call
    except ODataError as error:
        found = (error.response_status_code, error.error.code)
        assert found == (status, code), found
        return
    raise AssertionError(f"not refused: {code}")


MISSTATED = ("relevés.json", "Bilan.docx", "Atlas.pdf", "IMG_0042.heic")


async def look_at(drive, counts):
    items, link = await everything(drive)
    for item in items.values():
        if item.file is None or item.malware is not None:
            counts["without content"] += 1
            continue
        by_id = graph.drives.by_drive_id(drive).items.by_drive_item_id(item.id)
        # The SDK follows the redirect and, as it should, leaves the token behind.
        content = await by_id.content.get() or b""
        stated = item.file.hashes.quick_xor_hash if item.file.hashes else None
        if item.name in MISSTATED:
            assert stated != quick_xor_hash(content), item.name
            counts["misstated"] += 1
        elif stated is not None:
            assert len(content) == item.size, item.name
            assert quick_xor_hash(content) == stated, item.name
            counts["proved"] += 1
        assert item.file_system_info.last_modified_date_time is not None
    again, _ = await everything(drive)
    assert again.keys() == items.keys()
    page = await graph.drives.by_drive_id(drive).items.by_drive_item_id("root").delta.with_url(link).get()
    assert page.value == [] and page.odata_delta_link, page
    return items


async def sites(counts):
    found = await graph.sites.get()
    assert len(found.value) == len(microsoft["sites"]), found
    libraries = set()
    for site in found.value:
        for drive in (await graph.sites.by_site_id(site.id).drives.get()).value:
            assert drive.drive_type == "documentLibrary"
            libraries.add(drive.id)
            await look_at(drive.id, counts)
    teams = (await graph.me.joined_teams.get()).value
    channels = graph.teams.by_team_id(teams[0].id).channels
    for channel in (await channels.get()).value:
        folder = channels.by_channel_id(channel.id).files_folder
        if channel.display_name == "Jamais ouvert":
            await refused(folder.get(), 404, "itemNotFound")
            continue
        drive = (await folder.get()).parent_reference.drive_id
        # Private channels have a library of their own.
        assert (drive in libraries) == (channel.membership_type.value == "standard")


async def all_pages(list_of, first):
    """All rows, page by page."""
    rows, page = list(first.value), first
    while page.odata_next_link:
        page = await list_of.with_url(page.odata_next_link).get()
        rows += page.value
    return rows


async def mailbox():
    counts = {"events": 0, "series": 0, "instances": 0, "contacts": 0, "pictures": 0, "tasks": 0}
    for calendar in await all_pages(graph.me.calendars, await graph.me.calendars.get()):
        list_of = graph.me.calendars.by_calendar_id(calendar.id).events
        for event in await all_pages(list_of, await list_of.get()):
            counts["events"] += 1
            assert event.type.value in ("singleInstance", "seriesMaster"), event.type
            assert event.start.date_time and event.change_key and event.i_cal_u_id
            if event.recurrence is None:
                continue
            counts["series"] += 1
            query = "?startDateTime=2024-01-01T00:00:00Z&endDateTime=2026-01-01T00:00:00Z&$top=500"
            by_id = graph.me.events.by_event_id(event.id).instances
            found = await by_id.with_url(f"{base}/v1.0/me/events/{event.id}/instances{query}").get()
            assert all(one.series_master_id == event.id for one in found.value)
            counts["instances"] += len(found.value)
    folders = (await graph.me.contact_folders.get()).value
    assert [folder.display_name for folder in folders] == ["Fournisseurs", "Anciens"], folders
    for contact in await all_pages(graph.me.contacts, await graph.me.contacts.get()):
        counts["contacts"] += 1
        assert contact.parent_folder_id not in [folder.id for folder in folders]
        try:
            picture = await graph.me.contacts.by_contact_id(contact.id).photo.content.get()
            assert picture.startswith(b"\x89PNG")
            counts["pictures"] += 1
        except ODataError as error:
            assert error.response_status_code == 404, error
    for task_list in (await graph.me.todo.lists.get()).value:
        list_of = graph.me.todo.lists.by_todo_task_list_id(task_list.id).tasks
        for task in await all_pages(list_of, await list_of.get()):
            counts["tasks"] += 1
            assert task.title and task.status is not None
    assert all(count > 0 for what, count in counts.items() if what != "pictures"), counts
    return counts


async def main():
    me = await graph.me.get()
    assert me.user_principal_name == microsoft["account"], me
    own = await graph.me.drive.get()
    assert own.id == microsoft["drive_id"] and own.drive_type == microsoft["drive_type"], own
    counts = {"proved": 0, "misstated": 0, "without content": 0}
    items = await look_at(own.id, counts)
    notebook = next(item for item in items.values() if item.package is not None)
    assert notebook.package.type == "oneNote"
    remote = next(item for item in items.values() if item.name == "La ferme").remote_item
    elsewhere = graph.drives.by_drive_id(remote.parent_reference.drive_id)
    children = await elsewhere.items.by_drive_item_id(remote.id).children.get()
    assert [child.name for child in children.value] == ["Semis.txt", "Contrats"], children
    folder = next(item for item in items.values() if item.name == "Vieux fichiers")
    listed = await graph.drives.by_drive_id(own.id).items.by_drive_item_id(folder.id).children.get()
    inside = [item for item in items.values() if item.parent_reference.id == folder.id]
    assert len(listed.value) == len(inside) == folder.folder.child_count
    await refused(graph.drives.by_drive_id(own.id).items.by_drive_item_id("nonsense").get(), 404, "itemNotFound")
    if own.drive_type == "business":
        await sites(counts)
    print(f"{len(items)} items: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    print(", ".join(f"{count} {what}" for what, count in (await mailbox()).items()))


asyncio.run(main())
