"""Writes an rclone configuration for the practice Microsoft, and prints the names of its remotes.

    python3 microsoft_remotes.py READY CONFIG

READY: what `transhumance practice --serve --ready READY` has written. `own` is the account's OneDrive; the
others are the libraries of its sites.
"""

import json
import sys
import urllib.parse
import urllib.request

with open(sys.argv[1], encoding="utf-8") as ready:
    microsoft = json.load(ready)["microsoft"]
base = microsoft["endpoint"]
form = urllib.parse.urlencode(
    {
        "grant_type": "refresh_token",
        "client_id": microsoft["client_id"],
        "refresh_token": microsoft["refresh_token"],
    }
).encode()
with urllib.request.urlopen(f"{base}/common/oauth2/v2.0/token", form) as answer:
    access = json.load(answer)["access_token"]


def get(path):
    request = urllib.request.Request(f"{base}/v1.0/{path}", headers={"Authorization": f"Bearer {access}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


drives = {"own": (microsoft["drive_id"], microsoft["drive_type"])}
for address in microsoft["sites"]:
    parts = urllib.parse.urlsplit(address)
    site = get(f"sites/{parts.netloc}:{parts.path}" if parts.path else f"sites/{parts.netloc}")
    for number, drive in enumerate(get(f"sites/{site['id']}/drives")["value"]):
        drives[f"{site['name'] or 'top'}-{number}"] = (drive["id"], drive["driveType"])

# rclone always sends a secret, and begins with a token that has ended.
token = {
    "access_token": "expired",
    "token_type": "Bearer",
    "refresh_token": microsoft["refresh_token"],
    "expiry": "2020-01-01T00:00:00Z",
}
with open(sys.argv[2], "w", encoding="utf-8") as config:
    for name, (drive_id, drive_type) in drives.items():
        config.write(
            f"""[{name}]
type = onedrive
client_id = {microsoft['confidential_client_id']}
client_secret = any
token_url = {base}/common/oauth2/v2.0/token
auth_url = {base}/common/oauth2/v2.0/authorize
tenant_url = {base}/_api
drive_id = {drive_id}
drive_type = {drive_type}
token = {json.dumps(token)}

"""
        )
print("\n".join(drives))
