"""Whether links lead to stories: by how much their text says, and by where they lead."""

import re
from collections.abc import Iterator

from filterproxy.rewrite.tally import Block

_SAYS_ENOUGH = (
    13.0  # average weight of headlines that need no address to be known: menus' entries are shorter
)
_SAYS_ENOUGH_IN_HAN = 11.0  # in Chinese, which has shorter ones
_STORIES = 1 / 3  # of shorter ones, how many have to lead to stories' addresses
_IN_PAGE = 0.5  # of links to places in the page (contents, 跳到正文), at which it is no list of stories

_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HOST = re.compile(r"(?:https?:)?//[^/?#]*", re.IGNORECASE)
_STORY = re.compile(
    r"""\d{3,}                                        # a date or a number
    | (?:[^-_+/?.=&]+[-_+]){3,}                       # a headline in words
    | [?&=_-]\d{2,}(?:$|[&/?\#.])                     # a short number
    | /\d+(?:\.[a-z]+)?(?:$|[?\#])                   # or one that stands alone, at the end
    | (?=[a-z\d]*\d)(?=[a-z\d]*[a-z])[a-z\d]{7,}(?:$|[./?\#])  # letters and digits mixed
    """,
    re.IGNORECASE | re.VERBOSE,
)


def leads_to_story(address: str) -> bool:
    """Whether an address looks like a story's: with a number, a date, a headline. A channel's is a word."""
    address = address.strip()
    if address[:1] in {"", "#"} or address[:11].lower() == "javascript:":
        return False
    return _STORY.search(_HOST.sub("", address, count=1)) is not None


def headlines_of(block: Block) -> Iterator[Block]:
    """The links in a block that are as long as a headline, last first."""
    blocks = [block]
    while blocks:
        one = blocks.pop()
        if one.tag == "a":
            yield one
        else:
            blocks += [below for below in one.below if below.headlines]


def links_of(block: Block) -> int:
    """How many links with a text stand in a block, headlines among them."""
    links, blocks = 0, [block]
    while blocks:
        one = blocks.pop()
        if one.tag == "a":
            links += 1
        else:
            blocks += [below for below in one.below if below.link_weight]
    return links


def lead_to_stories(block: Block) -> bool:
    """Whether a block's headlines are other stories', not a menu's entries or places in this page.

    They say enough on average, or a third of them lead where stories do.
    """
    links = list(headlines_of(block))
    addresses = [(link.node.attrs.get("href") or "").strip() for link in links]
    inside = sum(1 for address in addresses if address[:1] == "#" and len(address) > 1)
    if inside > _IN_PAGE * len(addresses):
        return False
    enough = _SAYS_ENOUGH_IN_HAN if _is_chinese(block.node.text()) else _SAYS_ENOUGH
    if block.headline_weight >= enough * block.headlines:
        return True
    return sum(map(leads_to_story, addresses)) >= _STORIES * len(addresses)


def _is_chinese(text: str) -> bool:
    """Whether a text has Chinese characters and no Japanese ones: these say less with as many."""
    return _HAN.search(text) is not None and _KANA.search(text) is None
