"""A mitmproxy addon: what is meant for Google goes to the practice Google, under its own Host name.

PRACTICE_PORT names the port of the practice server on this computer.
"""

import os

GOOGLE = ("www.googleapis.com", "oauth2.googleapis.com", "accounts.google.com", "docs.google.com")
PORT = int(os.environ["PRACTICE_PORT"])


def request(flow):
    host = flow.request.pretty_host
    if host in GOOGLE:
        flow.request.scheme = "http"
        flow.request.host = "127.0.0.1"
        flow.request.port = PORT
        # Setting the host rewrites the header; the practice server answers by the name it is called.
        flow.request.host_header = host
    else:
        flow.kill()
