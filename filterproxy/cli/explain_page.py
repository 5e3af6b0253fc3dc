"""What a URL's rules do on one page, rule by rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from filterproxy.cli.explain_at import Asked, Elements, look_at_elements
from filterproxy.cli.explain_url import AtUrl
from filterproxy.cli.patience import Pending
from filterproxy.engine import engine_for
from filterproxy.rewrite.article import MARKS, Article, find_article
from filterproxy.rewrite.charset import Charset, sniff
from filterproxy.rewrite.diagnosis import Diagnosis, Trace
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.nesting import nests_deeper
from filterproxy.rewrite.result import Page
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """Where the page's article is.

    Attributes:
        origin: how it was found, in words.
        size: characters of its unlinked, visible sentence text.
        blocks: CSS paths of its blocks.
        heading: CSS path of its heading, or None.
        headline: the heading's text.
    """

    origin: str
    size: int
    blocks: tuple[str, ...]
    heading: str | None
    headline: str


@dataclass(frozen=True, slots=True)
class OnPage:
    """A page's account, and of each rule that is tried on pages what it did; no traces where it was not read.

    Attributes:
        original: the bytes that came in.
        page: the account.
        charset: what it was read in, or None.
        article: or None: the page has none worth guarding.
        traces: by the rule's full name.
        elements: what stands of those that were asked about.
    """

    original: bytes
    page: Page
    charset: Charset | None = None
    article: FoundArticle | None = None
    traces: Mapping[str, Trace] = field(default_factory=dict)
    elements: Elements = field(default_factory=Elements)


def examine(
    body: bytes,
    content_type: str | None,
    at: AtUrl,
    ruleset: Ruleset,
    settings: Settings,
    asked: Asked | None = None,
) -> OnPage:
    """Rewrite a page under the usual deadline, then trace each rule on it that applies at its URL.

    A page that could not be rewritten is not looked into any further: it might hang us as well.
    """
    with Rewriter(ruleset, replace(settings, workers=1)) as rewriter:
        page = Pending(rewriter, body, at.url, content_type).result()
    charset = sniff(body, content_type).charset
    if page.skipped is not None or charset is None or nests_deeper(body, settings.limits.nesting):
        return OnPage(body, page, charset)
    try:
        return _looked_into(OnPage(body, page, charset), charset, at, ruleset, settings, asked)
    except RecursionError:  # deeper than Python's stack: the engine had no need to look for the article
        return OnPage(body, page, charset)


def _looked_into(
    on: OnPage, charset: Charset, at: AtUrl, ruleset: Ruleset, settings: Settings, asked: Asked | None
) -> OnPage:
    body, url = on.original, at.url
    decider = engine_for(ruleset, settings).decider
    selection = decider.select(url, body, charset.python, ascii_compatible=charset.ascii_compatible)
    document = Document(charset.decode(body))
    selector = decider.article(url)
    article = find_article(document, selector, settings.guard)
    diagnosis = Diagnosis(document, on.page, selection, article, url)
    traces = {s.rule.name: diagnosis.trace(s.rule) for s in at.standings if s.on_pages}
    found = None if article is None else _found(document, article, selector)
    elements = Elements()
    if asked:
        elements = look_at_elements(document, on.page, article, selection, at, settings, asked)
    return replace(on, article=found, traces=traces, elements=elements)


def _found(document: Document, article: Article, selector: str | None) -> FoundArticle:
    nodes = document.find("*")
    blocks = [node for node in nodes if node.mem_id in article.ids]
    headings = [node for node in nodes if node.mem_id in article.heading]
    heading = headings[-1] if headings else None  # the innermost: the others hold it
    return FoundArticle(
        _origin(document, article.ids, selector),
        article.size,
        tuple(map(document.path, blocks)),
        None if heading is None else document.path(heading),
        "" if heading is None else " ".join(heading.text().split()),
    )


def _origin(document: Document, ids: frozenset[int], selector: str | None) -> str:
    if selector is not None and ids <= document.ids(selector):
        return "by this selector"
    for _, mark in MARKS:
        if ids <= document.ids(mark):
            return f"by the page's own mark, {mark}"
    scripts = document.find("script[type='application/ld+json' i]")
    if any("articleBody" in script.text() for script in scripts):
        return "by the articleBody of the page's JSON-LD"
    return "as the block with most sentence text"
