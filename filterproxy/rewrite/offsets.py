"""What turbohtml is given to parse, and where its character offsets stand in the page's bytes.

In an ASCII-compatible charset a trail byte never looks like markup, so the bytes are read as latin-1: the
structure is the same and a character offset is a byte offset. UTF-16 and ISO-2022-JP go through their text.
turbohtml counts CRLF as one character; it is given a space and a newline instead, which means the same
wherever structure is concerned (WHATWG HTML, 13.2.3.5 and the white space of 13.2.5 and 13.2.6).
"""

import codecs

from filterproxy.rewrite.charset import Charset


class Unplaced(Exception):  # noqa: N818 - not an error: a reason to fall back
    """An element whose place in the bytes cannot be told for sure; the message says why."""


class Offsets:
    """A page's source for turbohtml, and its offsets as byte offsets."""

    def __init__(self, body: bytes, charset: Charset) -> None:
        self._body = body
        self._base = len(charset.bom)
        source = body[self._base :]
        self.source = (source.replace(b"\r\n", b" \n") if b"\r" in source else source).decode("latin-1")

    def byte(self, offset: int) -> int:
        """The byte offset of a character offset."""
        return self._base + offset

    def written(self, start: int, end: int) -> str:
        """The source between two offsets as it stands in the page, line ends and all."""
        return self._body[self.byte(start) : self.byte(end)].decode("latin-1")


class _TextOffsets(Offsets):
    """For charsets whose bytes can't be read as latin-1."""

    def __init__(self, body: bytes, text: str, charset: Charset) -> None:
        super().__init__(body, charset)
        self._text = text
        self._places = _places(body[self._base :], charset.python)
        self.source = text.replace("\r\n", " \n")
        if len(self._places) != len(text) + 1:
            raise Unplaced(f"the {charset.name} text does not map to its bytes one to one")

    def byte(self, offset: int) -> int:
        return self._base + self._places[offset]

    def written(self, start: int, end: int) -> str:
        return self._text[start:end]


def offsets_of(body: bytes, text: str, charset: Charset) -> Offsets:
    """The offsets of a page.

    Raises:
        Unplaced: where a text does not map to its bytes one to one.
    """
    return Offsets(body, charset) if charset.ascii_compatible else _TextOffsets(body, text, charset)


def _places(body: bytes, codec: str) -> list[int]:
    """The byte offset of each character, and of the end, by decoding byte after byte."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    places: list[int] = []
    begun = 0
    for index in range(len(body)):
        try:
            produced = decoder.decode(body[index : index + 1])
        except UnicodeDecodeError as error:  # Python's ISO-2022-JP gives up on some escapes
            raise Unplaced(f"its {codec} cannot be read byte after byte") from error
        if produced:
            # an escape sequence belongs to what stands before: a cut must not take it
            own = codec.startswith("iso2022") and produced == chr(body[index])
            places.extend([index if own else begun] * len(produced))
            begun = index + 1
    places.extend([begun] * len(decoder.decode(b"", final=True)))
    places.append(len(body))
    return places
