"""Two rule sets, a page under both, and what differs: without worker processes."""

from collections.abc import Iterable
from pathlib import Path

from filterproxy.engine import rewrite_page
from filterproxy.recordings.compare import PageChange, page_change
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.replayer import Replayed
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import RuleSource
from filterproxy.ruleset.store import build_ruleset

URL = "https://www.jiangbao.example/a/1.html"
HEAD = "version: 1\nsite: jiangbao.example\n"


def rules(*lines: str, head: str = HEAD, path: str = "rules/jiangbao.yaml") -> Ruleset:
    """One file's rules, each as what stands between the braces: `id: x, category: ad, remove: .x`."""
    text = head + "rules:\n" + "".join(f"  - {{{line}}}\n" for line in lines)
    return build_ruleset([RuleSource("jiangbao", path, text.encode())])


def replayed(html: str | bytes, ruleset: Ruleset, content_type: str = "text/html; charset=utf-8") -> Replayed:
    """A page, filtered here and now."""
    body = html.encode() if isinstance(html, str) else html
    entry = Entry("a.mitm, flow 1", URL, "GET", 200, [], [(b"content-type", content_type.encode())], body)
    page = rewrite_page(body, url=URL, content_type=content_type, ruleset=ruleset)
    return Replayed(entry, body, page)


def compared(
    html: str | bytes, before: Ruleset, after: Ruleset, content_type: str = "text/html"
) -> PageChange:
    """What differs of a page; its text is kept."""
    return page_change(replayed(html, before, content_type), replayed(html, after, content_type), keep=True)


def write_rules(path: Path, *lines: str, tests: Iterable[str] = ()) -> Path:
    """The rules as a file."""
    text = HEAD + "rules:\n" + "".join(f"  - {{{line}}}\n" for line in lines)
    text += "tests:\n" + "".join(f"  - {{{line}}}\n" for line in tests) if tests else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def write_pages(folder: Path, pages: dict[str, bytes]) -> Path:
    """A recording: a folder of pages by their URLs."""
    folder.mkdir()
    rows = ["path\turl"]
    for number, (url, body) in enumerate(pages.items(), 1):
        (folder / f"{number}.html").write_bytes(body)
        rows.append(f"{number}.html\t{url}")
    (folder / "pages.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder
