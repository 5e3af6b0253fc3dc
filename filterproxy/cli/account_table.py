"""The account of a page for people: a table of what went, what was kept and what was only observed."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from filterproxy.cli.layout import aligned, cell, cut, place
from filterproxy.report.line import counted, size
from filterproxy.report.redact import printable
from filterproxy.rewrite.diagnosis_words import reason
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.ruleset.model import Action

_ROOM = 30  # columns below which a text says too little and gets a line of its own
DONE = {
    Action.REMOVE: "removed",
    Action.SECTION: "removed",
    Action.LISTS: "removed",
    Action.HIDE: "hidden",
    Action.UNWRAP: "unwrapped",
    Action.STRIP_ATTRIBUTES: "stripped",
    Action.STRIP_CLASSES: "stripped",
    Action.STRIP_PARAMS: "stripped",
    Action.PRUNE: "pruned",
}
"""What was done to a page or a JSON answer, for each action that reaches into one."""


def print_account(out: Console, page: Page, original: bytes) -> None:
    """The table, where there is anything to be told, and one line that sums it up."""
    entries = list(_entries(page))
    if entries:
        lines = _lines(entries, short=False)
        if max(line.cell_len for line in lines) + _ROOM > out.width:
            lines = _lines(entries, short=True)
        room = out.width - 2 - max(line.cell_len for line in lines)
        for line, what in zip(lines, ["what", *(what for _, what in entries)], strict=True):
            shown = printable(what)
            if room >= _ROOM:
                out.print(line.append(f"  {cut(shown, room)}"), soft_wrap=True)
            else:
                out.print(line, soft_wrap=True)
                out.print(Text(f"    {cut(shown, out.width - 4)}", "dim"), soft_wrap=True)
        out.print()
    out.print(summary(page, original), soft_wrap=True)


def summary(page: Page, original: bytes) -> Text:
    """`removed 3 recommended, 1 ad · 41 kB of 120 kB · GBK · 6 ms · exact`, or why nothing was filtered."""
    if page.skipped is not None:
        why = f"{page.skipped}: {printable(page.detail)}" if page.detail else page.skipped.value
        return Text.assemble(("not filtered", "bold yellow"), f", the page is as it came: {why}")
    if page.removals:
        taken = size(sum(removal.size for removal in page.removals))
        text = Text.assemble(("removed", "bold"), f" {counted(page)} · {taken} of {size(len(original))}")
    else:
        text = Text.assemble(("nothing removed", "bold"), f" · {page.tried} rules tried")
    parts = [page.charset or "", f"{page.seconds * 1000:.0f} ms"]
    if page.vetoes:
        parts.append(f"{len(page.vetoes)} kept by the article guard")
    if page.observed:
        parts.append(f"{len(page.observed)} observed")
    text.append("".join(f" · {part}" for part in parts if part))
    if not page.exact:
        text.append(f" · not exact: {printable(page.detail)}", "yellow")
    elif page.removals:
        text.append(" · every other byte the same")
    return text


_Entry = tuple[tuple[Removal | Veto, str, str, str], str]


def _entries(page: Page) -> Iterator[_Entry]:
    """Of each line: what it is about, what was done, in which style, the bytes; then the text."""
    for removal in page.removals:
        yield (removal, DONE[removal.action], "green", f"{removal.size:,}"), removal.excerpt
    for veto in page.vetoes:
        yield (veto, "kept", "yellow", "0"), f"{reason(veto)}: {veto.excerpt}"
    for removal in page.observed:
        yield (removal, "observed", "cyan", f"{removal.size:,}"), removal.excerpt


def _lines(entries: list[_Entry], *, short: bool) -> list[Text]:
    heads = [Text(word, "bold") for word in ("done", "rule", "category", "written in", "bytes")]
    rows = [heads]
    for (of, done, style, taken), _ in entries:
        name = of.rule.rpartition("/")[2] if short else of.rule
        where = cell(place(of.source, short=short))
        rows.append([Text(done, style), cell(name), Text(of.category.value), where, Text(taken)])
    return aligned(rows, right=4)
