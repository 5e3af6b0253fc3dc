"""The article guard, measured on real pages whose article is known.

    python -m tests.benchmarks.guard [--json] [--generic] [--names] [--pages N]

First how often the article is found, by how far the pages are from what a server sent and by language:
`found` has four fifths of the article inside what was found, and four fifths of that is article. Then what
the guard refuses, of the bundled rules and of a writer's typical mistakes: rightly what holds article text,
the heading alone, wrongly what holds none; and how many pages lose article text in spite of it.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from filterproxy.engine import Engine
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from filterproxy.ruleset.text import normalise_heading
from filterproxy.settings import Guard, Settings
from tests.benchmarks.guarding import HARSH, Finding, Tally, add, finding
from tests.support.corpus import CORPUS
from tests.support.known_articles import Known, known_articles
from tests.support.rules import ruleset

HEADING = 40  # characters of the longest that rules may name
STEPS = (0.2, 0.5, 0.8, 0.95)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.guard", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--generic", action="store_true", help="without rules for sites")
    parser.add_argument("--names", action="store_true", help="name pages: not found, refused wrongly, harmed")
    parser.add_argument("--pages", type=int, default=0, help="the first N pages alone")
    options = parser.parse_args()
    if not CORPUS.is_dir():
        parser.exit(1, "the real pages are not beside this checkout\n")
    pages = list(known_articles())
    pages = pages[: options.pages or len(pages)]
    bundled = bundled_rules_path()
    rules = sorted(bundled.glob("generic*.yaml")) if options.generic else [bundled]
    engine = Engine(load_ruleset(rules), Settings(off_categories=frozenset()))
    findings = [finding(known, engine.decider.article(known.page.url)) for known in pages]
    tallies = dict(_tallies(pages, engine))
    if options.json:
        told = {"found": list(_groups(findings)), "rules": {name: _row(one) for name, one in tallies.items()}}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
        return
    sys.stdout.writelines(_table(findings, tallies))
    if options.names:
        sys.stdout.writelines(_names(findings, tallies))


def _tallies(pages: Sequence[Known], engine: Engine) -> Iterator[tuple[str, Tally]]:
    bundled = Tally()
    for known in pages:
        add(bundled, known, engine)
    yield "bundled rules", bundled
    for name, text in HARSH.items():
        tally = Tally()
        for known in pages:
            heading = _headline(known)
            if heading or "{" not in text:
                add(tally, known, Engine(ruleset(text.replace("{headline}", json.dumps(heading)))))
        yield name, tally


def _headline(known: Known) -> str:
    """The first heading of the page that a section may be of."""
    for heading in known.document.find("h1, h2, h3, h4, strong, b"):
        text = " ".join(heading.text().split())
        if (
            text.isprintable()
            and 1 < len(normalise_heading(text)) <= len(text) <= HEADING
            and (heading.tag == "h1" or known.within(heading) & known.article)
        ):
            return text
    return ""


def _groups(findings: Sequence[Finding]) -> Iterator[dict[str, object]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        language = "Chinese" if one.known.lang.startswith("zh") else "other languages"
        for group in ("all pages", language, one.known.form):
            groups[group].append(one)
    for name, members in groups.items():
        whole = [one for one in members if one.known.whole]
        yield {
            "pages": name,
            "count": len(members),
            "found": sum(one.found for one in members) / max(1, len(members)),
            "inside": _steps([one.inside for one in members]),
            "pure": _steps([one.pure for one in whole]),
        }


def _steps(shares: Sequence[float]) -> list[float]:
    """Of the pages, how many have each of these shares or more."""
    return [sum(share >= step for share in shares) / max(1, len(shares)) for step in STEPS]


def _row(tally: Tally) -> dict[str, object]:
    return {
        "pages": tally.pages,
        "taken": tally.taken,
        "refused rightly": tally.right,
        "the heading": tally.heading,
        "refused wrongly": tally.wrong,
        "harmed, > 0.2%": len(tally.harmed),
        "> 2%": sum(share > Guard().text_share for _, share in tally.harmed),
        "> 20%": sum(share > STEPS[0] for _, share in tally.harmed),
    }


def _table(findings: Sequence[Finding], tallies: dict[str, Tally]) -> Iterator[str]:
    steps = "  ".join(f"{step:>4.0%}" for step in STEPS)
    yield f"{'pages':26}{'n':>5}  found   of the article inside, ≥   of the guarded article, ≥\n"
    yield f"{'':38}   {steps}     {steps}\n"
    for group in _groups(findings):
        inside, pure = (
            "  ".join(f"{share:>4.0%}" for share in _shares(group[key])) for key in ("inside", "pure")
        )
        yield f"{group['pages']:26}{group['count']:>5}  {group['found']:>5.1%}   {inside}     {pure}\n"
    rows = {name: _row(tally) for name, tally in tallies.items()}
    heads = list(next(iter(rows.values())))
    yield f"\n{'rule':24}" + "".join(f"{head:>17}" for head in heads) + "\n"
    for name, row in rows.items():
        yield f"{name:24}" + "".join(f"{row[head]:>17.4g}" for head in heads) + "\n"


def _shares(value: object) -> Iterable[float]:
    assert isinstance(value, list)
    return value


def _names(findings: Sequence[Finding], tallies: dict[str, Tally]) -> Iterator[str]:
    yield "\nnot found:\n"
    for one in findings:
        if one.inside < STEPS[2] or (one.known.whole and one.pure < STEPS[2]):
            yield f"  {one.inside:.2f} {one.pure:.2f} {one.known.form} {one.known.page.path}\n"
    for name, tally in tallies.items():
        yield f"{name}:\n"
        for path, share in sorted(tally.harmed, key=lambda page: -page[1]):
            yield f"  harmed {share:.3f} {path}\n"
        for page, path, reason, share in tally.refused:
            yield f"  refused wrongly, {reason} {share:.3f}: {page} {path}\n"


if __name__ == "__main__":
    main()
