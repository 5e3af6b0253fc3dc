"""`filterproxy compare` for people: pages as they come, then the rules, then the sum."""

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from filterproxy.cli.layout import aligned, cell, cut, place
from filterproxy.recordings.compare import PageChange
from filterproxy.recordings.compare_page import Difference, Kind
from filterproxy.recordings.compare_tally import Tally, Touched
from filterproxy.report.redact import redact_url
from filterproxy.rewrite.result import Removal, Veto
from filterproxy.ruleset.model import Action

WORDS = {
    Kind.GOES: "goes",
    Kind.COMES_BACK: "comes back",
    Kind.STILL_GOES: "still goes",
    Kind.VETOED: "kept by the guard",
    Kind.NOT_VETOED: "no longer kept by the guard",
    Kind.OBSERVED: "observed",
    Kind.NOT_OBSERVED: "no longer observed",
}
_COUNTED = {
    Kind.GOES: "newly gone",
    Kind.COMES_BACK: "back again",
    Kind.STILL_GOES: "gone otherwise",
    Kind.VETOED: "newly kept by the guard",
    Kind.NOT_VETOED: "no longer kept by the guard",
    Kind.OBSERVED: "newly observed",
    Kind.NOT_OBSERVED: "no longer observed",
}
_STYLES = {Kind.GOES: "red", Kind.COMES_BACK: "green", Kind.STILL_GOES: "yellow"}
_LINE_STYLES = {"- ": "red", "+ ": "green"}
_MOST = 30  # differences of a page that are told one by one


def print_page(out: Console, change: PageChange) -> None:
    """One changed page: each difference with its rule, and the outline's diff."""
    out.print(Text.assemble(cell(change.place, "bold"), "  ", cell(redact_url(change.url))))
    for note in _notes(change):
        out.print(Text("  ").append_text(cell(note, "yellow")))
    for difference in change.differences[:_MOST]:
        for line in _difference(difference, out.width):
            out.print(line)
    if len(change.differences) > _MOST:
        rest = Counter(difference.kind for difference in change.differences[_MOST:])
        out.print(f"  and more: {counted(rest)}")
    for text in change.outline:
        line = cell(cut(text, max(20, out.width - 4)), _LINE_STYLES.get(text[:2], "dim"))
        out.print(Text("    ").append_text(line))
    out.print()


def _notes(change: PageChange) -> Iterator[str]:
    for name, page in (("before", change.before), ("after", change.after)):
        if page.skipped is not None and page.skipped != "no-rules":
            detail = f" ({page.detail})" if page.detail else ""
            yield f"{name}: not filtered: {page.skipped}{detail}"
        elif not page.exact:
            yield f"{name}: written out anew, not cut exactly"
    if change.note:
        yield f"note: {change.note}"
    if not change.is_seen:
        yield "the page is the same, its account is not"


def _difference(difference: Difference, width: int) -> Iterator[Text]:
    told, style = difference.told, _STYLES.get(difference.kind, "")
    line = Text.assemble("  ", (WORDS[difference.kind], style), "  ", cell(told.rule, "bold"))
    line.append(f"  {told.category}  ").append_text(cell(place(told.source), "dim"))
    if isinstance(told, Removal):
        line.append(f"  {told.size:,} bytes" + ("" if told.action is Action.REMOVE else f", {told.action}"))
    else:
        line.append(f"  {told.reason}, {told.share:.0%} of the article")
    yield line
    through = f"  through  {told.through}" if isinstance(told, Removal) and told.through else ""
    yield Text("      ").append_text(cell(told.path + through))
    if told.excerpt:
        yield Text("      ").append_text(cell(cut(told.excerpt, max(20, width - 6)), "dim"))
    if (beside := _beside(difference)) is not None:
        yield Text("      ").append_text(cell(beside))


def _beside(difference: Difference) -> str | None:
    """What the other rules made of the place, where they made something of it."""
    before, after = difference.before, difference.after
    if before is None or after is None:
        return None
    if difference.kind is Kind.COMES_BACK:
        return f"in part: {_said(after)} still goes"
    if difference.kind is Kind.GOES:
        return f"went before in part: {_said(before)}"
    same = before.path == after.path
    return f"before: by {before.rule}" + ("" if same else f" at {before.path}") + _as(before, after)


def _said(told: Removal | Veto) -> str:
    return f"{told.path} by {told.rule}"


def _as(before: Removal | Veto, after: Removal | Veto) -> str:
    """How the two accounts of one element differ beside the rule."""
    words = []
    if before.category != after.category:
        words.append(f"as {before.category}")
    if isinstance(before, Removal) and isinstance(after, Removal) and before.action != after.action:
        words.append(f"action {before.action}")
    return f", {', '.join(words)}" if words else ""


def print_rules(out: Console, rules: list[Touched]) -> None:
    """Which rules differ and how many pages each changes."""
    if not rules:
        out.print("The rules are the same, comments and notes aside.")
        return
    rows = []
    for rule in rules:
        change = rule.change
        step, where = "same rule", ""
        if change is not None:
            step = change.step + (f" ({', '.join(change.keys)})" if change.keys else "")
            where = " → ".join(place(source) for source in (change.before, change.after) if source)
        pages = f"{rule.pages:,} page{'' if rule.pages == 1 else 's'}"
        rows.append([Text(f"  {step}"), cell(rule.name, "bold"), Text(pages), cell(where, "dim")])
    out.print("Rules that differ, and the pages each changes:")
    for line in aligned(rows, right=2):
        out.print(line)
    out.print()


def print_listed(out: Console, tally: Tally) -> None:
    """The changed pages that were not told one by one."""
    if not (more := tally.changed - len(tally.shown)):
        return
    out.print(f"{more:,} more changed page{'' if more == 1 else 's'}:")
    for where, url, kinds in tally.listed:
        out.print(Text.assemble("  ", cell(where), "  ", cell(redact_url(url)), f"  {counted(kinds)}"))
    if more > len(tally.listed):
        out.print(f"  … and {more - len(tally.listed):,} more")
    out.print()


def counted(kinds: Counter[Kind]) -> str:
    """Differences by kind, in words; those there are."""
    return ", ".join(f"{kinds[kind]:,} {word}" for kind, word in _COUNTED.items() if kinds[kind])


def sum_line(tally: Tally) -> str:
    """Everything in a line."""
    pages = f"{tally.pages:,} page{'' if tally.pages == 1 else 's'}"
    if not tally.changed:
        text = f"{pages}, none changes"
    else:
        verb = "changes" if tally.changed == 1 else "change"
        text = f"{pages}, {tally.changed:,} {verb}: {counted(tally.kinds) or 'filtered or not'}"
        if tally.gone:
            text += f"; {tally.gone:,} bytes more go"
        if tally.back:
            text += f"; {tally.back:,} bytes come back"
        if alone := tally.changed - tally.seen:
            text += f"; in {alone:,} the account alone changes"
    parts = [
        (tally.others, "that are no pages"),
        (tally.left_out, "left out by --only"),
        (tally.noted, "with something lost or repaired"),
        (len(tally.problems), "that could not be read"),
    ]
    parts += [(number, f"not filtered ({reason})") for reason, number in sorted(tally.unfiltered.items())]
    text += "".join(f"; {number:,} {what}" for number, what in parts if number)
    return text
