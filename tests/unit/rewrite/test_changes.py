"""Which changes are left where several rules want the same element."""

from filterproxy.rewrite.changes import Change, apply_to_tree, in_order, outermost, without_classes
from filterproxy.rewrite.document import Document
from filterproxy.ruleset.model import Action
from tests.support.rules import rule

PAGE = "<div id=a><p id=b>x</p></div><i id=c></i> between <i id=d></i><u id=e></u>"


def change(
    document: Document, action: Action, first: str, last: str = "", names: tuple[str, ...] = ()
) -> Change:
    (node,) = document.find(f"#{first}")
    (end,) = document.find(f"#{last or first}")
    return Change(rule("remove: x-y"), action, node, end, names)


def kept(*changes: Change) -> list[str]:
    return [f"{c.action.value} {c.node.id}" for c in outermost(list(changes))]


def test_what_stands_in_something_taken_needs_nothing() -> None:
    page = Document(PAGE)
    inner, outer = change(page, Action.REMOVE, "b"), change(page, Action.REMOVE, "a")
    assert kept(inner, outer) == ["remove a"]
    assert kept(change(page, Action.HIDE, "b"), change(page, Action.HIDE, "a"), outer) == ["remove a"]


def test_an_element_is_taken_once_by_the_longest_run() -> None:
    page = Document(PAGE)
    run, single = change(page, Action.SECTION, "c", "e"), change(page, Action.REMOVE, "d")
    assert kept(single, run) == ["section c"]
    assert kept(single, single) == ["remove d"]


def test_different_changes_of_one_element_all_stay() -> None:
    page = Document(PAGE)
    hide = change(page, Action.HIDE, "a", names=("style",))
    strip = change(page, Action.STRIP_ATTRIBUTES, "a", names=("id",))
    assert kept(hide, strip, hide) == ["hide a", "strip-attributes a"]


def test_order_is_the_page_s() -> None:
    page = Document(PAGE)
    changes = [change(page, Action.REMOVE, name) for name in "dba"]
    assert [c.node.id for c in in_order(page, changes)] == ["a", "b", "d"]


def test_the_tree_is_edited_once_texts_between_included() -> None:
    page = Document(PAGE)
    apply_to_tree(page, [change(page, Action.SECTION, "c", "d"), change(page, Action.UNWRAP, "b")])
    assert (page.parser.body and page.parser.body.html) == '<body><div id="a">x</div><u id="e"></u></body>'


def test_classes_go_with_the_space_behind_them() -> None:
    assert without_classes("a  b\tc", ("b",)) == "a  c"
    assert without_classes("b a b", ("b",)) == "a "
    assert without_classes("bb", ("b",)) == "bb"
