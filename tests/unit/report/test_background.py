import threading
import time

import pytest

from filterproxy.report.background import HELD, BackgroundWriter


def test_items_are_written_in_order_and_all_of_them_on_closing() -> None:
    written: list[int] = []
    writer = BackgroundWriter(written.append, pytest.fail, name="test")
    for number in range(500):
        writer.put(number)
    assert writer.close()
    assert writer.close()
    assert written == list(range(500))
    assert writer.lost == 0


def test_a_failure_loses_its_item_and_is_told_once() -> None:
    written: list[int] = []
    told: list[str] = []

    def write(number: int) -> None:
        if number % 2:
            raise RuntimeError(f"no {number}")
        written.append(number)

    writer = BackgroundWriter(write, told.append, name="test")
    for number in range(6):
        writer.put(number)
    assert writer.close()
    assert (written, told, writer.lost) == ([0, 2, 4], ["no 1"], 3)


@pytest.mark.parametrize(("size", "fits"), [(0, 9), (HELD // 3, 3), (HELD + 1, 1)])
def test_what_waits_is_bounded_and_putting_never_blocks(size: int, fits: int) -> None:
    go = threading.Event()
    written: list[int] = []
    told: list[str] = []

    def write(number: int) -> None:
        assert go.wait(10)
        written.append(number)

    writer = BackgroundWriter(write, told.append, name="test", queued=8)
    writer.put(0, size)
    time.sleep(0.05)  # it is taken up
    began = time.monotonic()
    for number in range(1, 20):
        writer.put(number, size)
    assert time.monotonic() - began < 5  # the writer is held for ten: a put that waited would be, too
    assert not writer.close(0.05)
    go.set()
    assert writer.close(5)
    assert written == list(range(fits))
    assert told == [
        "the disk is too slow, some entries are left out",
        "the disk is too slow, what was still to be written is lost",
    ]
    assert writer.lost >= 20 - fits
