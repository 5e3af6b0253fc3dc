"""Connections that live long must not fill the memory."""

from mitmproxy import tcp, websocket
from mitmproxy.test import tflow
from wsproto.frame_protocol import Opcode

from filterproxy.proxy.messages import Forgetful


def test_only_the_last_message_of_a_websocket_is_kept() -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    flow.websocket.messages.clear()
    for number in range(5):
        flow.websocket.messages.append(websocket.WebSocketMessage(Opcode.TEXT, True, b"%d" % number))  # noqa: FBT003 - mitmproxy's own signature
        Forgetful().websocket_message(flow)
        assert [message.content for message in flow.websocket.messages] == [b"%d" % number]


def test_only_the_last_message_of_a_tcp_connection_is_kept() -> None:
    flow = tflow.ttcpflow()
    flow.messages.clear()
    for number in range(5):
        flow.messages.append(tcp.TCPMessage(True, b"%d" % number))  # noqa: FBT003 - the same
        Forgetful().tcp_message(flow)
        assert [message.content for message in flow.messages] == [b"%d" % number]


def test_a_flow_without_messages_is_left_alone() -> None:
    flow = tflow.tflow()
    before = flow.get_state()
    Forgetful().websocket_message(flow)
    assert flow.get_state() == before
