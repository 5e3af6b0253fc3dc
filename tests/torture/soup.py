"""Seeded soups through the engine, in a process of its own: `python -m tests.torture.soup SEED COUNT`.

Broken tags, every element the tree builder treats in its own way, bytes changed at random: nothing may be
raised, and the process must end by itself. Prints how many pages went through and how many were cut.
"""

import random
import sys

from filterproxy.engine import rewrite_page
from filterproxy.errors import SkipReason
from tests.support.rules import URL, UTF_8, ruleset

TAGS = (
    "p div span b i a table tr td tbody th caption colgroup col select option optgroup ul li dl dt dd "
    "form input button h1 h2 pre textarea listing script style noscript template svg math mi mtext desc "
    "annotation-xml foreignObject title body html head br hr img image iframe ruby rt rp nobr center "
    "font applet marquee object frameset frame section article x-y label em strong noframes plaintext "
    "xmp main link meta base"
).split()
ODD = [
    *(
        "<!--",
        "-->",
        "<!",
        "<?x?>",
        "<![CDATA[",
        "]]>",
        "<",
        ">",
        "</",
        "<a",
        "&",
        "&#",
        "&#0;",
        "&#xd800;",
        "&lt",
    ),
    *("\r", "\r\n", "\n", " ", "文", "\U0001f600", "'", '"', " =", "<b class=ad", "<p/>", "<svg/><template>"),
]
RULES = ruleset(
    "remove: [.ad, script, table, p, svg, input, template]",
    "unwrap: [span, b, td]",
    "hide: [div, math, h1]",
    "strip-attributes: {'a, p': [class, data-*]}",
    "section: 猜你喜欢",
)


def soup(chance: random.Random) -> bytes:
    parts = []
    for _ in range(chance.randint(1, 60)):
        tag = chance.choice(TAGS)
        kind = chance.randint(0, 9)
        if kind < 4:
            attributes = chance.choice(["", "", " class=ad", ' class="a b" id=x', " data-x='<p>'"])
            parts.append(f"<{tag}{attributes}{chance.choice(['>', '>', '/>', ''])}")
        elif kind < 7:
            parts.append(f"</{tag}>")
        else:
            parts.append(chance.choice([*ODD, "猜你喜欢"]))
    body = bytearray("".join(parts).encode())
    for _ in range(chance.choice([0, 0, 1, 5]) if body else 0):
        body[chance.randrange(len(body))] = chance.randrange(1, 256)
    return bytes(body)


def main(seed: int, count: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - soups, not secrets
    done = cut = 0
    charsets = [UTF_8, "text/html; charset=gbk", "text/html; charset=utf-16le", None]
    for _ in range(count):
        body, content_type = soup(chance), chance.choice(charsets)
        sys.stderr.write(f"\r{body!r}")  # the last one is what broke it
        page = rewrite_page(body, url=URL, content_type=content_type, ruleset=RULES)
        assert page.skipped is not SkipReason.INTERNAL, (body, content_type, page.detail)
        assert page.body is body or page.removals, body
        done, cut = done + 1, cut + bool(page.removals)
    sys.stdout.write(f"{done} {cut}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
