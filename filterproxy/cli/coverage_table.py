"""Coverage for people: a table of the rules, and the sum."""

from collections.abc import Iterator

from rich.text import Text

from filterproxy.cli.coverage_report import SORTS, Account
from filterproxy.cli.layout import aligned, cell, console, cut, place
from filterproxy.recordings.verdicts import Judged, Verdict

_STYLES = {
    Verdict.HIT: "green",
    Verdict.NEVER: "yellow",
    Verdict.SHADOWED: "yellow",
    Verdict.REDUNDANT: "yellow",
    Verdict.TOO_MUCH: "red",
    Verdict.NO_RECORDING: "dim",
    Verdict.OFF: "dim",
}
_HEADS = ("pages", "of", "hits", "characters", "bytes", "vetoes", "ms a page")
_ROOM = 12  # columns below which a verdict says too little and gets a line of its own


def print_table(account: Account, sort: str, *, everything: bool) -> None:
    """The table of the rules that some page was for (`everything`: of all), and what they come to."""
    out = console()
    listed = [judged for judged in account.judged if everything or judged.counts.applied]
    listed.sort(key=SORTS[sort])
    if listed:
        _print_rows(listed, out.width)
    for line in _sums(account, len(account.judged) - len(listed)):
        out.print(line, soft_wrap=True)


def _print_rows(listed: list[Judged], width: int) -> None:
    out = console()
    numbers = _right([_HEADS, *(_numbers(judged) for judged in listed)])
    lines = _lines(listed, numbers, short=False)
    if max(line.cell_len for line in lines) + _ROOM > width:
        lines = _lines(listed, numbers, short=True)
    taken = max(line.cell_len for line in lines)
    told = ["verdict", *(f"{judged.verdict} {judged.detail}".strip() for judged in listed)]
    styles = ["bold", *(_STYLES[judged.verdict] for judged in listed)]
    for line, verdict, style in zip(lines, told, styles, strict=True):
        room = width - taken - 2
        if room >= _ROOM:
            out.print(
                line.append_text(Text("  ")).append_text(cell(cut(verdict, room), style)), soft_wrap=True
            )
        else:
            out.print(line, soft_wrap=True)
            out.print(Text("    ").append_text(cell(cut(verdict, width - 4), style)), soft_wrap=True)
    out.print()


def _lines(listed: list[Judged], numbers: list[str], *, short: bool) -> list[Text]:
    rows = [[Text("rule", "bold"), Text("written in", "bold"), Text(numbers[0], "bold")]]
    for judged, row in zip(listed, numbers[1:], strict=True):
        rule = judged.rule
        name = rule.id if short else rule.name
        rows.append([cell(name), cell(place(str(rule.source), short=short)), Text(row)])
    return aligned(rows)


def _numbers(judged: Judged) -> tuple[str, ...]:
    counts = judged.counts
    time = f"{1000 * counts.seconds / counts.tried:.2f}" if counts.tried else ""
    values = (
        counts.pages,
        counts.applied,
        counts.hits + counts.observed,
        counts.characters,
        counts.size,
        counts.vetoes,
    )
    return (*(f"{value:,}" for value in values), time)


def _right(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows]


def _sums(account: Account, left_out: int) -> Iterator[str]:
    counts, seconds = account.counts, account.seconds
    rate = f" · {seconds:.1f} s, {counts.pages / seconds:.0f} pages/s" if seconds else ""
    yield f"{counts.pages:,} pages, {counts.filtered:,} filtered{rate}"
    if counts.skipped:
        yield f"not filtered: {', '.join(f'{count:,} {why}' for why, count in counts.skipped.most_common())}"
    if counts.others:
        yield f"answers that are no pages: {counts.others:,}"
    if account.problems:
        yield f"problems: {len(account.problems):,}"
    said = account.verdicts
    parts = [f"{said[verdict]:,} {verdict}" for verdict in reversed(Verdict) if said[verdict]]
    yield f"{len(account.judged):,} rules: {', '.join(parts)}"
    if left_out:
        yield f"not listed: {left_out:,} rules that no page was for; --all lists them"
    yield (
        f"coverage: {account.percent:.1f} % of {len(account.in_force):,} rules in force, "
        f"{account.percent_with_recording:.1f} % of the {len(account.with_recording):,} with a recording"
    )
