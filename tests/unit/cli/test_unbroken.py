import os
import signal
import threading

import pytest

from filterproxy.cli.unbroken import Unbroken


def test_ctrl_c_waits_until_both_are_done() -> None:
    done: list[int] = []

    def both() -> None:
        with Unbroken():
            done.append(1)
            os.kill(os.getpid(), signal.SIGINT)
            done.append(2)

    with pytest.raises(KeyboardInterrupt):
        both()
    assert done == [1, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_inside_is_the_one_that_is_raised() -> None:
    def fail() -> None:
        with Unbroken():
            os.kill(os.getpid(), signal.SIGINT)
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()


def test_in_another_thread_nothing_is_changed() -> None:
    seen: list[object] = []

    def look() -> None:
        with Unbroken():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(10)
    assert seen == [signal.default_int_handler]
