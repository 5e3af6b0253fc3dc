"""What rewriting costs, as ratios to lexbor's bare parse of the same pages, in one run.

    python -m tests.benchmarks [--json] [--pages N] [--rounds N]

The real pages are taken where they lie beside the checkout, else the sample site's. Each round measures
all columns one after the other, so that a busy machine slows them alike; shown is the median of rounds.
"""

import argparse
import json
import sys

from tests.benchmarks.rewriting import Row, measure, sample_pages


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pages", type=int, default=0, help="the first N pages alone")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pages = sample_pages()
    rows = measure(pages[: options.pages or len(pages)], options.rounds)
    if options.json:
        sys.stdout.write(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
        return
    head = ("rules", "pages that are", "n", "kB", "parse ms", "rewrite ms", "ratio")
    sys.stdout.write("{:36} {:15} {:>4} {:>5} {:>9} {:>11} {:>6}\n".format(*head))
    sys.stdout.writelines(map(_line, rows))


def _line(row: Row) -> str:
    return (
        f"{row.rules:36} {row.pages:15} {row.count:4} {row.size / 1000:5.0f} "
        f"{row.parse * 1000:9.3f} {row.rewrite * 1000:11.3f} {row.ratio:6.2f}\n"
    )


if __name__ == "__main__":
    main()
