"""A network of a test: everything that goes to one address goes through here, and what may befall it on its way."""

import random
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass

CHUNK_BYTES = 64 << 10
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closed by a reset


@dataclass(frozen=True)
class Weather:
    """What befalls the bytes, in each direction of each connection."""

    delay_s: float = 0.0  # of each piece
    jitter_s: float = 0.0  # up to so much more
    piece_bytes: int = CHUNK_BYTES  # goes out by itself
    bytes_per_s: float = 0.0  # 0: no limit
    cut_after_bytes: int = 0  # then the connection is reset; 0: never
    is_lost: bool = False  # both sides believe in a connection on which nothing comes, ever again


class Proxy:
    """Loopback; `target` may be given after connections began to wait for it."""

    def __init__(self, target=None):
        self.target, self.weather = target, Weather()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.lock, self.open = threading.Lock(), set()  # pairs of sockets
        self.resets = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def reset_all(self):
        """As when a router forgets its connections and says so."""
        with self.lock:
            pairs = list(self.open)
        for pair in pairs:
            self._reset(pair)

    def close(self):
        self.listener.close()
        self.reset_all()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            pair = (near, far)
            for one in pair:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.open.add(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self._pump, args=(pair, source, sink), daemon=True).start()

    def _pump(self, pair, source, sink):
        passed, is_lost = 0, False
        try:
            while True:
                if not select.select([source], [], [], 0.2)[0]:
                    is_lost = is_lost or self.weather.is_lost
                    continue
                chunk = source.recv(CHUNK_BYTES)
                is_lost = is_lost or self.weather.is_lost
                if not chunk:
                    break
                if not is_lost:
                    passed += self._pass(chunk, sink, passed)
        except (OSError, ValueError):  # ValueError: closed while it was waited for
            pass
        self._reset(pair)

    def _pass(self, chunk, sink, passed):
        """-> how many bytes. Raises OSError where the connection is cut."""
        weather = self.weather
        for begin in range(0, len(chunk), weather.piece_bytes):
            piece = chunk[begin:begin + weather.piece_bytes]
            time.sleep(weather.delay_s + random.uniform(0, weather.jitter_s))
            if weather.bytes_per_s:
                time.sleep(len(piece) / weather.bytes_per_s)
            if weather.cut_after_bytes and passed + begin + len(piece) > weather.cut_after_bytes:
                sink.sendall(piece[:max(0, weather.cut_after_bytes - passed - begin)])
                raise ConnectionResetError
            sink.sendall(piece)
        return len(chunk)

    def _reset(self, pair):
        with self.lock:
            if pair not in self.open:
                return
            self.open.discard(pair)
            self.resets += 1
        for one in pair:
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            except OSError:
                pass
            one.close()
