"""Elements found again by the paths of an account."""

import pytest

from filterproxy.rewrite.document import Document
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.result import Removal
from filterproxy.ruleset.model import Action, Category

PAGE = """<html><head><script>1</script><script>2</script></head><body>
<div id="main"><p>一</p><div>二</div><p>三<b>四</b></p><x-card><i>五</i></x-card></div>
<svg><foreignObject><p>六</p></foreignObject></svg>
<div id="odd > div:nth-of-type(1)"><div>七</div></div><ul><li>八<li>九</ul></body></html>"""


def test_every_path_leads_to_its_element() -> None:
    document = Document(PAGE)
    located = Located(document)
    nodes = document.find("*")
    found = [located.node(document.path(node)) for node in nodes]
    assert [one and one.mem_id for one in found] == [node.mem_id for node in nodes]


@pytest.mark.parametrize(
    "path",
    [
        "div#none",
        "div#main > p:nth-of-type(3)",
        "div#main > p:nth-of-type(0)",
        "div#none > p:nth-of-type(1)",
        "p[",
    ],
)
def test_a_path_that_leads_nowhere_is_none(path: str) -> None:
    assert Located(Document(PAGE)).node(path) is None


def test_a_run_of_siblings_is_whole() -> None:
    document = Document(PAGE)
    first, last = "div#main > p:nth-of-type(1)", "div#main > p:nth-of-type(2)"
    removal = Removal("a/b", Category.AD, "a.yaml:1:1", first, "", 1, Action.REMOVE, last)
    assert [node.tag for node in Located(document).nodes(removal)] == ["p", "div", "p"]
