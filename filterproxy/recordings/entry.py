"""One recorded exchange, whatever file it comes from."""

from dataclasses import dataclass

from filterproxy.classify.fields import HeaderFields


@dataclass(frozen=True, slots=True)
class Entry:
    """A request and its answer.

    Attributes:
        place: where it stands, for messages: `visit.mitm, flow 3`, `pages.tsv:12`.
        url: as it was asked for.
        method: of the request.
        status: of the answer.
        request: the request's header fields; none where the format keeps none.
        response: the answer's header fields, as they fit `body`.
        body: the answer's body in its content coding (see `response`), or None where it was not kept.
        request_body: what was sent.
        time: when it began, seconds since the epoch; 0: not known.
        note: what was lost or repaired on the way here, in words; empty: nothing.
    """

    place: str
    url: str
    method: str
    status: int
    request: HeaderFields
    response: HeaderFields
    body: bytes | None
    request_body: bytes = b""
    time: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a recording that can't be used; the rest is. `place` as in `Entry`."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"
