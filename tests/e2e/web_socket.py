"""A WebSocket client of the live contract, on the standard library alone."""

import base64
import json
import os
import socket
import struct

WAIT_S_MAX = 20
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    def __init__(self, status, headers, body):
        super().__init__(status, body)
        self.status, self.headers, self.body = status, headers, body


class Closed(Exception):
    def __init__(self, code, reason=""):
        super().__init__(code, reason)
        self.code, self.reason = code, reason


def request(path="/v1/ws", token=None, version="13", **headers):
    """The bytes that ask for a WebSocket."""
    fields = {"Host": "weir.test", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": version,
              "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
              **{name.replace("_", "-"): value for name, value in headers.items()}}
    if token:
        fields["Authorization"] = f"Bearer {token}"
    return "".join([f"GET {path} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in fields.items()),
                    "\r\n"]).encode()


def frame(opcode, payload=b"", final=True, reserved=0, masked=True):
    mask = os.urandom(4) if masked else b""
    body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)) if masked else payload
    flag = 0x80 if masked else 0
    if len(payload) < 126:
        length = bytes([flag | len(payload)])
    elif len(payload) < 1 << 16:
        length = bytes([flag | 126]) + struct.pack(">H", len(payload))
    else:
        length = bytes([flag | 127]) + struct.pack(">Q", len(payload))
    return bytes([(0x80 if final else 0) | reserved << 4 | opcode]) + length + mask + body


class WebSocket:
    """Refused when the server does not open it."""

    def __init__(self, address, path="/v1/ws", token=None, **headers):
        self.socket = socket.create_connection(address, timeout=WAIT_S_MAX)
        self.received = b""
        self.send_bytes(request(path, token, **headers))
        head = self._to(b"\r\n\r\n").decode()
        status = int(head.split()[1])
        if status != 101:
            fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
            body = json.loads(self._take(int(fields["content-length"])))
            self.close()
            raise Refused(status, fields, body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Breaks off without a word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, message):
        self.send_bytes(frame(TEXT, message.encode() if isinstance(message, str) else json.dumps(message).encode()))

    def receive(self):
        """-> the next message; Closed when none comes any more."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.send_bytes(frame(PONG, payload))
            if opcode == CLOSE:
                code = struct.unpack(">H", payload[:2])[0] if payload else 1005
                raise Closed(code, payload[2:].decode())

    def receive_frame(self):
        first, second = self._take(2)
        length = second & 0x7f
        if length == 126:
            length, = struct.unpack(">H", self._take(2))
        elif length == 127:
            length, = struct.unpack(">Q", self._take(8))
        assert first & 0xf0 == 0x80 and second < 128, "a server's frame is whole and not masked"
        return first & 0x0f, self._take(length)

    def closed(self):
        """-> the Closed that comes, messages before it dropped."""
        while True:
            try:
                self.receive()
            except Closed as closed:
                return closed

    def _fill(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise Closed(1006)
        self.received += data

    def _take(self, size):
        while len(self.received) < size:
            self._fill()
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def _to(self, end):
        while end not in self.received:
            self._fill()
        at = self.received.index(end) + len(end)
        taken, self.received = self.received[:at], self.received[at:]
        return taken
