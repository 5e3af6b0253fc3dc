"""Which addresses look like stories', and which lists of links are entries of a menu."""

import pytest

from filterproxy.rewrite.document import Document
from filterproxy.rewrite.story_links import headlines_of, lead_to_stories, leads_to_story, links_of
from filterproxy.rewrite.tally import Block, tally

STORIES = [
    "/a/1.html",
    "https://news.example/2026/06/08/why",
    "/why-the-ferry-has-stopped",
    "/show?id=42",
    "show.aspx?f_id=7&f_page=12",
    "/detail/K3XQ81VA",
    "//m.news.example/n/80412",
    "/content_30417.htm",
]
CHANNELS = [
    "",
    "#top",
    " #2026",
    "javascript:open(2026)",
    "/",
    "/boats/",
    "/life/boats",
    "https://2026.news.example/",
    "https://news.example",
    "/people/both-banks/",
    "/about.html",
    "/list?page=2",
]


@pytest.mark.parametrize("address", STORIES)
def test_a_storys_address(address: str) -> None:
    assert leads_to_story(address)


@pytest.mark.parametrize("address", CHANNELS)
def test_a_channels_address(address: str) -> None:
    assert not leads_to_story(address)


def block_of(html: str) -> Block:
    block = tally(Document(f"<body>{html}"))
    assert block is not None
    return block


def links(addresses: list[str], text: str) -> str:
    return "".join(f'<p><a href="{address}">{text}</a></p>' for address in addresses)


SHORT, LONG = "住在河边的老船工", "渡口旁的石狮子为什么少了一只耳朵"
LISTS = [
    (["/boats/", "/water/"], LONG, True),
    (["/boats/", "/water/"], SHORT, False),
    (["/boats/", "/water/", "/a/1.html"], SHORT, True),
    (["/boats/", "/water/", "/port/", "/a/1.html"], SHORT, False),
    (["#p1", "#p2", "/a/1.html"], LONG, False),
    (["#", "#", "/a/1.html"], LONG, True),
    (["/boats/", "/water/"], "写真でつづる河のむかし", False),
    (["/boats/", "/water/"], "Boats, Ferries and Bridges", False),
    (["/boats/", "/water/"], "Why the lighthouse keeper never wrote again", True),
]


@pytest.mark.parametrize(("addresses", "text", "expected"), LISTS)
def test_what_leads_to_stories(addresses: list[str], text: str, expected: object) -> None:
    assert lead_to_stories(block_of(links(addresses, text))) is expected


def test_links_are_counted_with_the_headlines_among_them() -> None:
    block = block_of(
        links(["/a/1.html", "/a/2.html"], LONG) + "<a href=/b>更多</a><a>没有地址的一句话在这里</a>"
    )
    assert len(list(headlines_of(block))) == 2
    assert links_of(block) == 3
