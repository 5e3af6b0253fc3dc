"""A page and its account, for the tests of reporting."""

from filterproxy.errors import VetoReason
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.ruleset.model import Action, Category

URL = "https://user:secret@news.example/a.html?token=1#part"

PAGE = Page(
    b"<p>text</p>",
    removals=(
        Removal("site/ad", Category.AD, "site.yaml:3:5", "html > body > div", "广告", 41_000),
        Removal(
            "site/guess", Category.RECOMMENDED, "site.yaml:6:5", "html > body > h3", "猜你喜欢", 900,
            Action.SECTION, "html > body > ul",
        ),
    ),
    vetoes=(
        Veto("site/x", Category.AD, "s.yaml:9:5", "html > body", "正文", VetoReason.HOLDS_ARTICLE, 0.98765),
    ),
    charset="UTF-8",
    seconds=0.0061,
    tried=4,
)  # fmt: skip
