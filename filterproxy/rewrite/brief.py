"""Stories with hardly any text, poems and pictures: told by the headline that begins the page's title."""

import re

from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors
from filterproxy.rewrite.measure import measure
from filterproxy.rewrite.tally import weigh

_PARTS = re.compile(r"\s*(?:[|_—–«»]|\s-|-\s|-(?=[\u2e80-\uffff]))")
"""What stands between the parts of a title: 静夜思_诗歌网."""

_MENUS = frozenset({"a", "nav", "option"})
_SHORTEST = 4.0  # weight of a headline
_LEAST = 60  # characters that a story shows beside it: a byline, some verses, a caption
_LINKED = 0.3  # of its text, at most: a list's headline stands over links
_WIDEST = 6  # elements up from the headline to its story


def brief_story(document: Document) -> tuple[Node, Node] | None:
    """The headline and the block of its story; None where the page may be anything else.

    The title has two parts or more, and its first stands in the page once, not in a link, over something that
    is not mostly links.
    """
    titles = document.find("title")
    parts = _PARTS.split(" ".join(titles[0].text().split())) if titles else [""]
    wanted = parts[0].strip()
    if len(parts) < 2 or weigh(wanted) < _SHORTEST:  # noqa: PLR2004 - the headline's and the site's
        return None
    found = [node for node, text in document.text_nodes() if " ".join(text.split()) == wanted]
    found = [
        node for node in found if not any(above.tag in {"a", "nav", "option"} for above in ancestors(node))
    ]
    if len(found) != 1 or found[0].parent is None:
        return None
    headline = found[0].parent
    for above, _ in zip((headline, *ancestors(headline)), range(_WIDEST), strict=False):
        if above.tag in STRUCTURE:
            break
        size = measure(above)
        if size.linked > _LINKED * size.visible:
            break
        if size.visible - len(wanted) >= _LEAST:
            return headline, above
    return None
