"""Links of real pages: two of each page's own parameters stripped, the result compared with its tree."""

from collections import Counter

import pytest

from filterproxy.engine import Engine
from filterproxy.rewrite.params import pairs_of, strip_params
from tests.support.corpus import CorpusPage, corpus_pages, needs_corpus
from tests.support.exactness import charset_of, parse
from tests.support.rules import ruleset

LINKS = "a[href],area[href]"


@pytest.mark.long
@needs_corpus
@pytest.mark.corpus
def test_every_link_is_stripped_and_nothing_else_changes() -> None:
    done = [links for page in corpus_pages() if (links := stripped(page)) is not None]
    assert len(done) == 581
    assert sum(done) == 14_056


def stripped(page: CorpusPage) -> int | None:
    """How many links changed; None for a page whose links carry nothing, or that no rule can be for."""
    charset = charset_of(page.body, page.content_type)
    tree = parse(page.body, charset)
    links = [(link, link.attrs.get("href") or "") for link in tree.css(LINKS)]
    names = Counter(pair.name for _, address in links for pair in pairs_of(address) if pair.name.isalnum())
    taken = [name for name, _ in names.most_common(2)]
    rules = ruleset(f"strip-params: {taken[:1]!r}", f"strip-params: {taken!r}") if taken else None
    if rules is None or not Engine(rules).decider.applies(page.url):
        return None
    result = Engine(rules).rewrite_page(page.body, url=page.url, content_type=page.content_type)
    assert result.skipped is None
    assert result.exact, page.path
    assert len(page.body) - len(result.body) == sum(removal.size for removal in result.removals)
    for link, address in links:
        if (left := strip_params(address, taken)) != address:
            link.attrs["href"] = left
    assert tree.html == parse(result.body, charset).html, page.path
    return len(result.removals)
