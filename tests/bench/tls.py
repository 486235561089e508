"""Lets a program that only speaks TLS with a provider's own names talk to a practice server on this computer.

A proxy (CONNECT) that ends the TLS itself, with a certificate made for the occasion (openssl), and hands the
bytes on as they are. It costs next to nothing beside mitmproxy.
"""

import asyncio
import ssl
import subprocess
import threading


class Terminator:
    """`proxy` is the proxy's address, `authority` the file with the certificate to trust."""

    def __init__(self, folder, hosts):
        """`hosts`: the port of the practice server for each name."""
        self.hosts = hosts
        self.authority = folder / "authority.pem"
        key = folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=practice",
             "-keyout", key, "-out", self.authority,
             "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in hosts)],
            check=True, capture_output=True)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.authority, key)
        self.started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True).start()
        self.started.wait(10)

    async def serve(self):
        server = await asyncio.start_server(self.one, "127.0.0.1", 0)
        self.proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.started.set()
        async with server:
            await server.serve_forever()

    async def one(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split(" ", 2)
            name = target.rpartition(":")[0]
            if method != "CONNECT" or name not in self.hosts:
                writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                return
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.drain()
            await writer.start_tls(self.context)
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.hosts[name])
            await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def pipe(reader, writer):
    try:
        while data := await reader.read(1 << 18):
            writer.write(data)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.close()
