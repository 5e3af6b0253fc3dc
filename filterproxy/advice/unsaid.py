"""What a site's rule file leaves unsaid."""

from collections.abc import Iterator

from filterproxy.advice.notice import Kind, Notice
from filterproxy.advice.written import WrittenFile
from filterproxy.errors import Source


def unsaid(file: WrittenFile) -> Iterator[Notice]:
    """A notice where it is not said what must survive, or no test says what the rules do."""
    rules = file.file
    start = Source(rules.path, 1, 1)
    in_pages = any(rule.in_pages for rule in rules.rules)
    if rules.article is None and in_pages and rules.sites != ("*",):
        what = 'no "article": what must survive is found page by page, and may be found wrongly'
        yield Notice(start, Kind.NO_ARTICLE, "rule file", what, 'add article: "#the-story"')
    if not rules.tests and rules.rules:
        what = 'no "tests": nothing shows that the rules do what they did when they were written'
        instead = "record a page (filterproxy record) and name it in tests"
        yield Notice(start, Kind.NO_TESTS, "rule file", what, instead)
