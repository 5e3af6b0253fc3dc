"""Words of the commands that record: what is scrubbed, what is kept, and what was scrubbed in the end."""

import json
import time

from filterproxy.recordings.scrubbed import Tally, as_data, lines

SCRUBBED = (
    "It is scrubbed: the values of cookies, authorization, other secret fields and tokens in URLs become "
    "`scrubbed`, the bodies of requests are left out. The bodies of answers stay as they came, with all that "
    "a page says of a reader who is signed in."
)
KEEP_COOKIES = (
    "Scrub nothing: record cookies, authorization, other secret fields and tokens in URLs as they were sent, "
    "and the bodies of requests, passwords among them. Whoever has such a file may be you on those sites."
)


def kept(*, keep: bool) -> str:
    """What a recording will hold, in a few words."""
    if keep:
        return "with cookies, authorization, tokens and what is sent: keep it like a password"
    return "without cookies, authorization, tokens in URLs and what is sent"


def told_of(tally: Tally, *, as_json: bool) -> str:
    """What was scrubbed: lines for people, or an event as `run --json` has them."""
    if not as_json:
        return "\n".join(lines(tally))
    event = {"time": round(time.time(), 3), "kind": "scrubbed", **as_data(tally)}
    return json.dumps(event, separators=(",", ":"))
