"""A request's head and its answer's, rewritten by the rules that strip them; with an account of what went."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from filterproxy.rewrite.fields import Fields, Stripped, strip_cookies, strip_headers
from filterproxy.rewrite.params import (
    cut_out,
    named_pairs,
    pairs_of,
    query_cuts,
    redirect_target,
    strip_params,
)
from filterproxy.ruleset.model import Action, Category, Mode, Rule


class Part(StrEnum):
    """What of an exchange was changed."""

    URL = "url"
    REQUEST = "request"  # its header fields
    ANSWER = "answer"  # its header fields


@dataclass(frozen=True, slots=True)
class Strip:
    """One thing that a rule took, or in observe mode would have taken.

    Attributes:
        rule: the rule's full name.
        category: what it counts as.
        source: where the rule stands.
        action: what was done.
        part: where.
        name: of the parameter, cookie or header field; of an address that led on, the host it led to. Never a
            value.
        observed: it was only counted.
    """

    rule: str
    category: Category
    source: str
    action: Action
    part: Part
    name: str
    observed: bool


@dataclass(frozen=True, slots=True)
class StrippedRequest:
    """A request after its rules.

    Attributes:
        url: what to ask for; the very text that came in where nothing of it goes.
        target: where the address leads in the end, for one that leads on: to be answered with a redirect
            (302) in the place of what was asked for; or None.
        fields: the header fields to send; the very object that came in where all stay.
        strips: what went, and what would have.
    """

    url: str
    target: str | None
    fields: Fields
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True)
class StrippedAnswer:
    """An answer's header fields after its rules; the very object that came in where all stay."""

    fields: Fields
    strips: tuple[Strip, ...] = ()


def strip_request(
    url: str, fields: Fields, params: Sequence[Rule], cookies: Sequence[Rule], headers: Sequence[Rule]
) -> StrippedRequest:
    """Apply to a request the rules for its URL: those that act, together, and those that observe."""
    address, target, strips = _of_url(url, params)
    fields, gone = _of_fields(fields, Part.REQUEST, cookies, headers)
    return StrippedRequest(address, target, fields, (*strips, *gone))


def strip_answer(fields: Fields, cookies: Sequence[Rule], headers: Sequence[Rule]) -> StrippedAnswer:
    """Apply the same rules to the answer's header fields."""
    return StrippedAnswer(*_of_fields(fields, Part.ANSWER, cookies, headers))


def _of_url(url: str, rules: Sequence[Rule]) -> tuple[str, str | None, list[Strip]]:
    strips: list[Strip] = []
    for mode in (Mode.OBSERVE, Mode.ENFORCE):
        if not (own := [rule for rule in rules if rule.mode is mode]):
            continue
        target, by = _led_on(url, own)
        if target is not None and by is not None:
            strips.append(_strip(by, Part.URL, urlsplit(target).hostname or ""))
            if mode is Mode.ENFORCE:
                return url, target, strips
            continue
        taken = list(_taken(url, own))
        pairs = pairs_of(url)
        strips += [_strip(rule, Part.URL, pairs[number].name) for number, rule in taken]
        if mode is Mode.ENFORCE and taken:
            return cut_out(url, query_cuts(url, [number for number, _ in taken]).values()), None, strips
    return url, None, strips


def _led_on(url: str, rules: Sequence[Rule]) -> tuple[str | None, Rule | None]:
    target = redirect_target(url, (redirect for rule in rules for redirect in rule.redirects))
    if target is None:
        return None, None
    by = next((rule for rule in rules if redirect_target(url, rule.redirects)), rules[0])
    return strip_params(target, [name for rule in rules for name in rule.names]), by


def _taken(url: str, rules: Iterable[Rule]) -> Iterator[tuple[int, Rule]]:
    """The parameters that go, each with the first rule that names it."""
    taken: dict[int, Rule] = {}
    for rule in rules:
        for number in named_pairs(url, rule.names):
            taken.setdefault(number, rule)
    yield from sorted(taken.items(), key=lambda item: item[0])


def _of_fields(
    fields: Fields, part: Part, cookies: Sequence[Rule], headers: Sequence[Rule]
) -> tuple[Fields, tuple[Strip, ...]]:
    strips: list[Strip] = []
    for rules, strip in ((cookies, strip_cookies), (headers, strip_headers)):
        for rule in sorted(rules, key=lambda rule: rule.mode is Mode.ENFORCE):  # observing ones see all of it
            fields = _apply(rule, strip, fields, part, strips)
    return fields, tuple(strips)


def _apply(
    rule: Rule,
    strip: Callable[[Fields, Collection[str]], Stripped],
    fields: Fields,
    part: Part,
    strips: list[Strip],
) -> Fields:
    stripped = strip(fields, rule.names)
    strips += [_strip(rule, part, name) for name in stripped.gone]
    return fields if rule.mode is Mode.OBSERVE else stripped.fields


def _strip(rule: Rule, part: Part, name: str) -> Strip:
    observed = rule.mode is Mode.OBSERVE
    return Strip(rule.name, rule.category, str(rule.source), rule.action, part, name, observed)
