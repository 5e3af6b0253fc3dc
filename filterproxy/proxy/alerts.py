"""Why a client broke off a TLS handshake: for our certificate, or for anything else."""

from ssl import AlertDescription

from mitmproxy.tls import TlsData
from OpenSSL.SSL import RECEIVED_SHUTDOWN

_OF_THE_CERTIFICATE = (
    AlertDescription.ALERT_DESCRIPTION_BAD_CERTIFICATE,
    AlertDescription.ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE,
    AlertDescription.ALERT_DESCRIPTION_CERTIFICATE_REVOKED,
    AlertDescription.ALERT_DESCRIPTION_CERTIFICATE_EXPIRED,
    AlertDescription.ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN,
    AlertDescription.ALERT_DESCRIPTION_UNKNOWN_CA,
    AlertDescription.ALERT_DESCRIPTION_ACCESS_DENIED,
)
_WORDS = tuple(
    f"alert {alert.name.removeprefix('ALERT_DESCRIPTION_').replace('_', ' ').lower()}"
    for alert in _OF_THE_CERTIFICATE
)


def refused_certificate(data: TlsData) -> bool:
    """Whether the client said, by an alert (RFC 8446, 6.2), that it does not take our certificate.

    A browser drops connections within the handshake for many reasons (a page that was left, one opened
    ahead of need); then no alert came. That one came OpenSSL says by the state of the connection; which
    one only by the name that the RFC gives it, at the end of the error's text: its number is told to a
    callback of the context alone, which has to be set before mitmproxy makes the connection.
    """
    connection, error = data.ssl_conn, data.conn.error or ""
    if connection is None or not connection.get_shutdown() & RECEIVED_SHUTDOWN:
        return False
    return any(words in error for words in _WORDS)
