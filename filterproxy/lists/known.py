"""Lists that are known by a short name, where they are kept, and what a name for another may be."""

import re
from dataclasses import dataclass

from filterproxy.ruleset.model import Category


@dataclass(frozen=True, slots=True)
class Known:
    """A list that many use. `about`: in a line, for who chooses."""

    url: str
    category: Category
    about: str


KNOWN = {
    "easylist": Known("https://easylist.to/easylist/easylist.txt", Category.AD, "adverts, international"),
    "easyprivacy": Known("https://easylist.to/easylist/easyprivacy.txt", Category.TRACKING, "trackers"),
    "easylist-china": Known(
        "https://easylist-downloads.adblockplus.org/easylistchina.txt",
        Category.AD,
        "adverts on Chinese sites; goes with easylist",
    ),
}

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def name_for(url: str) -> str:
    """A name made of an address' or path's last part; `list` where it gives none."""
    last = re.split(r"[/\\]", url.partition("?")[0].rstrip("/\\"))[-1].rpartition(".")[0] or url
    made = re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[:40].strip("-")
    return made or "list"
