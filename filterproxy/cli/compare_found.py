"""What `filterproxy compare --bisect` found, for people."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from filterproxy.cli.compare_expect import Expected
from filterproxy.cli.layout import cell, place
from filterproxy.recordings.bisect import Outcome
from filterproxy.recordings.compare_rules import RuleChange

_WORDS = {
    Outcome.BROKEN: "broken",
    Outcome.HOLDS: "holds under both",
    Outcome.FAILS: "fails under both",
    Outcome.MENDED: "fails before, holds after",
    Outcome.UNTRACED: "broken, by no change of a rule: by the order of the files",
}


def print_expected(out: Console, expected: Expected) -> None:
    """One expectation: what became of it, and the change that broke it."""
    found = expected.found
    style = "bold red" if found.outcome in {Outcome.BROKEN, Outcome.UNTRACED} else "bold"
    out.print(Text.assemble((_WORDS[found.outcome], style), ": ", cell(expected.words)))
    where = f"{place(expected.source)}, " if expected.source else ""
    out.print(Text("  ").append_text(cell(f"{where}{expected.place}", "dim")))
    if found.culprit is not None:
        out.print(Text("  by ").append_text(_change(found.culprit)))
        for change in found.others:
            out.print(Text("  together with ").append_text(_change(change)))
        alone = "alone they break it" if found.others else "alone it breaks it"
        count = f"{found.changes} change{'' if found.changes == 1 else 's'} of rules"
        out.print(Text(f"  {alone}; {count}, {found.tries} tries", "dim"))


def _change(change: RuleChange) -> Text:
    where = " → ".join(place(source) for source in (change.before, change.after) if source)
    keys = f" ({', '.join(change.keys)})" if change.keys else ""
    return Text.assemble(cell(change.name, "bold"), f", {change.step}{keys}: ", cell(where))


def search_line(found: Iterable[Expected]) -> str:
    """Everything in a line."""
    counts = Counter(expected.found.outcome for expected in found)
    total = counts.total()
    parts = [
        f"{counts[outcome]} {words.partition(',')[0]}" for outcome, words in _WORDS.items() if counts[outcome]
    ]
    return f"{total} expectation{'' if total == 1 else 's'}" + "".join(f", {part}" for part in parts)
