"""A power cut, simulated: what a file holds at its last sync is what the disk would hold.

SQLite does all its syncs through a table of functions of each open file. Here that one function is
replaced by one that syncs, and then notes what the file holds. What was written later is not in
it, as a power cut may take it. This changes the process for good: for processes of their own.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from pathlib import Path

_POINTER = ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, _POINTER, ctypes.c_int, _POINTER)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int)
_METHODS, _SYNC_AT = 19, 5
"""Words of `sqlite3_io_methods`, the first being its version; and which of them is xSync."""


class _VFS(ctypes.Structure):
    """The beginning of `sqlite3_vfs`."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        ("open", _POINTER),
    )


class Disk:
    """What has been synced, by file name."""

    def __init__(self, library: str, on_sync: Callable[[], None]) -> None:
        """Watch all syncs from now on.

        Args:
            library: the SQLite library that Python uses.
            on_sync: called before each is done.
        """
        self.synced: dict[str, bytes] = {}
        self._on_sync = on_sync
        self._names: dict[int, Path] = {}
        self._keep: list[object] = []
        find = ctypes.CDLL(library).sqlite3_vfs_find
        find.restype = ctypes.POINTER(_VFS)
        vfs = find(None).contents
        self._open = _OPEN(vfs.open)
        self._watched = _OPEN(self._opened)
        vfs.open = ctypes.cast(self._watched, _POINTER)

    def _opened(self, vfs: int, name: bytes | None, file: int, flags: int, flags_out: int) -> int:
        # The name goes through as the pointer that it is: SQLite keeps it.
        result = self._open(vfs, name, file, flags, flags_out)
        methods = _POINTER.from_address(file)
        if result == 0 and name is not None and methods.value:
            table = (_POINTER * _METHODS).from_buffer_copy(
                (_POINTER * _METHODS).from_address(methods.value)
            )
            original = _SYNC(table[_SYNC_AT] or 0)

            def sync(file: int, flags: int) -> int:
                self._on_sync()
                done = int(original(file, flags))
                path = self._names[file]
                self.synced[path.name] = path.read_bytes()
                return done

            watched = _SYNC(sync)
            table[_SYNC_AT] = ctypes.cast(watched, _POINTER)
            self._keep += [table, watched, original]
            self._names[file] = Path(ctypes.string_at(name).decode())
            methods.value = ctypes.addressof(table)
        return int(result)


def library() -> str | None:
    """The SQLite library that Python uses, if it is one that can be watched."""
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:
        return None
    paths = {line.split()[-1] for line in maps.splitlines() if "libsqlite3" in line}
    return paths.pop() if paths else None
