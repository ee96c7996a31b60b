"""Servers on free ports of loopback that do what they should not. A behaviour is a function of a connection and a request
that writes whatever it likes; the connection is closed after it."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import subprocess
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    path: str
    headers: dict
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def id(self):
        return self.headers.get("webhook-id")


class Listener:
    """Takes connections, each on a thread of its own, until close()."""

    def __init__(self, tls=None):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.tls = tls
        self.connections = 0
        self.open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.serve(connection)
        except (OSError, ValueError):
            pass  # it hung up, which is its right
        finally:
            connection.close()

    def serve(self, connection):
        raise NotImplementedError

    def close(self):
        self.socket.close()
        for connection in self.open:
            connection.close()


class Receiver(Listener):
    """HTTP. The n-th request of an id gets the n-th behaviour, those after the last one the last."""

    def __init__(self, *behaviours, tls=None):
        self.behaviours = behaviours
        self.requests = []
        super().__init__(tls)

    @property
    def url(self):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/hook"

    def serve(self, connection):
        request = read_request(connection)
        self.requests.append(request)
        seen = sum(one.id == request.id for one in self.requests)
        self.behaviours[min(seen, len(self.behaviours)) - 1](connection, request)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += _received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _received(connection)
    return Request(method, path, headers, body)


def _received(connection):
    data = connection.recv(65536)
    if not data:
        raise OSError("it hung up")
    return data


def respond(connection, status, body=b"", **headers):
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} Said\r\n{named}content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    connection.sendall(head.encode() + body)


def says(status, body=b"", **headers):
    return lambda connection, request: respond(connection, status, body, **headers)


def hangs(connection, request):
    """It took the request, and never says so."""
    connection.settimeout(60)
    connection.recv(1)


def drips(connection, request):
    connection.sendall(b"HTTP/1.1 200 Said\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"x")
        time.sleep(0.1)


def resets(connection, request):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def truncates(connection, request):
    connection.sendall(b"HTTP/1.1 200 Said\r\ncontent-length: 1000\r\n\r\nhalf")


class Endless:
    """An answer of 10 GB, or a head that does not end. Counts what it could send."""

    def __init__(self, head):
        self.head, self.sent = head, 0

    def __call__(self, connection, request):
        connection.sendall(self.head)
        while self.sent < 10_000_000_000:
            self.sent += connection.send(b"x-flood: yes\r\n" * 1000)


def is_signed(request, secret):
    """As a receiver checks it by Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    is_fresh = abs(time.time() - int(request.headers["webhook-timestamp"])) < 300
    return is_fresh and expected in request.headers["webhook-signature"].split(" ")


class MailServer(Listener):
    """SMTP, as much as is needed. `replies`: what the first, second… message is answered; the last stays."""

    def __init__(self, *replies, tls=None):
        self.replies = replies or ("250 taken",)
        self.messages = []  # (sender, recipients, text)
        self.starttls = tls
        super().__init__()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def serve(self, connection):
        lines = connection.makefile("rwb")
        sender, recipients = None, []

        def say(text):
            lines.write(text.encode() + b"\r\n")
            lines.flush()

        say("220 ready")
        while line := lines.readline():
            command = line.decode().strip()
            verb = command.upper()
            if verb.startswith("EHLO"):
                say("250-here\r\n250 STARTTLS" if self.starttls else "250 here")
            elif verb == "STARTTLS":
                say("220 go on")
                connection = self.starttls.wrap_socket(connection, server_side=True)
                lines = connection.makefile("rwb")
            elif verb.startswith("MAIL FROM"):
                sender = command[10:].partition(">")[0].lstrip("<")
                say("250 ok")
            elif verb.startswith("RCPT TO"):
                address = command[8:].strip("<>")
                say("550 nobody" if address.startswith("nobody@") else "250 ok")
                recipients += [] if address.startswith("nobody@") else [address]
            elif verb == "DATA":
                say("354 go on")
                text = b""
                while (line := lines.readline()) not in (b".\r\n", b""):
                    text += line.removeprefix(b".") if line.startswith(b"..") else line
                self.messages.append((sender, recipients, text.decode()))
                say(self.replies[min(len(self.messages), len(self.replies)) - 1])
                recipients = []
            elif verb == "QUIT":
                return say("221 bye")
            else:
                say("502 what?")


def certificate(folder):
    """A key and a certificate of 127.0.0.1 that nobody trusts. -> (context of a server, file of the certificate)"""
    key, file = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, file


def json_of(request):
    return json.loads(request.body)
