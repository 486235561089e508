"""Google's own Python client against the practice Google: sign in, list, download, export, changes.

Called by google-python.sh with the file that `transhumance practice --serve --ready FILE` writes.
"""

import hashlib
import io
import json
import sys

from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload

with open(sys.argv[1], encoding="utf-8") as ready:
    google = json.load(ready)["google"]
base = google["endpoint"].rstrip("/")


def service(**changes):
    settings = {
        "token": None,
        "refresh_token": google["refresh_token"],
        "token_uri": base + "/token",
        "client_id": google["client_id"],
        "client_secret": google["client_secret"],
    }
    settings.update(changes)
    return build(
        "drive",
        "v3",
        credentials=Credentials(**settings),
        client_options={"api_endpoint": base + "/drive/v3/"},
        static_discovery=True,
    )


drive = service()


def everything(**query):
    token = None
    while True:
        page = (
            drive.files()
            .list(
                pageSize=1000,
                pageToken=token,
                fields="nextPageToken,incompleteSearch,files(*)",
                **query,
            )
            .execute()
        )
        yield from page["files"]
        token = page.get("nextPageToken")
        if token is None:
            return


def download(request, chunk=100_000):
    target = io.BytesIO()
    loader = MediaIoBaseDownload(target, request, chunksize=chunk)
    done = False
    while not done:
        _, done = loader.next_chunk()
    return target.getvalue()


def refused(call, status, reason):
    try:
        call()
    except HttpError as error:
        found = error.error_details[0]["reason"] if error.error_details else None
        assert (error.resp.status, found) == (status, reason), (error.resp.status, error.error_details)
        return
    raise AssertionError(f"not refused: {reason}")


about = drive.about().get(fields="user,exportFormats,storageQuota").execute()
assert about["user"]["emailAddress"] == google["account"], about["user"]

files = list(everything(q="trashed=false"))
drives = drive.drives().list().execute()["drives"]
for one in drives:
    files += everything(
        q="trashed=false",
        corpora="drive",
        driveId=one["id"],
        includeItemsFromAllDrives=True,
        supportsAllDrives=True,
    )
assert len({file["id"] for file in files}) == len(files)

proved = exported = refusals = skipped = 0
for file in files:
    get = dict(fileId=file["id"], supportsAllDrives=True)
    if "md5Checksum" in file:
        if "resourceKey" in file:
            refused(drive.files().get_media(**get).execute, 404, "notFound")
            refusals += 1
            continue
        if not file["capabilities"]["canDownload"]:
            refused(drive.files().get_media(**get).execute, 403, "cannotDownloadFile")
            refusals += 1
            continue
        try:
            content = download(drive.files().get_media(acknowledgeAbuse=True, **get))
        except HttpError as error:
            assert error.error_details[0]["reason"] == "downloadQuotaExceeded", error
            refusals += 1
            continue
        assert len(content) == int(file["size"]), file["name"]
        for name in ("md5", "sha1", "sha256"):
            known = file.get(name + "Checksum")
            assert known in (None, hashlib.new(name, content).hexdigest()), (file["name"], name)
        proved += 1
    elif "exportLinks" in file:
        for mime in about["exportFormats"][file["mimeType"]]:
            request = drive.files().export_media(fileId=file["id"], mimeType=mime)
            try:
                assert len(download(request)) > 0
                exported += 1
            except HttpError as error:
                assert error.error_details[0]["reason"] == "exportSizeLimitExceeded", error
                refusals += 1
    else:
        skipped += 1

document = next(file for file in files if "exportLinks" in file)
refused(drive.files().get_media(fileId=document["id"]).execute, 403, "fileNotDownloadable")
refused(drive.files().list(fields="files(nonsense)").execute, 400, "invalidParameter")
refused(drive.files().list(q="nonsense").execute, 400, "invalid")
refused(drive.files().get(fileId="nonsense").execute, 404, "notFound")
start = drive.changes().getStartPageToken().execute()["startPageToken"]
changes = drive.changes().list(pageToken=start).execute()
assert changes["newStartPageToken"] == start and changes["changes"] == [], changes
try:
    service(refresh_token="1//nonsense").about().get(fields="user").execute()
    raise AssertionError("not refused: a wrong refresh token")
except RefreshError as error:
    assert "invalid_grant" in str(error), error

print(
    f"{len(files)} items: {proved} files proved, {exported} exports, {refusals} refused as they should be,"
    f" {skipped} without content"
)
