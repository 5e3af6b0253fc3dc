"""What of a page looks like a list and is none: menus, footers, comments, bylines, licences, paging."""

import re
from functools import lru_cache

from filterproxy.rewrite.document import Node

MENU_TAGS = frozenset({"nav", "form", "header", "footer", "select", "head"})

_MENU = re.compile(
    r"(?:^|[-_ ])(?:top|main|sub|site|page|global|skip)?[-_]?"
    r"(?:nav|menu|head|header|hd|foot|footer|(?<!side.)(?<!left.)(?<!right.)bar|navbar)(?:$|[-_ \d])"
    r"|crumb|pagination|pager|login|share|friend-?links?|copyright|sitemap",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"comment(?<!read.comment)(?!.*(?:hot|rank|recommend))|commt|pinglun|reply|replies|disqus", re.IGNORECASE
)
_BYLINE = re.compile(
    r"(?:^|[-_ ])(?:by-?line|signature|meta|dateline|credits?"
    r"|(?:author|writer|blogger)(?:[-_]?(?:info|box|bio|card|name|meta))?)(?: |$)",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"©|[Cc]opyright|COPYRIGHT|版权所有|版權所有|ICP[备證证]|备案号|许可证|許可證|Creative Commons|知识共享"
    r"|All [Rr]ights [Rr]eserved|[Ss]kip to"
)
_PAGING = re.compile(
    r"[^\w\u3040-\u9fff]*(?:[上下]一|前一|後一|[前次]の記事"
    r"|(?:previous|next|older|newer) (?:article|post|story|entr)"
    r"|(?:vorherige|nächste)[rs]? (?:artikel|beitrag)|предыдущ|следующ)",
    re.IGNORECASE,
)
_SOURCES = re.compile(
    r"\s*(?:references?|(?:foot)?notes|sources?|contents|bibliography)\b"
    r"|\s*(?:参考(?:资料|文献)|參考(?:資料|文獻)|注释|註釋|目[录錄])",
    re.IGNORECASE,
)
_CONTROLS = "textarea,input[type=password],input[type=tel]"
_LICENCE = "a[rel~=license],a[href*='creativecommons.org/']"
_TAIL = 2_000  # characters of a block's end that are looked at for a footer's words
_PAGES = 4  # headlines of paging, at most: the story before, the one behind, each with a picture
_BYLINE_HEADLINES = 3  # an author's name is a link as long as a headline, and so is what he writes for


def names(node: Node) -> str:
    """An element's id and classes."""
    attributes = node.attrs
    return f"{attributes.get('id') or ''} {attributes.get('class') or ''}"


def is_menu(node: Node) -> bool:
    """Whether an element is a menu, a header or a footer by its tag or its name. Names lie."""
    return node.tag in MENU_TAGS or _named_menu(names(node))


def is_named_comments(node: Node) -> bool:
    """Whether an element is for comments by its name."""
    return _named_comments(names(node))


def is_sources(node: Node) -> bool:
    """Whether an element begins as sources, notes or a table of contents do."""
    return _SOURCES.match(node.text()) is not None


def says_footer(node: Node) -> bool:
    """Whether an element ends as only footers do: ©, 备案号."""
    return _FOOTER.search(node.text()[-_TAIL:]) is not None


def is_furniture(node: Node, headlines: int) -> bool:
    """Whether an element with so many headlines is comments, a footer, paging, a byline or the like."""
    own = names(node)
    if _named_comments(own) or (headlines <= _BYLINE_HEADLINES and _BYLINE.search(own) is not None):
        return True
    text = node.text()
    if headlines <= _PAGES and _PAGING.match(text) is not None:
        return True
    if _FOOTER.search(text[-_TAIL:]) is not None or node.css_first(_CONTROLS) is not None:
        return True
    return headlines <= _PAGES and node.css_first(_LICENCE) is not None


@lru_cache(maxsize=4096)
def _named_menu(own: str) -> bool:
    return _MENU.search(own) is not None


@lru_cache(maxsize=4096)
def _named_comments(own: str) -> bool:
    return _COMMENTS.search(own) is not None
