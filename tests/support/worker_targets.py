"""What a worker may be asked to do in tests: well-behaved, and every way of being lost."""

import ctypes
import os
import signal
import sys
import time

from selectolax.lexbor import LexborHTMLParser

_given: dict[str, object] = {}


class Stubborn:
    """An object that can't be pickled."""

    def __reduce__(self) -> str:
        raise ValueError("it stays here")


def remember(value: object = None) -> None:
    _given["value"] = value


def fail_to_start(reason: str) -> None:
    raise ValueError(reason)


def die_at_start() -> None:
    os._exit(7)


def work(do: str, *args: object, **options: object) -> object:
    """Call one of the functions below by its name."""
    function = globals()[f"do_{do}"]
    return function(*args, **options)


def do_echo(value: object = None, *, times: int = 1) -> object:
    return value if times == 1 else [value] * times


def do_remembered() -> object:
    return _given["value"]


def do_pid() -> int:
    return os.getpid()


def do_nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def do_print(text: str) -> str:
    sys.stdout.write(text)
    os.write(1, text.encode())
    sys.stdout.flush()
    return sys.stdin.read()


def do_raise(text: str) -> None:
    raise KeyError(text)


def do_quit() -> None:
    sys.exit("enough")


def do_exit(code: int) -> None:
    os._exit(code)


def do_kill(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def do_segfault() -> None:
    ctypes.string_at(0)


def do_loop_deaf() -> None:
    """Hang in Python, deaf to every signal that can be ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def do_hang_in_lexbor() -> None:
    """Hang in C with the GIL held: a selector that backtracks over nested elements."""
    parser = LexborHTMLParser("<div>" * 320, scripting=True)
    parser.css(".x div div div div div")


def do_allocate(size: int) -> int:
    return len(bytearray(size))


def do_allocate_bit_by_bit(size: int) -> int:
    return len([bytes(1 << 20) for _ in range(size >> 20)])


def do_large(size: int) -> bytes:
    return bytes(size)


def do_stubborn() -> Stubborn:
    return Stubborn()
