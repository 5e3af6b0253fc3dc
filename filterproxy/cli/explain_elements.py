"""What stands of elements, for people."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from filterproxy.cli.account_table import DONE
from filterproxy.cli.explain_at import Asked, Elements
from filterproxy.cli.layout import aligned, cell, place
from filterproxy.rewrite.result import Removal, Veto
from filterproxy.rewrite.standing import ElementStanding, Fate, Relation

_FATES = {
    Fate.GONE: ("goes", "green"),
    Fate.CHANGED: ("is changed", "green"),
    Fate.PARTLY: ("stays, but for something in it", "cyan"),
    Fate.STAYS: ("stays", "yellow"),
}
_MOST_INSIDE = 4  # of what is done in an element


def print_elements(out: Console, elements: Elements, asked: Asked) -> None:
    """Each element: whether it goes, by what, and where it stands to the story, the guard and the lists."""
    for element in elements.told:
        word, style = _FATES[element.fate]
        out.print()
        _say(out, Text.assemble(cell(element.path, "bold"), ": ", (word, style)))
        _say(out, Text.assemble("  ", cell(f"“{element.excerpt}”", "dim"), f"  {element.size:,} characters"))
        for line in aligned(list(_rows(element))):
            _say(out, Text.assemble("  ", line))
    more = elements.count - len(elements.told)
    if more:
        out.print()
        _say(out, cell(f"{more} more of what {asked}: say more, such as --at with a longer selector"))


def _rows(element: ElementStanding) -> Iterator[list[Text]]:
    own = [one for one in element.by if one[0] is not Relation.INSIDE]
    inside = [one for one in element.by if one[0] is Relation.INSIDE]
    for relation, removal in [*own, *inside[:_MOST_INSIDE]]:
        yield _row(DONE[removal.action], _taken(relation, removal, element.path))
    if len(inside) > _MOST_INSIDE:
        yield _row("", f"and {len(inside) - _MOST_INSIDE} more in it")
    for relation, veto in element.vetoes:
        yield _row("refused", _refused(relation, veto))
    for near in (*element.near, *element.headings):
        yield _row("near", f"{near.rule.name} ({place(str(near.rule.source))}): {near.why}")
    yield _row("story", element.story)
    if element.fate is not Fate.GONE:
        yield _row("guard", element.guard)
    yield _row("lists", element.lists)


def _taken(relation: Relation, removal: Removal, path: str) -> str:
    where = "" if removal.path == path else f", {removal.path}"
    through = f" … {removal.through}" if removal.through else ""
    why = f"  {removal.why}" if removal.why else ""
    return f"{relation}{where}{through}, by {removal.rule} ({place(removal.source)}){why}"


def _refused(relation: Relation, veto: Veto) -> str:
    share = f", {veto.share:.0%} of its text" if 0 < veto.share < 1 else ""
    rule = f"{veto.rule} ({place(veto.source)})"
    return f"{rule} would take {relation}, {veto.path}; the article guard keeps it: {veto.reason}{share}"


def _row(head: str, text: str) -> list[Text]:
    return [cell(head, "bold"), cell(text)]


def _say(out: Console, text: Text) -> None:
    out.print(text, soft_wrap=True)
