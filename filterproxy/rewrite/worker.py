"""Pages are rewritten in processes that may hang, crash or be killed: it costs that page alone.

One process, one pair of pipes and one thread a worker, and no lock between the processes, so a worker
that dies at any moment takes nothing with it. (A pool over shared pipes, pebble's, was tried first: one
killed while idle broke the pool, one killed while it answered stopped it for a minute.) The processes
are programs of their own, not forks: safe beside threads and asyncio, alike on every system, and
without the caller's `__main__`.

What is promised, with `limits.deadline` as d:

- a page waits for a worker for at most d, then passes as BUSY; so does one more than `limits.queued`;
- a page is worked on for at most d, in whatever code it hangs, then the process is ended: DEADLINE;
- a process that dies or needs more than `limits.worker_memory` (Linux alone can tell): WORKER_LOST;
- an exception of the target: INTERNAL, with its text;
- a process that ended is replaced at once; one found dead before it was given a page costs nothing;
  one that can't be started or set up costs the pages that come to it, each with the reason.
"""

import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from filterproxy.errors import SkipReason
from filterproxy.rewrite.worker_child import Child, LostError
from filterproxy.rewrite.worker_process import JOB, MEMORY, RESULT, SETUP
from filterproxy.settings import Limits

_SETUP_SECONDS = 60.0  # a cold disk, a large set of rules; a worker not ready by then is started anew
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result: DEADLINE, WORKER_LOST, BUSY or INTERNAL, and the particulars in words."""

    reason: SkipReason
    detail: str


class _Job[R]:
    """A call that waits or is under way."""

    def __init__(self, args: tuple[object, ...], kwargs: dict[str, object], expires: float) -> None:
        self.call = (args, kwargs)
        self.expires = expires  # when it has waited too long
        self.future: Future[R | Failure] = Future()

    def begin(self) -> bool:
        """False where the caller has cancelled it meanwhile."""
        return self.future.set_running_or_notify_cancel()


class _Lane:
    """One worker's place: its process comes and goes."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.ready = False  # the process is set up
        self.expires = _NEVER  # when the watcher ends it
        self.overdue = False  # the watcher did


class WorkerPool[**P, R]:
    """Calls `target` in worker processes. A context manager.

    Args:
        target: a function of an importable module (not of `__main__`); arguments and result are pickled.
        initializer: called once in every process; or None.
        initargs: its arguments.
        limits: deadline, worker_memory and queued are looked at.
        workers: how many processes.

    The processes start at once and in the background; calls wait for them as for busy ones.
    """

    def __init__(
        self,
        target: Callable[P, R],
        initializer: Callable[..., object] | None = None,
        initargs: Iterable[object] = (),
        limits: Limits | None = None,
        workers: int = 2,
    ) -> None:
        if getattr(target, "__module__", None) == "__main__":
            raise ValueError("the target must stand in a module that the workers can import, not in __main__")
        self._limits = limits or Limits()
        bounds = (self._limits.worker_memory, self._limits.deadline)
        self._setup = pickle.dumps((target, initializer, tuple(initargs), *bounds), pickle.HIGHEST_PROTOCOL)
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # for lanes: a job, or the end
        self._clock = threading.Condition(self._lock)  # for the watcher: something expires sooner
        self._ready = threading.Condition(self._lock)  # for wait_ready
        self._queue: deque[_Job[R]] = deque()
        self._retired = False  # no more jobs are taken in
        self._closed = False  # and none are finished
        self._wakes = _NEVER  # when the watcher looks again
        self._lanes = [_Lane() for _ in range(workers)]
        self._serving = workers  # lanes that have not ended
        self._threads = [threading.Thread(target=self._watch, name="filterproxy-watch", daemon=True)]
        self._threads += [
            threading.Thread(
                target=self._serve, args=(lane,), name=f"filterproxy-worker-{number}", daemon=True
            )
            for number, lane in enumerate(self._lanes)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Future[R | Failure]:
        """Call the target in a worker.

        Returns:
            At once, a future of the result or of a `Failure`. It never raises but where the caller
            cancels it, which works until a worker has begun. Its callbacks run in the pool's threads.
        """
        job = _Job[R](args, kwargs, time.monotonic() + self._limits.deadline)
        with self._lock:
            refusal = self._refusal()
            if refusal is None:
                self._queue.append(job)
                self._work.notify()
                self._wake_by(job.expires)
        if refusal is not None and job.begin():
            job.future.set_result(refusal)
        return job.future

    def wait_ready(self, timeout: float) -> bool:
        """Wait until every worker has started and is set up; False after `timeout` seconds."""
        with self._lock:
            return self._ready.wait_for(
                lambda: self._closed or all(lane.ready for lane in self._lanes), timeout
            )

    def retire(self) -> None:
        """Take no more calls, finish those that wait or are under way, then end. Returns at once."""
        with self._lock:
            self._retired = True
            self._work.notify_all()

    def close(self) -> None:
        """End the workers, at once; what waits or is under way comes back as WORKER_LOST."""
        with self._lock:
            self._retired = self._closed = True
            waiting = list(self._queue)
            self._queue.clear()
            for lane in self._lanes:
                if lane.child is not None:
                    lane.child.kill()
            for condition in (self._work, self._clock, self._ready):
                condition.notify_all()
        self._give_up(waiting, _CLOSED)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(1.0)

    def _refusal(self) -> Failure | None:
        if self._retired:
            return _CLOSED
        if len(self._queue) >= self._limits.queued:
            return Failure(SkipReason.BUSY, f"{len(self._queue)} pages wait already")
        return None

    def _give_up(self, jobs: Iterable[_Job[R]], failure: Failure) -> None:
        for job in jobs:
            if job.begin():
                job.future.set_result(failure)

    # --- the watcher's thread

    def _watch(self) -> None:
        while True:
            late: list[_Job[R]] = []
            with self._lock:
                if not self._serving:
                    return
                now = time.monotonic()
                self._end_overdue(now)
                while self._queue and self._queue[0].expires <= now:
                    late.append(self._queue.popleft())
                if not late:
                    waits = [job.expires for job in list(self._queue)[:1]]
                    self._wakes = min([*waits, *(lane.expires for lane in self._lanes)], default=_NEVER)
                    self._clock.wait(None if self._wakes == _NEVER else self._wakes - now)
                    self._wakes = 0.0
            self._give_up(late, _NO_WORKER)

    def _end_overdue(self, now: float) -> None:
        for lane in self._lanes:
            if lane.expires <= now and lane.child is not None:
                lane.overdue = True
                lane.expires = _NEVER
                lane.child.kill()

    def _wake_by(self, moment: float) -> None:
        """Have the watcher look by then; the lock is held."""
        if moment < self._wakes:
            self._clock.notify()

    # --- the lanes' threads

    def _serve(self, lane: _Lane) -> None:
        try:
            trouble = self._prepare(lane)
            while job := self._next():
                job.future.set_result(trouble or self._prepare(lane) or self._run(lane, job))
                trouble = self._prepare(lane)  # at once, not when the next page comes
        finally:
            self._discard(lane)
            with self._lock:
                self._serving -= 1
                self._clock.notify()

    def _prepare(self, lane: _Lane) -> Failure | None:
        """See to it that the lane has a live process that is set up; what is wrong otherwise."""
        if lane.child is not None and (lane.overdue or not lane.child.alive()):
            self._discard(lane)
        if lane.ready or self._closed:
            return None
        try:
            child = Child()
            with self._lock:
                lane.child = child
            kind, payload = self._exchange(lane, SETUP, self._setup, _SETUP_SECONDS)
        except Exception as error:  # noqa: BLE001 - no process to be had, or it died; a lane must outlive it
            self._discard(lane)
            return Failure(SkipReason.WORKER_LOST, f"while it was set up: {error}")
        if kind != RESULT:
            self._discard(lane)
            return Failure(SkipReason.INTERNAL, f"while it was set up: {payload.decode()}")
        with self._lock:
            lane.ready = True
            self._ready.notify_all()
        return None

    def _next(self) -> _Job[R] | None:
        """Wait for a job that is still wanted; None where there will be no more."""
        with self._lock:
            while True:
                while self._queue:
                    job = self._queue.popleft()
                    if job.begin():
                        return job
                if self._retired:
                    return None
                self._work.wait()

    def _run(self, lane: _Lane, job: _Job[R]) -> R | Failure:
        try:
            call = pickle.dumps(job.call, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - whatever an argument's own pickling raises
            return Failure(SkipReason.INTERNAL, f"{type(error).__name__}: {error}")
        try:
            kind, payload = self._exchange(lane, JOB, call, self._limits.deadline)
            if kind == RESULT:
                result: R = pickle.loads(payload)  # noqa: S301 - from a process this one started
                return result
        except LostError as error:
            return self._lost(lane, str(error))
        except Exception as error:  # noqa: BLE001 - a result that can't be loaded; too large for this process
            self._discard(lane)
            return Failure(SkipReason.INTERNAL, f"{type(error).__name__}: {error}")
        if kind == MEMORY:
            return self._lost(lane, payload.decode())
        return Failure(SkipReason.INTERNAL, payload.decode())

    def _lost(self, lane: _Lane, how: str) -> Failure:
        overdue = lane.overdue
        self._discard(lane)
        if overdue:
            return Failure(SkipReason.DEADLINE, f"not done after {self._limits.deadline:g} s")
        return _CLOSED if self._closed else Failure(SkipReason.WORKER_LOST, how)

    def _exchange(self, lane: _Lane, kind: bytes, payload: bytes, seconds: float) -> tuple[bytes, bytes]:
        """Send a frame and wait for the answer, with the watcher looking on."""
        if lane.child is None:
            raise LostError("it has not started")
        with self._lock:
            if self._closed:
                raise LostError("the workers were ended")
            lane.expires = time.monotonic() + seconds
            self._wake_by(lane.expires)
        try:
            return lane.child.exchange(kind, payload)
        finally:
            with self._lock:
                lane.expires = _NEVER

    def _discard(self, lane: _Lane) -> None:
        """End the lane's process for good; the next `_prepare` starts another."""
        with self._lock:
            child, lane.child = lane.child, None
            lane.ready = False
            lane.overdue = False
        if child is not None:
            child.end()


_CLOSED = Failure(SkipReason.WORKER_LOST, "the workers were ended")
_NO_WORKER = Failure(SkipReason.BUSY, "no worker had time for it")
