"""Tag soup and rules for it."""

from hypothesis import strategies as st

TEXTS = ["文", "一段话，有标点。", " ", "\n", "\r\n", "&amp;", "&nbsp;x", "a < b", "猜你喜欢", "广告", "x"]
TAGS = (
    "div p span a ul li table tbody tr td b i form h2 section article pre select option svg noscript".split()
)
VOIDS = ["<br>", "<img src=x.png>", "<hr/>", "<input name='q'>", '<IMG SRC="y.gif" ALT=z>']
RAW = [
    "<script>if (a<b && c>d) x('</div>')</script>",
    "<script src=//t.example/t.js></script>",
    "<style>.a > .b {}</style>",
    "<!-- <div class='ad'> -->",
    "<!--[if IE]><p>old</p><![endif]-->",
    "<template><div class=ad>t</div></template>",
    "<textarea>\n<b></textarea>",
    "<iframe src=//a.example/></iframe>",
]
STRAYS = [*"</p> </br> </div> </form> </body> </table> <td> </b> <p> <b>".split(), "<body class=late>"]
CLASSES = ["ad", "rec", "note", "ad note", "keep", ""]

DOCTYPES = ["<!DOCTYPE html>", "", '<!doctype html public "-//W3C//DTD HTML 4.0//EN">']
HEADS = ["<head><title>t</title></head>", "", "<head><script>x</script>", "<title>t</title>"]

_leaf = st.sampled_from([*TEXTS, *VOIDS, *RAW, *STRAYS])


@st.composite
def _element(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    tag = draw(st.sampled_from(TAGS))
    quote = draw(st.sampled_from(['"', "'"]))
    name = draw(st.sampled_from(CLASSES))
    attributes = f" class={quote}{name}{quote}" if name else ""
    if draw(st.integers(0, 4)) == 0:
        attributes += f" id=n{draw(st.integers(0, 9))} data-x=1"
    content = "".join(draw(st.lists(inner, max_size=4)))
    end = "" if draw(st.integers(0, 5)) == 0 else f"</{tag}>"  # one in six is left open
    return f"<{tag}{attributes}>{content}{end}"


_node = st.recursive(_leaf, _element, max_leaves=25)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """A page as careless hands write it."""
    doctype, head = draw(st.sampled_from(DOCTYPES)), draw(st.sampled_from(HEADS))
    body = draw(st.sampled_from(["<body>", "", "<body class='b'>"]))
    return doctype + head + body + "".join(draw(st.lists(_node, max_size=8)))


REMOVING = {
    "remove": [
        ".ad",
        "script",
        "li",
        "p",
        "form",
        "iframe",
        "b",
        "td",
        "#n3",
        "div.note",
        "ul > li",
        "table",
        "img",
    ],
    "section": ["猜你喜欢"],
    "unwrap": ["span", ".note", "b"],
    "hide": [".rec", "h2"],
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule file for every site; no rule looks at an element's place among others."""
    lines = ["version: 1", 'site: "*"', "rules:"]
    for number in range(draw(st.integers(1, 4))):
        action = draw(st.sampled_from(sorted(REMOVING)))
        what = draw(st.sampled_from(REMOVING[action]))
        lines.append(f"  - {{id: r{number}, category: ad, allow-article: a test, {action}: '{what}'}}")
    if draw(st.booleans()):
        lines.append("  - {id: s, category: ad, strip-attributes: {'div, p': [id, data-*]}}")
    if draw(st.booleans()):
        lines.append("  - {id: c, category: ad, strip-classes: {'.note': [note]}}")
    return "\n".join(lines) + "\n"


CHARSETS = ["utf-8", "gb18030", "big5", "shift_jis", "euc-kr", "windows-1252", "utf-16le", "iso-2022-jp"]

TOKENS = [
    *(
        f"<{tag}>"
        for tag in [*TAGS, "i", "em", "button", "nobr", "dl", "dt", "dd", "option/", "x-y", "center"]
    ),
    *(f"</{tag}>" for tag in [*TAGS, "i", "em", "button", "nobr", "dl", "dd", "x-y", "center", "br"]),
    *"<p class=ad> <div class=ad> <b class=note> <td class=rec> <a href=x> <br> <hr> <input>".split(" "),
    *["<!--c-->", "<script>s</script>", "<style>s</style>", "&amp;", "文", " ", "\r\n", "word"],
]


def token_soup() -> st.SearchStrategy[str]:
    """Tags without any order: every rule of the tree builder is met."""
    return st.lists(st.sampled_from(TOKENS), min_size=1, max_size=25).map("".join)
