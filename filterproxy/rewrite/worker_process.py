"""The inside of a worker process: take a frame, do the work, answer with a frame.

Started by `worker.WorkerPool` as a program of its own, so it shares no thread, lock or half-done state
with the proxy. It speaks over what were its standard streams; anything that prints goes to stderr.

A frame is one byte of kind, eight of length (big-endian), and a pickle or UTF-8 text of that length.
"""

import gc
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

HEADER = struct.Struct(">cQ")
SETUP = b"S"  # to the worker: (target, initializer, initargs, memory, deadline)
JOB = b"J"  # to the worker: (args, kwargs)
RESULT = b"R"  # from it: what the target returned; None after a SETUP
ERROR = b"E"  # from it: text
MEMORY = b"M"  # from it: text; the process ends, its heap may be in pieces

_GRACE = 1.0  # seconds past the deadline after which a worker that nobody watches any more ends itself


class _State:
    """What a SETUP brought."""

    target: Callable[..., object]
    deadline: float


def write_frame(stream: IO[bytes], kind: bytes, payload: bytes) -> None:
    """Send one frame; raises OSError where the other side is gone."""
    stream.write(HEADER.pack(kind, len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """Receive one frame; raises EOFError where the other side is gone."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    kind, length = HEADER.unpack(header)
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError
    return kind, payload


def serve() -> None:
    """Answer frames until the pool is gone; the program a worker process runs."""
    source, sink = _take_over_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that owns the pool
    _prepare_to_die()
    state = _State()
    with suppress(EOFError, OSError, MemoryError):  # the pool is gone, or not even an answer can be made
        while True:
            kind, payload = read_frame(source)
            answer, text = _answer(state, kind, payload)
            write_frame(sink, answer, text)
            if answer == MEMORY:
                break
    os._exit(0)  # nothing to save, and no destructor of a damaged heap is to run


def _answer(state: _State, kind: bytes, payload: bytes) -> tuple[bytes, bytes]:
    try:
        if kind == SETUP:
            _set_up(state, payload)
            return RESULT, pickle.dumps(None)
        args, kwargs = pickle.loads(payload)  # noqa: S301 - from the process that started this one
        _end_by_itself_after(state.deadline + _GRACE)
        result = pickle.dumps(state.target(*args, **kwargs), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return MEMORY, b"the worker's memory limit"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it costs this page alone
        return ERROR, f"{type(error).__name__}: {error}".encode("utf-8", "replace")
    finally:
        _end_by_itself_after(0)
    return RESULT, result


def _set_up(state: _State, payload: bytes) -> None:
    target, initializer, initargs, memory, state.deadline = pickle.loads(payload)  # noqa: S301 - as above
    if initializer is not None:
        initializer(*initargs)
    state.target = target
    gc.collect()
    gc.freeze()  # what lives as long as the process need not be looked at again
    _limit_memory(memory)


def _take_over_streams() -> tuple[IO[bytes], IO[bytes]]:
    """The pool's pipes, moved off descriptors 0 and 1, where a library might read or print."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without stderr
        os.dup2(null, 1)
    os.close(null)
    return source, sink


def _end_by_itself_after(seconds: float) -> None:
    """Have the kernel end this process, should its pool be killed while a page hangs. 0: not any more."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _prepare_to_die() -> None:
    """The alarm is to end the process, whatever was inherited; a crash must leave no page on the disk."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_memory(extra: int) -> None:
    """Bound the address space to what it is now and `extra` bytes.

    Linux only: macOS does not enforce it and Windows has no such limit.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - not on Windows

    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - no path is handled here
        soft = int(statm.read().split()[0]) * resource.getpagesize() + extra
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(
        resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def bootstrap() -> list[str]:
    """The command line that runs `serve` with this process's module path, whatever its `__main__` is."""
    code = f"import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {__name__} import serve; serve()"
    return [sys.executable, "-P", "-c", code, _json_path()]


def _json_path() -> str:
    import json  # noqa: PLC0415 - the worker need not load it twice

    entries: list[Any] = sys.path
    return json.dumps([entry for entry in entries if isinstance(entry, str)])
