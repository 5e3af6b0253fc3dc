"""An answer of JSON, JSON lines or JSONP without what prune rules take out of it, every other byte kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from filterproxy.errors import SkipReason
from filterproxy.rewrite.account import shortened
from filterproxy.rewrite.charset import Charset, header_label, sniff
from filterproxy.rewrite.json_cut import JsonCut, NotJsonError, json_cuts, without
from filterproxy.rewrite.result import Page, Removal
from filterproxy.ruleset.model import Action, Mode, Rule

Write = Callable[[str], bytes]

_DEFAULT = "application/json; charset=utf-8"


def prune_answer(body: bytes, content_type: str | None, rules: Iterable[Rule]) -> Page:
    """Apply prune rules to one answer.

    Args:
        body: the answer, decoded of its content coding.
        content_type: the Content-Type that counts, or None. Without a charset there (and without a byte order
            mark) it is UTF-8 (RFC 8259, 8.1).
        rules: those that are for its URL.

    Returns:
        The account, a `Removal` a part; NOT_JSON, UNKNOWN_CHARSET or NOT_WRITABLE, with the body as it came.

    Raises:
        RecursionError: it is nested deeper than Python's stack.
    """
    sniffed = sniff(body, content_type if header_label(content_type) else _DEFAULT)
    if sniffed.charset is None:
        return Page(body, skipped=sniffed.skipped or SkipReason.UNKNOWN_CHARSET, detail=sniffed.detail)
    charset = sniffed.charset
    text, write = _read(body, charset)
    if text is None:
        return Page(body, skipped=SkipReason.NOT_WRITABLE, detail=f"its bytes are not all {charset.name}")
    rules = tuple(rules)
    try:
        cuts, removals = _of_mode(text, rules, Mode.ENFORCE, write)
        _, observed = _of_mode(text, rules, Mode.OBSERVE, write)
    except NotJsonError as error:
        return Page(body, skipped=SkipReason.NOT_JSON, detail=str(error), tried=len(rules))
    page = Page(body, removals, observed=observed, charset=charset.name, tried=len(rules))
    return replace(page, body=charset.bom + write(without(text, cuts))) if cuts else page


def _read(body: bytes, charset: Charset) -> tuple[str | None, Write]:
    """The text without its mark, None where it could not be written as it was; and how a text is written."""
    plain = replace(charset, bom=b"")
    if charset.name == "UTF-8":  # what is broken in it stays so
        return body.removeprefix(charset.bom).decode(errors="surrogateescape"), _write_utf_8
    text = charset.decode(body)
    return text if charset.encode(text) == body else None, plain.encode


def _write_utf_8(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _of_mode(
    text: str, rules: Iterable[Rule], mode: Mode, write: Write
) -> tuple[list[JsonCut], tuple[Removal, ...]]:
    """What the rules of one mode take together, and its account."""
    queries: dict[str, Rule] = {}
    for rule in rules:
        if rule.mode is mode and rule.prune is not None:
            for query in rule.prune.remove:
                queries.setdefault(query, rule)
    cuts = json_cuts(text, queries) if queries else []
    return cuts, tuple(_accounts(text, cuts, queries, write))


def _accounts(
    text: str, cuts: Iterable[JsonCut], queries: Mapping[str, Rule], write: Write
) -> Iterator[Removal]:
    for cut in cuts:
        rule, size = queries[cut.query], len(write(text[cut.start : cut.end]))
        what = shortened(cut.value).encode(errors="replace").decode()
        yield Removal(rule.name, rule.category, str(rule.source), cut.path, what, size, Action.PRUNE)
