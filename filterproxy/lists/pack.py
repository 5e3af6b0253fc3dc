"""A file of named sections that is mapped into memory: processes share its pages, and none is copied.

Eight bytes of mark, the SHA-256 of all that follows, four bytes with the length of a JSON object (little
endian), which names each section's offset and length; the sections, each at a multiple of eight.
"""

import hashlib
import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

MARK = b"FPPACK1\n"
_HEAD = len(MARK) + 32
_BLOCK = 1 << 20


class DamagedError(Exception):
    """The file is not what was written."""


def packed(sections: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The file's bytes. `about`: what else is to stand in the header, as JSON."""
    places: dict[str, tuple[int, int]] = {}
    body = bytearray()
    for name, data in sections.items():
        places[name] = (len(body), len(data))
        body += data + b"\0" * (-len(data) % 8)
    header = json.dumps({"about": about, "sections": places}).encode("ascii")
    header += b" " * (-(_HEAD + 4 + len(header)) % 8)
    rest = len(header).to_bytes(4, "little") + header + body
    return MARK + hashlib.sha256(rest).digest() + rest


class Pack:
    """A packed file, mapped. Stays readable when the file is deleted.

    Raises:
        OSError: it can't be opened.
        DamagedError: it is cut short, or not what was written.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            _check(file.read(_HEAD), file)
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        start = _HEAD + 4 + int.from_bytes(whole[_HEAD : _HEAD + 4], "little")
        header = json.loads(bytes(whole[_HEAD + 4 : start]))
        self.about: dict[str, Any] = header["about"]
        self._sections = {
            name: whole[start + at : start + at + length] for name, (at, length) in header["sections"].items()
        }

    def bytes(self, name: str) -> memoryview:
        """A section's bytes."""
        return self._sections[name]

    def numbers(self, name: str, kind: Literal["I", "Q"]) -> "memoryview[int]":
        """A section as numbers of four or eight bytes, in this machine's order."""
        return self._sections[name].cast(kind)


def _check(head: bytes, file: Any) -> None:
    """Read through the file (not by the map, so that none of it stays) and compare its digest."""
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    if len(head) < _HEAD or not head.startswith(MARK) or head[len(MARK) :] != digest.digest():
        raise DamagedError("not what was written there")
