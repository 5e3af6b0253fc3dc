"""Whether servers can be reached as the proxy reaches them: the one check that leaves this machine."""

import datetime as dt
import http.client
import ssl
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import certifi

from filterproxy.setup.checks import Finding, State

_PATIENCE = 10.0  # seconds
_SLACK = dt.timedelta(minutes=5)  # certificates are seldom tighter


def check_upstream(url: str, now: dt.datetime, authorities: str | None = None) -> list[Finding]:
    """Ask a server for nothing but its head, over a connection of our own.

    Args:
        url: an https URL.
        now: this machine's time, compared with the server's.
        authorities: certificates (PEM) to verify it with; None: those the proxy uses.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context(cafile=authorities or certifi.where())
    connection = http.client.HTTPSConnection(host, parts.port, timeout=_PATIENCE, context=context)
    try:
        connection.request("HEAD", parts.path or "/")
        answer = connection.getresponse()
        told = answer.headers.get("Date")
    except ssl.SSLCertVerificationError as error:
        remedy = "see whether another program reads this connection, or the clock is wrong"
        return [Finding("upstream", State.FAIL, f"{host}: {error.verify_message}", remedy)]
    except (OSError, http.client.HTTPException) as error:
        return [Finding("upstream", State.FAIL, f"{host}: {error}", "see to this machine's network")]
    finally:
        connection.close()
    return [
        Finding("upstream", State.OK, f"{host} answered over TLS with {answer.status}"),
        *_clock(told, now),
    ]


def _clock(told: str | None, now: dt.datetime) -> list[Finding]:
    """What the server's time says of ours (RFC 9110, 6.6.1); nothing where it tells none."""
    try:
        theirs = parsedate_to_datetime(told or "")
    except ValueError:
        return []
    off = abs(now - theirs)
    if off <= _SLACK:
        return [Finding("clock", State.OK, "agrees with the server's")]
    minutes = int(off.total_seconds() // 60)
    order = "behind" if now < theirs else "ahead of"
    detail = f"{minutes} minutes {order} the server's"
    return [Finding("clock", State.FAIL, detail, "set this machine's clock")]
