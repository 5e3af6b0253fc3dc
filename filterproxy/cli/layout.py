"""Words on a terminal: columns that line up, long texts cut to what fits, nothing a page can take over."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from filterproxy.report.redact import printable

_PLAIN_WIDTH = 1_000_000  # columns where no terminal sets a limit: nothing is cut short
_GAP = 2


def console(*, stderr: bool = False) -> Console:
    """A console that colours for terminals alone, and takes nothing in a page for markup."""
    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.width = _PLAIN_WIDTH
    return made


def cell(text: str, style: str = "") -> Text:
    """A text that came from a rule file or a page, its control characters written as escapes."""
    return Text(printable(text), style)


def aligned(rows: Sequence[Sequence[Text]], *, right: int | None = None) -> list[Text]:
    """The rows' cells in columns, two spaces apart; `right`: the column of numbers."""
    count = max(map(len, rows), default=0)
    widths = [max((row[i].cell_len for row in rows if i < len(row)), default=0) for i in range(count)]
    return [_line(row, widths, right) for row in rows]


def _line(row: Sequence[Text], widths: list[int], right: int | None) -> Text:
    line = Text()
    for index, (text, width) in enumerate(zip(row, widths, strict=False)):
        padding = " " * (width - text.cell_len)
        last = index == len(row) - 1
        line.append_text(Text(padding) if index == right else Text())
        line.append_text(text)
        line.append("" if last else (padding if index != right else "") + " " * _GAP)
    return line


def cut(text: str, columns: int) -> str:
    """The text cut to a width in columns, of which a Chinese character takes two."""
    if cell_len(text) <= columns:
        return text
    return set_cell_size(text, max(1, columns - 1)).rstrip() + "…"


def place(source: str, *, short: bool = False) -> str:
    """`file:line` of a rule's source `file:line:column`.

    The file is given relative to the current directory where it is below it; `short`: by its name alone.
    """
    path, line, _ = source.rsplit(":", 2)
    if short:
        return f"{PurePath(path).name}:{line}"
    with suppress(ValueError, OSError):  # elsewhere; no current directory
        path = str(Path(path).relative_to(Path.cwd()))
    return f"{path}:{line}"
