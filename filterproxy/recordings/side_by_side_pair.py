"""One changed page of a report: what differs, and both versions beside each other."""

from collections import Counter
from collections.abc import Iterator
from html import escape

from filterproxy.recordings.compare import PageChange
from filterproxy.recordings.compare_page import Difference, Kind
from filterproxy.recordings.side_by_side_page import marked_page
from filterproxy.report.redact import printable, redact_url
from filterproxy.rewrite.result import Removal
from filterproxy.ruleset.model import Action

WORDS = {
    Kind.GOES: "newly goes",
    Kind.COMES_BACK: "comes back",
    Kind.STILL_GOES: "still goes, otherwise",
    Kind.VETOED: "kept by the guard now",
    Kind.NOT_VETOED: "no longer kept by the guard",
    Kind.OBSERVED: "observed now",
    Kind.NOT_OBSERVED: "no longer observed",
}


def text_of(text: str) -> str:
    """Any text as HTML, its control characters written out."""
    return escape(printable(text))


def place_of(source: str) -> str:
    """`file:line` of a source `file:line:column`."""
    return source.rpartition(":")[0]


def kinds_of(change: PageChange) -> Counter[Kind]:
    """A page's differences by kind."""
    return Counter(difference.kind for difference in change.differences)


def chips(kinds: Counter[Kind]) -> str:
    """Counts by kind."""
    chips = (
        f'<span class="chip {kind}">{kinds[kind]:,} {what}</span>'
        for kind, what in WORDS.items()
        if kinds[kind]
    )
    return "".join(chips) or "filtered or not"


def pair(number: int, change: PageChange, names: tuple[str, str]) -> str:
    """A page's part of the report; `names`: of the rule sets, as HTML."""
    notes = "".join(f'<p class="note">{text_of(note)}</p>' for note in _notes(change))
    items = "".join(_difference(at, difference) for at, difference in enumerate(change.differences))
    outline = ""
    if change.outline:
        lines = "\n".join(map(_outline_line, change.outline))
        outline = (
            f'<details class="text"><summary>The text, line by line</summary>'
            f'<pre class="outline">{lines}</pre></details>\n'
        )
    panes = "".join(
        f"<figure><figcaption><b>{word}</b>: {name} · {size:,} bytes</figcaption>"
        f'<iframe sandbox="allow-same-origin" loading="lazy" title="{word}" '
        f'srcdoc="{escape(marked_page(change, second=second))}"></iframe></figure>\n'
        for word, name, size, second in (
            ("before", names[0], change.sizes[1], False),
            ("after", names[1], change.sizes[2], True),
        )
    )
    return (
        f'<details class="page" id="page-{number}"{" open" if number == 1 else ""}><summary>'
        f"<b>{text_of(redact_url(change.url))}</b> {chips(kinds_of(change))}"
        f'<span class="place">{text_of(change.place)}</span></summary>\n<div class="inside">{notes}'
        f'<ul class="differences">{items}</ul>\n{outline}<div class="panes">{panes}</div></div></details>\n'
    )


def _notes(change: PageChange) -> Iterator[str]:
    for name, page in (("before", change.before), ("after", change.after)):
        if page.skipped is not None and page.skipped != "no-rules":
            yield f"{name}: not filtered: {page.skipped}" + (f" ({page.detail})" if page.detail else "")
    if change.note:
        yield change.note
    if not change.is_seen:
        yield "The page is the same under both; its account is not."


def _difference(number: int, difference: Difference) -> str:
    told = difference.told
    facts = [str(told.category)]
    if isinstance(told, Removal):
        facts.append(f"{told.size:,} bytes")
        facts += [str(told.action)] if told.action is not Action.REMOVE else []
    path = told.path + (f" through {told.through}" if isinstance(told, Removal) and told.through else "")
    facts.append(place_of(told.source))
    beside = ""
    if difference.before is not None and difference.after is not None:
        other = difference.before if told is difference.after else difference.after
        words = f"before: {other.rule} at {other.path}"
        if difference.kind is Kind.COMES_BACK:
            words = f"in part: {other.path} still goes, by {other.rule}"
        beside = f'<span class="beside">{text_of(words)}</span>'
    return (
        f'<li class="{difference.kind}"><button type="button" data-difference="{number}">'
        f'<span class="kind">{WORDS[difference.kind]}</span> <span class="rule">{text_of(told.rule)}</span> '
        f'<span class="source">{text_of(" · ".join(facts))}</span>'
        f'<span class="excerpt">{text_of(told.excerpt)}</span>'
        f'<span class="path">{text_of(path)}</span>{beside}</button></li>\n'
    )


def _outline_line(line: str) -> str:
    look = {"- ": "gone", "+ ": "new"}.get(line[:2])
    return f'<span class="{look}">{text_of(line)}</span>' if look else text_of(line)
