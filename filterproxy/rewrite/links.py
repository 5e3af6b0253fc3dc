"""Links of a page whose addresses carry parameters that rules name, or lead on where their parameters say."""

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from filterproxy.rewrite.changes import Change, Link
from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.params import (
    cut_out,
    named_pairs,
    pairs_of,
    query_cuts,
    redirect_target,
    strip_params,
)
from filterproxy.ruleset.link_tokens import LINKS
from filterproxy.ruleset.model import Rule

_SPACE = " \t\n\f\r"


def match_links(document: Document, rules: Iterable[Rule], url: str) -> Iterator[Change]:
    """The changes that strip-params rules ask for together: of each link one a rule that takes something.

    Args:
        document: the page.
        rules: in the order in which they count; a parameter goes by the first that names it.
        url: of the page, for links that are relative.
    """
    rules = tuple(rules)
    found = _links(document) if rules else []
    base = _base(document, url) if found and any(rule.redirects for rule in rules) else None
    for node, address in found:
        led = None if base is None else _led_on(rules, node, address, base)
        if led is not None:
            yield led
        else:
            yield from _stripped(rules, node, address)


def _links(document: Document) -> list[tuple[Node, str]]:
    links = ((node, node.attrs.get("href") or "") for css in LINKS for node in document.find(css))
    return [(node, address) for node, address in links if "?" in address]


def _base(document: Document, url: str) -> str:
    """What relative links are relative to (WHATWG HTML, 2.4.3)."""
    for node in document.find("base[href]")[:1]:
        try:
            return urljoin(url, (node.attrs.get("href") or "").strip(_SPACE))
        except ValueError:
            break
    return url


def _stripped(rules: tuple[Rule, ...], node: Node, address: str) -> Iterator[Change]:
    taken: dict[int, Rule] = {}
    for rule in rules:
        for number in named_pairs(address, rule.names):
            taken.setdefault(number, rule)
    if not taken:
        return
    pairs, numbers = pairs_of(address), tuple(sorted(taken))
    result = cut_out(address, query_cuts(address, numbers).values())
    for rule in dict.fromkeys(taken[number] for number in numbers):
        own = tuple(number for number in numbers if taken[number] is rule)
        what = "&".join(address[pairs[number].start : pairs[number].end] for number in own)
        yield _change(rule, node, Link(own, numbers, None, result, what))


def _led_on(rules: tuple[Rule, ...], node: Node, address: str, base: str) -> Change | None:
    """The change of a link that leads on: it goes by the rule that knows where."""
    try:
        absolute = urljoin(base, address.strip(_SPACE))
    except ValueError:
        return None
    target = redirect_target(absolute, (redirect for rule in rules for redirect in rule.redirects))
    if target is None:
        return None
    target = strip_params(target, [name for rule in rules for name in rule.names])
    by = next((rule for rule in rules if redirect_target(absolute, rule.redirects)), rules[0])
    return _change(by, node, Link((), (), target, target, address))


def _change(rule: Rule, node: Node, link: Link) -> Change:
    return Change(rule, rule.action, node, node, (rule.name,), link)
