"""Worker processes that hang, crash, swell or are killed: one page is lost, and soon."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from filterproxy.errors import SkipReason
from filterproxy.rewrite.worker import Failure, WorkerPool
from filterproxy.settings import MIB, Limits
from tests.support import worker_targets
from tests.support.worker_targets import work

DEADLINE = 0.4
LIMITS = Limits(deadline=DEADLINE, worker_memory=256 * MIB)
Pool = WorkerPool[..., object]


@pytest.fixture
def pool() -> Iterator[Pool]:
    with WorkerPool(work, worker_targets.remember, ("rules",), LIMITS, 2) as made:
        assert made.wait_ready(20)
        yield made


def reason_of(future: Future[object | Failure], within: float = 20) -> SkipReason:
    outcome = future.result(within)
    assert isinstance(outcome, Failure)
    assert outcome.detail
    return outcome.reason


def still_works(pool: Pool) -> None:
    """Both workers: a nap keeps the one busy that takes it."""
    napping = [pool.submit("nap", 0.02) for _ in range(2)]
    assert [future.result(10) for future in napping] == [0.02, 0.02]
    assert pool.submit("remembered").result(10) == "rules"


def test_arguments_and_results_travel(pool: Pool) -> None:
    body = os.urandom(3 * MIB)
    assert pool.submit("echo", body).result(10) == body
    assert pool.submit("echo", "猜你喜欢", times=2).result(10) == ["猜你喜欢"] * 2
    assert pool.submit("echo").result(10) is None
    assert pool.submit("remembered").result(10) == "rules"


def test_fifty_at_once_from_many_threads(pool: Pool) -> None:
    bodies = [bytes([number]) * 50_000 for number in range(50)]
    with ThreadPoolExecutor(50) as threads:
        futures = list(threads.map(lambda body: pool.submit("echo", body), bodies))
    assert [future.result(10) for future in futures] == bodies


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (("raise", "no such thing"), "KeyError: 'no such thing'"),
        (("quit",), "SystemExit: enough"),
        (("stubborn",), "ValueError: it stays here"),
        (("echo", worker_targets.Stubborn()), "ValueError: it stays here"),
        (("echo", lambda: 0), "pickle"),
        (("unheard of",), "KeyError: 'do_unheard of'"),
    ],
)
def test_an_exception_is_a_failure_with_its_text(pool: Pool, call: tuple[str, object], text: str) -> None:
    before = {pool.submit("pid").result(10) for _ in range(20)}
    outcome = pool.submit(*call).result(10)
    assert isinstance(outcome, Failure)
    assert outcome.reason is SkipReason.INTERNAL
    assert text in outcome.detail
    assert {pool.submit("pid").result(10) for _ in range(20)} & before  # no process was lost by it
    still_works(pool)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (("kill", signal.SIGKILL), "SIGKILL"),
        (("kill", signal.SIGTERM), "SIGTERM"),
        (("segfault",), "SIGSEGV"),
        (("exit", 0), "code 0"),
        (("exit", 3), "code 3"),
        (("allocate", 1024 * MIB), "memory"),
        (("allocate_bit_by_bit", 1024 * MIB), "memory"),
        (("large", 250 * MIB), "memory"),
    ],
)
def test_a_process_that_dies_or_swells_costs_its_page(pool: Pool, call: tuple[str, int], text: str) -> None:
    start = time.monotonic()
    lost, other = pool.submit(*call), pool.submit("echo", 1)
    outcome = lost.result(10)
    assert isinstance(outcome, Failure)
    assert outcome.reason is SkipReason.WORKER_LOST
    assert text in outcome.detail
    assert time.monotonic() - start < DEADLINE
    assert other.result(10) == 1
    still_works(pool)


@pytest.mark.parametrize("do", ["loop_deaf", "hang_in_lexbor"])
def test_a_hang_ends_at_the_deadline_and_holds_up_nobody(pool: Pool, do: str) -> None:
    start = time.monotonic()
    hanging = pool.submit(do)
    while not hanging.running():
        time.sleep(0.001)
    slowest = 0.0
    while not hanging.done():
        began = time.monotonic()
        assert pool.submit("echo", 1).result(5) == 1
        slowest = max(slowest, time.monotonic() - began)
    assert reason_of(hanging) is SkipReason.DEADLINE
    assert DEADLINE <= time.monotonic() - start < DEADLINE + 0.5
    assert slowest < 0.1
    still_works(pool)


def test_a_process_killed_while_idle_costs_nothing(pool: Pool) -> None:
    pids: set[object] = set()
    while len(pids) < 2:
        futures = [pool.submit("nap", 0.01), pool.submit("pid"), pool.submit("pid")]
        pids |= {future.result(10) for future in futures[1:]}
    for pid in pids:
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.05)
    assert [pool.submit("echo", number).result(10) for number in range(10)] == list(range(10))
    assert not pids & {pool.submit("pid").result(10) for _ in range(10)}


def test_a_process_killed_while_it_answers_takes_nothing_with_it() -> None:
    """At many moments of a large answer; what comes is whole or a failure, and all others come."""
    lost = 0
    with WorkerPool(work, worker_targets.remember, ("rules",), Limits(deadline=10), 2) as pool:
        for step in range(25):
            pid = pool.submit("pid").result(10)
            calls = [pool.submit("large", 20 * MIB), *[pool.submit("echo", b"small") for _ in range(5)]]
            time.sleep(step * 0.001)
            assert isinstance(pid, int)
            os.kill(pid, signal.SIGKILL)
            outcomes = [call.result(20) for call in calls]
            failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
            assert len(failures) <= 1  # the one it was at
            assert all(failure.reason is SkipReason.WORKER_LOST for failure in failures)
            assert {bytes(20 * MIB), b"small"}.issuperset(set(outcomes) - set(failures))
            lost += len(failures)
            time.sleep(0.2 if step == 24 else 0)  # it may just have answered, and be dying
        assert lost
        still_works(pool)


def test_too_many_waiting_are_busy_at_once() -> None:
    with WorkerPool(work, limits=Limits(deadline=5, queued=3), workers=1) as pool:
        assert pool.wait_ready(20)
        first = pool.submit("nap", 0.3)
        while not first.running():
            time.sleep(0.001)
        waiting = [pool.submit("echo", number) for number in range(3)]
        assert reason_of(pool.submit("echo", 4)) is SkipReason.BUSY
        assert not first.done()  # the answer did not wait for a worker
        assert [future.result(10) for future in waiting] == [0, 1, 2]
        assert first.result(10) == 0.3


def test_waiting_too_long_is_busy_in_time() -> None:
    with WorkerPool(work, limits=LIMITS, workers=1) as pool:
        assert pool.wait_ready(20)
        hanging = pool.submit("loop_deaf")
        time.sleep(DEADLINE / 2)
        start = time.monotonic()
        second, third = pool.submit("loop_deaf"), pool.submit("echo", 3)
        assert reason_of(third) is SkipReason.BUSY
        assert DEADLINE <= time.monotonic() - start < DEADLINE + 0.2
        assert reason_of(hanging) is SkipReason.DEADLINE
        assert reason_of(second) in (SkipReason.DEADLINE, SkipReason.BUSY)  # as a new process was soon there
        assert pool.submit("echo", 4).result(10) == 4


def test_what_is_cancelled_before_it_began_is_not_begun() -> None:
    with WorkerPool(work, limits=LIMITS, workers=1) as pool:
        assert pool.wait_ready(20)
        first, second, third = pool.submit("nap", 0.1), pool.submit("kill", 9), pool.submit("echo", 3)
        assert second.cancel()
        assert first.result(10) == 0.1
        assert third.result(10) == 3


def test_work_that_cannot_begin_says_why() -> None:
    with WorkerPool(work, worker_targets.fail_to_start, ("no rules",), LIMITS) as pool:
        outcome = pool.submit("echo").result(10)
        assert isinstance(outcome, Failure)
        assert outcome.reason is SkipReason.INTERNAL
        assert "ValueError: no rules" in outcome.detail
        assert not pool.wait_ready(0.01)
    with WorkerPool(work, worker_targets.die_at_start, (), LIMITS) as pool:
        outcome = pool.submit("echo").result(10)
        assert isinstance(outcome, Failure)
        assert outcome.reason is SkipReason.WORKER_LOST
        assert "code 7" in outcome.detail


def test_closing_is_quick_and_answers_everything() -> None:
    pool = WorkerPool(work, limits=Limits(deadline=30), workers=2)
    assert pool.wait_ready(20)
    futures = [pool.submit(do) for do in ("loop_deaf", "hang_in_lexbor", "echo", "echo")]
    time.sleep(0.1)
    start = time.monotonic()
    pool.close()
    pool.close()
    assert time.monotonic() - start < 1
    assert {reason_of(future, 1) for future in futures} == {SkipReason.WORKER_LOST}
    assert reason_of(pool.submit("echo"), 1) is SkipReason.WORKER_LOST
    assert not any(thread.is_alive() for thread in pool._threads)


def test_closing_before_the_workers_have_started() -> None:
    start = time.monotonic()
    pool = WorkerPool(work, limits=LIMITS)
    future = pool.submit("echo")
    pool.close()
    assert reason_of(future, 1) is SkipReason.WORKER_LOST
    assert time.monotonic() - start < 1.5


def test_retiring_finishes_what_was_taken_in() -> None:
    pool = WorkerPool(work, limits=Limits(deadline=5), workers=2)
    futures = [pool.submit("nap", 0.05) for _ in range(6)]
    pool.retire()
    assert not all(future.done() for future in futures)  # it did not wait for them
    assert reason_of(pool.submit("echo")) is SkipReason.WORKER_LOST
    assert [future.result(10) for future in futures] == [0.05] * 6
    for thread in pool._threads:
        thread.join(2)
        assert not thread.is_alive()


def test_what_a_library_prints_or_reads_disturbs_nothing(pool: Pool) -> None:
    assert pool.submit("print", "a line of noise\n" * 100).result(10) == ""
    still_works(pool)


def test_the_event_loop_is_never_held(pool: Pool) -> None:
    async def run() -> float:
        calls = [("loop_deaf",), ("hang_in_lexbor",), *[("echo", bytes(MIB))] * 20]
        tasks = [asyncio.wrap_future(pool.submit(*call)) for call in calls]
        longest = 0.0
        while not all(task.done() for task in tasks):
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - began)
        return longest

    assert asyncio.run(run()) < 0.15


def test_a_round_trip_with_a_page_costs_a_millisecond(pool: Pool) -> None:
    body = os.urandom(200_000)
    pool.submit("echo", body).result(10)
    times = []
    for _ in range(100):
        start = time.perf_counter()
        pool.submit("echo", body).result(10)
        times.append(time.perf_counter() - start)
    assert sorted(times)[50] < 0.003  # measured: 0.6 ms


def test_a_target_that_no_worker_could_import_is_refused() -> None:
    def target() -> None: ...

    target.__module__ = "__main__"
    with pytest.raises(ValueError, match="__main__"):
        WorkerPool(target)


PROGRAM = """
import sys, time
from filterproxy.rewrite.worker import WorkerPool
from filterproxy.settings import Limits
from tests.support import worker_targets

print("begins", flush=True)
pool = WorkerPool(worker_targets.work, None, (), Limits(deadline=0.5), 2)
assert pool.wait_ready(20)
hanging = pool.submit("loop_deaf")
print(pool.submit("pid").result(10), flush=True)
"""


def program(ending: str, *, own_session: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM + ending],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=own_session,
    )


def test_a_program_needs_no_main_guard_and_leaves_no_warning() -> None:
    """The workers don't run it again, and neither closing nor forgetting to leaves a trace."""
    for ending in ("pool.close()", "pass", "del pool"):
        out, errors = program(ending).communicate(timeout=30)
        assert errors == ""
        assert out.count("begins") == 1


def test_ctrl_c_ends_the_program_without_a_word_from_the_workers() -> None:
    ending = "try: time.sleep(20)\nexcept KeyboardInterrupt: pool.close(); print('ended')"
    with program(ending, own_session=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.readline()
        time.sleep(0.1)
        os.killpg(running.pid, signal.SIGINT)
        out, errors = running.communicate(timeout=10)
    assert (out, errors) == ("ended\n", "")


def test_workers_end_when_their_program_is_killed() -> None:
    """The idle one at once; the hanging one by the kernel's alarm."""
    with program("time.sleep(20)") as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.readline()
        children = Path(f"/proc/{running.pid}/task").glob("*/children")
        workers = [int(pid) for file in children for pid in file.read_text().split()]
        assert len(workers) == 2
        running.kill()
    give_up = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < give_up
        time.sleep(0.05)
