"""A mitmproxy addon: what is meant for a provider goes to its practice server, under its own Host name.

PRACTICE_PORT names the port of the practice server on this computer, PRACTICE_HOSTS the names it stands for.
"""

import os

HOSTS = os.environ["PRACTICE_HOSTS"].split()
PORT = int(os.environ["PRACTICE_PORT"])


def request(flow):
    host = flow.request.pretty_host
    if host in HOSTS:
        flow.request.scheme = "http"
        flow.request.host = "127.0.0.1"
        flow.request.port = PORT
        # Setting the host rewrites the header; the practice server answers by the name it is called.
        flow.request.host_header = host
    else:
        flow.kill()
