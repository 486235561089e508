"""Dropbox's own SDK for Python against the practice Dropbox: sign-in, lists, cursors, content, shares, teams.

Called by dropbox-python.sh with the file that `transhumance practice --serve --ready FILE` writes, the proxy
that ends the SDK's TLS, and its certificate. The content_hash is computed here from its description, by
itself.
"""

import hashlib
import json
import sys

import dropbox
from dropbox import common, exceptions, files, sharing

with open(sys.argv[1], encoding="utf-8") as ready:
    login = json.load(ready)["dropbox"]
session = dropbox.create_session(proxies={"https": sys.argv[2]}, ca_certs=sys.argv[3])
# Proxies of the environment would win.
session.trust_env = False
client = dropbox.Dropbox(
    oauth2_refresh_token=login["refresh_token"], app_key=login["client_id"], session=session,
    max_retries_on_error=0, max_retries_on_rate_limit=0)


def content_hash(data):
    blocks = b"".join(
        hashlib.sha256(data[at:at + (4 << 20)]).digest() for at in range(0, len(data), 4 << 20))
    return hashlib.sha256(blocks).hexdigest()


def everything(of, path=""):
    """All entries by pages, and the cursor to go on from."""
    page = of.files_list_folder(path, recursive=True, include_mounted_folders=True, limit=20)
    found = list(page.entries)
    pages = 1
    while page.has_more:
        page = of.files_list_folder_continue(page.cursor)
        found += page.entries
        pages += 1
    return found, page.cursor, pages


account = client.users_get_current_account()
assert account.email == login["account"], account
usage = client.users_get_space_usage()
assert usage.used > 0

entries, cursor, pages = everything(client)
assert pages > 3 and len(entries) > 100, (pages, len(entries))
of_path = {entry.path_lower: entry for entry in entries if entry.path_lower}
assert "/vieux fichiers/ordinaire.txt" in of_path
same = 0
for entry in entries:
    if isinstance(entry, files.FileMetadata) and entry.is_downloadable and entry.content_hash:
        try:
            meta, answer = client.files_download(entry.id)
        except exceptions.ApiError as error:
            assert entry.path_lower.startswith("/refus/"), (entry, error)
            continue
        assert meta.rev == entry.rev and len(answer.content) == entry.size
        assert content_hash(answer.content) == entry.content_hash, entry
        same += 1
assert same > 80, same

page = client.files_list_folder_continue(cursor)
assert not page.entries and not page.has_more
assert not client.files_list_folder_longpoll(cursor, timeout=30).changes

documents = [entry for entry in entries if isinstance(entry, files.FileMetadata) and not entry.is_downloadable]
exported = 0
for entry in documents:
    info = entry.export_info
    if info and (info.export_as or info.export_options):
        wanted = info.export_as or info.export_options[0]
        try:
            result, answer = client.files_export(entry.id, export_format=wanted if info.export_options else None)
        except exceptions.ApiError as error:
            # One is busy at first.
            assert "not_found" in str(error) or "retry" in str(error), error
            continue
        assert answer.content and result.export_metadata.size == len(answer.content)
        exported += 1
assert exported >= 8, exported
try:
    client.files_download(documents[0].id)
    raise AssertionError("a document is no file")
except exceptions.ApiError as error:
    assert error.error.is_unsupported_file(), error

meta = client.files_get_metadata("/VIEUX FICHIERS/ORDINAIRE.TXT")
assert meta.name == "ordinaire.txt"
_, answer = client.files_download(f"rev:{meta.rev}")
assert content_hash(answer.content) == meta.content_hash
try:
    client.files_get_metadata("/nichts")
    raise AssertionError("there is no such thing")
except exceptions.ApiError as error:
    assert error.error.is_path() and error.error.get_path().is_not_found(), error

folders = client.sharing_list_folders(limit=2)
names = [folder.name for folder in folders.entries]
while folders.cursor:
    folders = client.sharing_list_folders_continue(folders.cursor)
    names += [folder.name for folder in folders.entries]
assert "Ancien projet" in names and "Commission Légumes" in names, names
received = client.sharing_list_received_files(limit=1)
files_received = list(received.entries)
while received.cursor:
    received = client.sharing_list_received_files_continue(received.cursor)
    files_received += received.entries
assert any(file.name == "Devis.pdf" for file in files_received), files_received
link = next(file.preview_url for file in files_received if file.name == "Devis.pdf")
linked, answer = client.sharing_get_shared_link_file(link)
assert isinstance(linked, sharing.FileLinkMetadata) and len(answer.content) == linked.size

if isinstance(account.root_info, common.TeamRootInfo):
    root = account.root_info.root_namespace_id
    assert root != account.root_info.home_namespace_id
    team = client.with_path_root(common.PathRoot.root(root))
    top = [entry.name for entry in team.files_list_folder("").entries]
    assert "Terres communes" in top, top
    inside, _, _ = everything(team, "/terres communes")
    assert any(entry.name == "2019.txt" for entry in inside)

print(f"ok    {len(entries)} entries on {pages} pages, {same} files the same by content_hash, "
      f"{exported} documents exported, {len(names)} shared folders")
