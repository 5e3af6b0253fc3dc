"""A list's text from where it is kept, asked for only if it changed (RFC 9110, 13)."""

import http.client
import ipaddress
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from filterproxy.lists.faults import ListError

LARGEST = 32 << 20  # bytes; the largest list in wide use has 8 million
_TIMEOUT = 30.0  # seconds without a byte
_NOT_MODIFIED = 304
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Marks:
    """What an origin gives to ask again by: the values of ETag and Last-Modified."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came; `data` None: it has not changed."""

    data: bytes | None
    marks: Marks


def fetch(address: str, marks: Marks) -> Fetched:
    """Get a list, unless it is the one that the marks belong to.

    Args:
        address: an https URL, an http URL of this machine, a file URL or a path.
        marks: of the text that is kept; empty ones ask for it whatever it is.

    Raises:
        ListError: it can't be had, or is too large.
    """
    path = local_path(address)
    if path is not None:
        return Fetched(_read_file(path), Marks())
    check_address(address)
    fields = {"Accept-Encoding": "gzip", "User-Agent": "filterproxy"}
    if marks.etag:
        fields["If-None-Match"] = marks.etag
    if marks.last_modified:
        fields["If-Modified-Since"] = marks.last_modified
    request = urllib.request.Request(address, headers=fields)  # noqa: S310 - the scheme was checked
    try:
        with _opener(address).open(request, timeout=_TIMEOUT) as answer:
            data = _read(answer, answer.headers.get("Content-Encoding", ""))
            return Fetched(data, Marks(answer.headers.get("ETag"), answer.headers.get("Last-Modified")))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == _NOT_MODIFIED:
            return Fetched(None, marks)
        raise ListError(f"{address}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise ListError(f"{address}: {reason}") from error


def local_path(address: str) -> Path | None:
    """The file that an address means, or None."""
    if address.startswith("file:"):
        return Path(url2pathname(urlsplit(address).path))
    return None if "://" in address else Path(address)


def check_address(address: str) -> None:
    """See that nobody on the way can change the list.

    Raises:
        ListError: it is neither https nor this machine.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise ListError(f"{address}: {error}") from error
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))):
        raise ListError(f"{address}: only https, as anybody on the way could change the list; or a file")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to where a list may be kept, nowhere else."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _opener(address: str) -> urllib.request.OpenerDirector:
    here = _is_here(urlsplit(address).hostname or "")
    return urllib.request.build_opener(_Redirects, *([urllib.request.ProxyHandler({})] if here else []))


def _read(answer: Any, coding: str) -> bytes:
    """The body, of whatever length it says, no longer than `LARGEST` when unpacked."""
    packed = coding.lower().strip() in {"gzip", "x-gzip"}
    unpack = zlib.decompressobj(wbits=31) if packed else None
    data = bytearray()
    while block := answer.read(_BLOCK):
        data += block if unpack is None else unpack.decompress(block, LARGEST + 1 - len(data))
        if len(data) > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
    if unpack is not None and not unpack.eof:
        raise ValueError("the answer broke off")
    return bytes(data)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ListError(f"{path}: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise ListError(f"{path}: larger than {LARGEST >> 20} MB")
    return data
