"""Connects chosen hosts to other addresses: for tests and the demo, which need no network."""

from collections.abc import Mapping

from mitmproxy.proxy.server_hooks import ServerConnectionHookData

Address = tuple[str, int]


class Upstreams:
    """A mitmproxy addon that connects elsewhere while everything else sees the address asked for.

    The address is swapped for the time of connecting only: URL, Host, SNI, certificate
    verification, the reuse of connections and recordings all go by the original.
    """

    name = "filterproxy_upstreams"

    def __init__(self, upstreams: Mapping[str, Address]) -> None:
        """Host names to addresses; any other host is refused: there is no network here."""
        self._upstreams = dict(upstreams)
        self._asked: dict[str, Address] = {}

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Connect to the address that stands for this one."""
        asked = data.server.address
        if asked is None or data.server.error:
            return
        host = asked[0].lower().rstrip(".")
        if host in self._upstreams:
            self._asked[data.server.id] = asked
            data.server.address = self._upstreams[host]
        else:
            data.server.error = "no network here: this host is not part of it"

    def server_connected(self, data: ServerConnectionHookData) -> None:
        """Name it again as it was asked for."""
        if asked := self._asked.pop(data.server.id, None):
            # an open connection's address can't be assigned; it is the original that comes back
            vars(data.server)["address"] = asked

    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        """The same when it could not be reached."""
        self.server_connected(data)
