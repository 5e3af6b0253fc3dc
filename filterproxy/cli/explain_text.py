"""`explain` for people: headings, columns, the reasons in words."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from filterproxy.cli.account_table import DONE, summary
from filterproxy.cli.explain_page import OnPage
from filterproxy.cli.explain_url import AtUrl, Standing
from filterproxy.cli.layout import aligned, cell, cut, place
from filterproxy.report.line import size
from filterproxy.rewrite.diagnosis import Trace
from filterproxy.rewrite.diagnosis_words import matched, no_effect, reason
from filterproxy.ruleset.model import RuleFile

_EXCERPT = 44  # columns on a terminal


def print_url(out: Console, at: AtUrl, *, elsewhere: bool, files: bool = True) -> None:
    """The URL, and with `files` those for it. `elsewhere`: name other sites' files too."""
    _say(out, Text.assemble(cell(at.url, "bold")))
    if not files:
        return
    _heading(out, f"Rule files for {at.address.host}")
    rows = []
    for file in at.files:
        own = [standing for standing in at.standings if standing.file is file]
        applying = sum(standing.applies for standing in own)
        rows.append(
            [cell(file.name, "bold"), cell(file.path), cell(_sites(file)), _applying(applying, len(own))]
        )
    _lines(out, rows)
    if not at.files:
        _say(out, Text("  none: its pages pass unread"))
    elif all(file.sites == ("*",) for file in at.files):
        text = "  none names this host: the proxy reads it only with --scope all"
        _say(out, Text(text, "yellow"))
    others = {file.path: file for file in at.elsewhere}
    if others and elsewhere:
        _heading(out, "Rule files for other sites")
        _lines(out, [[cell(file.name), cell(path), cell(_sites(file))] for path, file in others.items()])
    elif others:
        one = len(others) == 1
        text = f"  {len(others)} {'file is' if one else 'files are'} for other sites (--all names them)"
        _say(out, Text(text, "dim"))


def print_article(out: Console, at: AtUrl, on: OnPage | None) -> None:
    """What must survive, and with a page where it stands."""
    _heading(out, "Article")
    if at.article is None:
        _say(out, Text("  no file names it: it is found by the page's own marks or as its main text"))
    else:
        selector, file = at.article
        _say(out, Text.assemble("  ", cell(selector, "cyan"), "  ", cell(f"{file.name} ({file.path})")))
    if on is None or not on.traces:
        return
    found = on.article
    if found is None:
        _say(out, Text("  this page has none: nothing is guarded", "yellow"))
        return
    if at.article is not None and found.origin != "by this selector":
        _say(out, Text("  the selector finds nothing on this page", "yellow"))
    count = f"{found.size:,} characters of sentence text"
    _say(out, Text.assemble("  found ", found.origin, f": {count} in ", cell(", ".join(found.blocks))))
    if found.heading is not None:
        _say(out, Text.assemble("  heading: ", cell(found.headline), " in ", cell(found.heading)))


def print_rules(out: Console, at: AtUrl) -> None:
    """Without a page: the rules that apply."""
    applying = [standing for standing in at.standings if standing.applies]
    _heading(out, f"Rules that apply: {len(applying)}")
    _lines(out, [_rule(standing) for standing in applying])


def print_others(out: Console, at: AtUrl) -> None:
    """The rules of these files that don't apply, and why not."""
    others = [standing for standing in at.standings if not standing.applies]
    if others:
        _heading(out, f"Rules that don't apply: {len(others)}")
        _lines(out, [[*_rule(standing), cell(standing.why, "yellow")] for standing in others])


def print_page(out: Console, at: AtUrl, on: OnPage, path: Path) -> None:
    """With a page: what each rule that applies did on it, or why it did nothing."""
    _heading(out, f"The page {path}")
    charset = "" if on.charset is None else f", {on.charset.name} ({_ORIGINS[on.charset.origin]})"
    _say(out, Text(f"  {size(len(on.original))}{charset}"))
    _say(out, Text.assemble("  ", summary(on.page, on.original)))
    applying = [standing for standing in at.standings if standing.applies]
    if not on.traces:
        if applying and on.page.skipped is None:
            _say(out, Text("  it nests too deep to be looked into rule by rule", "yellow"))
        if applying:
            _heading(out, f"Rules that would apply: {len(applying)}")
            _lines(out, [_rule(standing) for standing in applying])
        return
    traced = [(standing, on.traces[standing.rule.name]) for standing in applying if standing.on_pages]
    working = [(standing, trace) for standing, trace in traced if trace.no_effect is None]
    idle = [(standing, trace) for standing, trace in traced if trace.no_effect is not None]
    _heading(out, f"Rules with an effect: {len(working)}")
    heads = aligned([_rule(standing) for standing, _ in working])
    for head, (_, trace) in zip(heads, working, strict=True):
        _say(out, Text.assemble("  ", head))
        _say(out, Text.assemble("      ", cell(matched(trace), "dim")))
        _lines(out, _effects(out, trace), indent=6, right=1)
    _heading(out, f"Rules without an effect: {len(idle)}")
    heads = aligned([_rule(standing) for standing, _ in idle])
    for head, (_, trace) in zip(heads, idle, strict=True):
        style = "yellow" if trace.vetoes else "dim"
        _say(out, Text.assemble("  ", head, "  ", cell(no_effect(trace), style)))
        _lines(out, _effects(out, trace), indent=6, right=1)
    others = [_rule(standing) for standing in applying if not standing.on_pages]
    if others:
        _heading(out, f"Rules for requests and answers, not tried on the page: {len(others)}")
        _lines(out, others)


_ORIGINS = {
    "bom": "by its byte order mark",
    "header": "by the content type",
    "declared": "declared in the page",
    "guess": "guessed from its bytes",
}


def _effects(out: Console, trace: Trace) -> list[list[Text]]:
    """A row for each change, refusal and observation: what, bytes, excerpt, path."""
    rows = []
    wide = _EXCERPT if out.is_terminal else out.width
    for removals, word, style in ((trace.removals, "", "green"), (trace.observed, "observed", "cyan")):
        for removal in removals:
            done = Text(word or DONE[removal.action], style)
            where = f"{removal.path} … {removal.through}" if removal.through else removal.path
            where += f" {removal.entry}" if removal.entry else ""
            rows.append([done, Text(f"{removal.size:,}"), cell(cut(removal.excerpt, wide)), cell(where)])
    for veto in trace.vetoes:
        done = Text(f"kept: {reason(veto)}", "yellow")
        rows.append([done, Text(), cell(cut(veto.excerpt, wide)), cell(veto.path)])
    return rows


def _rule(standing: Standing) -> list[Text]:
    rule = standing.rule
    mode = f" ({rule.mode})" if rule.mode != "enforce" else ""
    words = (rule.category.value, f"{rule.action}{mode}", place(str(rule.source)))
    return [cell(rule.name, "bold" if standing.applies else ""), *map(cell, words)]


def _sites(file: RuleFile) -> str:
    return "every site" if file.sites == ("*",) else ", ".join(file.sites)


def _applying(count: int, of: int) -> Text:
    if of == 1:
        return Text("its rule applies" if count else "its rule doesn't apply")
    return Text(f"{count} of {of} rules apply" if count < of else f"all {of} rules apply")


def _heading(out: Console, text: str) -> None:
    out.print()
    _say(out, cell(text, "bold underline" if out.is_terminal else ""))


def _lines(out: Console, rows: Sequence[Iterable[Text]], indent: int = 2, right: int | None = None) -> None:
    for line in aligned([list(row) for row in rows], right=right):
        _say(out, Text.assemble(" " * indent, line))


def _say(out: Console, text: Text) -> None:
    """A line of any length: a terminal wraps it, a pipe takes it whole."""
    out.print(text, soft_wrap=True)
