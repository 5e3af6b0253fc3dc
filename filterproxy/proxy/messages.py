"""Messages of long-lived connections, forgotten once they are passed on."""

from mitmproxy import http, tcp


class Forgetful:
    """A mitmproxy addon that keeps no more than the last message of a WebSocket or a TCP connection.

    mitmproxy keeps all of them for as long as the connection lives: a live ticker's page, left open over
    night, would fill the memory.
    """

    name = "filterproxy_forgetful"

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Forget what was before this one, which is yet to be sent."""
        if flow.websocket is not None:
            del flow.websocket.messages[:-1]

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        """The same."""
        del flow.messages[:-1]
