"""Every rule tried on a page has an effect or a reason, on all cases."""

import json
from pathlib import Path

from filterproxy.engine import engine_for, rewrite_page
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.diagnosis import Diagnosis, NoEffect
from filterproxy.rewrite.document import Document
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings

CASES = Path(__file__).parents[2] / "cases"


def test_every_rule_has_an_effect_or_a_reason() -> None:
    checked, reasons = 0, set()
    for folder in sorted(CASES.iterdir()):
        meta, ruleset = json.loads((folder / "meta.json").read_text("utf-8")), load_ruleset([folder])
        body, url = (folder / "page.html").read_bytes(), meta["url"]
        page = rewrite_page(body, url=url, content_type=meta["content_type"], ruleset=ruleset)
        charset = sniff(body, meta["content_type"]).charset
        if page.skipped is not None or charset is None:
            continue
        decider = engine_for(ruleset).decider
        plain = charset.ascii_compatible
        selection = decider.select(url, body, charset.python, ascii_compatible=plain)
        document = Document(charset.decode(body))
        before = document.parser.html
        article = find_article(document, decider.article(url), Settings().guard)
        diagnosis = Diagnosis(document, page, selection, article)
        accounted = 0
        for rule, _ in selection.rules:
            trace = diagnosis.trace(rule)
            accounted += len(trace.removals) + len(trace.observed)
            worked = bool(trace.removals or trace.observed)
            assert worked is (trace.no_effect is None), (folder.name, rule.name)
            assert worked or trace.no_effect is not NoEffect.COVERED or trace.covered_by, folder.name
            assert trace.no_effect is not NoEffect.NO_TOKENS
            reasons.add(trace.no_effect)
            checked += 1
        assert accounted == len(page.removals) + len(page.observed), folder.name
        assert document.parser.html == before
    assert checked > 60
    assert {None, NoEffect.REFUSED, NoEffect.COVERED, NoEffect.NO_MATCH} <= reasons
