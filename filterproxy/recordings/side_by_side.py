"""A comparison as one HTML file: both versions of each changed page side by side, what goes marked."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files

from filterproxy.recordings.compare_page import Kind
from filterproxy.recordings.compare_tally import Tally, Touched
from filterproxy.recordings.side_by_side_pair import chips, kinds_of, pair, place_of, text_of
from filterproxy.report.redact import redact_url

_LEGEND = (
    ("goes", "veiled", "newly goes: under the second rules alone"),
    ("comes-back", "veiled", "comes back: went under the first rules alone"),
    ("still-goes", "veiled", "goes in both, by another rule or in another way"),
    ("same", "veiled", "goes in both alike"),
    ("aside", "open", "kept by the article guard, or observed"),
    ("same", "open", "dashed: what is outlined is still there in this version"),
)


def side_by_side(names: tuple[str, str], tally: Tally, rules: Iterable[Touched]) -> bytes:
    """The report, one file that needs no other.

    Recorded pages stand in frames that run no script (`sandbox`) and under a policy that loads nothing;
    their scripts, addresses and handlers are taken out before. The report's own script makes frames scroll
    together; its hash is the only one the policy lets run. All text of pages and rules is escaped.

    Args:
        names: of the first rules and of the second, as given.
        tally: its `shown` changes need their text.
        rules: that differ or have a part in what changes.
    """
    script, before, after = _asset("side_by_side.js"), text_of(names[0]), text_of(names[1])
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    pages = (pair(number, change, (before, after)) for number, change in enumerate(tally.shown, 1))
    parts = [
        _HEAD.format(policy=policy, before=before, after=after, style=_asset("side_by_side.css")),
        _tiles(tally),
        _legend(),
        "</header>\n<main>\n",
        _rules(rules),
        _index(tally),
        *pages,
        _problems(tally),
        _FOOT.format(script=script),
    ]
    return "".join(parts).encode("utf-8", "replace")


_HEAD = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{before} → {after}: rules compared</title>
<style>{style}</style></head>
<body><header><h1>Rules compared</h1>
<p class="versions">before: <code>{before}</code> · after: <code>{after}</code></p>
"""
_FOOT = """\
</main>
<footer>Made by filterproxy. Recorded pages are shown without their scripts and without what they would \
load.</footer>
<script>{script}</script>
</body></html>
"""


@cache
def _asset(name: str) -> str:
    return (files("filterproxy.recordings") / name).read_text("utf-8")


def _tiles(tally: Tally) -> str:
    tiles = [
        (tally.pages, "pages compared"),
        (tally.changed, "pages change"),
        (tally.kinds[Kind.GOES], f"blocks newly go, {tally.gone:,} bytes"),
        (tally.kinds[Kind.COMES_BACK], f"blocks come back, {tally.back:,} bytes"),
        (tally.kinds[Kind.STILL_GOES], "go otherwise"),
    ]
    more = [
        (sum(tally.kinds[kind] for kind in (Kind.VETOED, Kind.NOT_VETOED)), "changes of the guard's mind"),
        (
            sum(tally.kinds[kind] for kind in (Kind.OBSERVED, Kind.NOT_OBSERVED)),
            "changes in what is observed",
        ),
        (tally.unfiltered.total(), "pages not filtered"),
        (tally.others, "entries that are no pages"),
        (tally.left_out, "pages left out"),
        (len(tally.problems), "entries not read"),
    ]
    tiles += [tile for tile in more if tile[0]]
    items = "".join(f"<li><b>{number:,}</b><span>{what}</span></li>" for number, what in tiles)
    return f'<ul class="tiles">{items}</ul>\n'


def _legend() -> str:
    items = (f'<li class="{look}"><i class="{how}"></i>{what}</li>' for look, how, what in _LEGEND)
    return f'<ul class="legend">{"".join(items)}</ul>\n'


def _rules(rules: Iterable[Touched]) -> str:
    rows = "".join(map(_rule, rules))
    if not rows:
        return "<h2>Rules</h2><p>The rules are the same, comments and notes aside.</p>\n"
    head = "<tr><th>Rule</th><th>Change</th><th>Before</th><th>After</th><th class=number>Pages</th></tr>"
    return f"<h2>Rules that differ</h2>\n<table>{head}\n{rows}</table>\n"


def _rule(touched: Touched) -> str:
    change = touched.change
    step = "the same; what it does differs" if change is None else str(change.step)
    if change is not None and change.keys:
        step += f": {', '.join(change.keys)}"
    places = ("", "") if change is None else (change.before, change.after)
    cells = "".join(f"<td><code>{text_of(place_of(place))}</code></td>" for place in places)
    return (
        f"<tr><td><b>{text_of(touched.name)}</b></td><td>{text_of(step)}</td>{cells}"
        f'<td class="number">{touched.pages:,}</td></tr>\n'
    )


def _index(tally: Tally) -> str:
    if not tally.changed:
        return "<h2>Pages</h2><p>No page changes.</p>\n"
    head = "<tr><th>Page</th><th>Recorded</th><th>Differences</th></tr>"
    rows = [
        _row(
            f'<a href="#page-{number}">{text_of(redact_url(change.url))}</a>', change.place, kinds_of(change)
        )
        for number, change in enumerate(tally.shown, 1)
    ]
    rows += [_row(text_of(redact_url(url)), place, kinds) for place, url, kinds in tally.listed]
    left = tally.changed - len(rows)
    rows += [f"<tr><td colspan=3>… and {left:,} more</td></tr>"] if left else []
    return f"<h2>Pages that change</h2>\n<table>{head}\n{''.join(rows)}</table>\n<h2>Side by side</h2>\n"


def _link(number: int, url: str) -> str:
    return f'<a href="#page-{number}">{text_of(redact_url(url))}</a>'


def _row(page: str, place: str, kinds: Counter[Kind]) -> str:
    return f"<tr><td>{page}</td><td>{text_of(place)}</td><td>{chips(kinds)}</td></tr>\n"


def _problems(tally: Tally) -> str:
    if not tally.problems:
        return ""
    rows = "".join(
        f"<tr><td>{text_of(p.place)}</td><td>{text_of(p.what)}</td></tr>\n" for p in tally.problems
    )
    return f"<h2>Not read</h2>\n<table>{rows}</table>\n"
