"""What a loss of power may leave of a folder (reliability, F4): all that was synced, and of the rest any blocks of a file and
any entries of a folder, in any order. Made of the journal of record_calls."""

import os
import shutil
from pathlib import Path

BLOCK_BYTES = 4096


class File:
    """`data` is what is synced, `pending` what came since: (offset, bytes), or (size, None) where it was cut or stretched."""

    def __init__(self, data=b""):
        self.data, self.pending = bytearray(data), []

    def write(self, offset, data):
        """By block: each of them is kept or lost for itself. Without data it is stretched up to there."""
        if not data:
            self.pending.append((offset, data))
        while data:
            size = BLOCK_BYTES - offset % BLOCK_BYTES
            self.pending.append((offset, data[:size]))
            offset, data = offset + size, data[size:]

    def truncate(self, size):
        self.pending.append((size, None))

    def sync(self):
        self.data, self.pending = self.left(lambda: True), []

    def left(self, is_kept):
        """-> what is there when each of the pending is asked for."""
        data = bytearray(self.data)
        for offset, piece in self.pending:
            if not is_kept():
                continue
            end = offset if piece is None else offset + len(piece)
            if piece is None:
                del data[end:]
            data.extend(bytes(max(0, end - len(data))))  # holes are zeros
            if piece is not None:
                data[offset:end] = piece
        return data


FOLDER = None  # in the place of a File


class Disk:
    """Begins with what is in the folder, all of it synced. The files named in `without` are always lost."""

    def __init__(self, folder, without=()):
        self.root = str(folder)
        self.without = {os.path.join(self.root, name) for name in without}
        self.durable = {}  # path: File or FOLDER
        for path in Path(folder).rglob("*"):
            if str(path) in self.without:
                continue
            self.durable[str(path)] = FOLDER if path.is_dir() else File(path.read_bytes())
        self.live = dict(self.durable)
        self.pending = []  # (the folder whose sync makes it durable, [(path, File, FOLDER, or nothing if it is removed)])

    # ---- what was done

    def replay(self, journal):
        """A last line that is cut was never done."""
        with open(journal, "rb") as lines:
            while (line := lines.readline()).endswith(b"\n"):
                what, path, *more = line.decode().split()
                path = os.path.normpath(path)
                if path in self.without:
                    continue
                if what == "write":
                    offset, size = map(int, more)
                    data = lines.read(size)
                    if len(data) < size or not lines.readline():
                        return
                    self.live[path].write(offset, data)
                else:
                    getattr(self, what)(path, *more)

    def _entries(self, folder, *changes):
        for path, node in changes:
            if node == "removed":
                self.live.pop(path, None)
            else:
                self.live[path] = node
        self.pending.append((folder, changes))

    def create(self, path):
        if path not in self.live:
            self._entries(os.path.dirname(path), (path, File()))

    def folder(self, path):
        if path not in self.live:
            self._entries(os.path.dirname(path), (path, FOLDER))

    def truncate(self, path, size):
        self.live[path].truncate(int(size))

    def stretch(self, path, size):
        self.live[path].write(int(size), b"")

    def remove(self, path):
        if path in self.live:
            self._entries(os.path.dirname(path), (path, "removed"))

    def link(self, path, to):
        to = os.path.normpath(to)
        self._entries(os.path.dirname(to), (to, self.live[path]))

    def rename(self, path, to):
        """At once, with all below it."""
        to = os.path.normpath(to)
        moved = [one for one in self.live if one == path or one.startswith(path + "/")]
        self._entries(os.path.dirname(to), *((to + one[len(path):], self.live[one]) for one in moved),
                      *((one, "removed") for one in moved))

    def sync(self, path):
        file = self.live.get(path, FOLDER)
        if file is not FOLDER:
            file.sync()
            return
        self._keep([changes for folder, changes in self.pending if folder == path], self.durable)
        self.pending = [(folder, changes) for folder, changes in self.pending if folder != path]

    @staticmethod
    def _keep(entries, names):
        for changes in entries:
            for path, node in changes:
                if node == "removed":
                    names.pop(path, None)
                else:
                    names[path] = node

    # ---- what is left of it

    def unsynced(self):
        """How much may be there or not: blocks and entries."""
        files = {id(file): file for file in (*self.durable.values(), *self.live.values()) if file is not FOLDER}
        return sum(len(file.pending) for file in files.values()) + len(self.pending)

    def leave(self, folder, draw, share):
        """Empties the folder and puts into it what is left when each thing that was not synced stays with that
        probability."""
        names = dict(self.durable)
        self._keep([changes for _, changes in self.pending if draw.random() < share], names)
        shutil.rmtree(folder)
        Path(folder).mkdir()
        for path in sorted(names):
            target = Path(folder) / os.path.relpath(path, self.root)
            if not target.parent.is_dir():
                continue  # the entry of its folder is lost
            if names[path] is FOLDER:
                target.mkdir()
            else:
                target.write_bytes(names[path].left(lambda: draw.random() < share))
                target.chmod(0o600)
