"""Replays a recording through the addon, with the bundled rules: `python -m tests.flows.replay`.

It prints the ledger of each page, without what changes by itself (times, lines of rule files), for
`sample.json`: read what is new there before you commit it.
"""

import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mitmproxy.http import HTTPFlow
from mitmproxy.test import taddons

from filterproxy.proxy.assembled import assembled
from filterproxy.proxy.scope import Reach
from filterproxy.report.events import Event
from filterproxy.report.ledger import Ledger
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits, Settings
from tests.flows.record import SAMPLE, read

PATIENT = Settings(limits=Limits(deadline=20.0))  # it is not speed that is tested here


class Refusing:
    """A sink for trouble: there may be none."""

    def emit(self, event: Event) -> None:
        """Never called."""
        raise AssertionError(event)


@dataclass(frozen=True, slots=True)
class Replayed:
    """The flows as the reader gets them, and the ledger's entries, page by page."""

    flows: list[HTTPFlow]
    ledger: list[dict[str, Any]]


def replay(recording: Path) -> Replayed:
    """Send every flow of a recording through the addon's hooks."""
    with tempfile.TemporaryDirectory(prefix="filterproxy-replay-") as made:
        path = Path(made) / "ledger.jsonl"
        ledger = Ledger(path, 1 << 20, Refusing())
        try:
            flows = asyncio.run(_replay(read(recording), ledger))
        finally:
            ledger.close()
        lines = path.read_text("ascii").splitlines()
    return Replayed(flows, [_lasting(json.loads(line)) for line in lines])


async def _replay(flows: list[HTTPFlow], ledger: Ledger) -> list[HTTPFlow]:
    with Rewriter(load_ruleset([bundled_rules_path()]), PATIENT) as rewriter:
        addon = assembled(rewriter, Reach.ALL, PATIENT, ledger)
        with taddons.context(addon) as context:
            for flow in flows:
                await context.cycle(addon, flow)
    return flows


def _lasting(entry: dict[str, Any]) -> dict[str, Any]:
    for name in ("time", "seconds", "tried"):
        entry.pop(name, None)
    for change in (*entry["removals"], *entry["vetoes"], *entry["observed"]):
        del change["source"]
    return entry


if __name__ == "__main__":
    sys.stdout.write(json.dumps(replay(SAMPLE).ledger, ensure_ascii=False, indent=1) + "\n")
