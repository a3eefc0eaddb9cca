"""The clock and the timers, and the one thread everything of the SDK runs in."""

from __future__ import annotations

import atexit
import queue
import time
from typing import Any, Callable, List, Optional, Tuple

Callback = Callable[[], None]
#: What the end of the process waits for, and how long at most, in ms.
Wait = Tuple[Callable[[], bool], float]
ExitHook = Callable[[], Optional[Wait]]


class EventLoop:
    """Real time. Callbacks run while `run_until` does; other threads hand theirs over with `call_soon`."""

    def __init__(self) -> None:
        #: Run when the process ends by itself.
        self.exit_hooks: List[ExitHook] = []
        self.timers: List[Tuple[float, Callback]] = []
        self._ready: "queue.SimpleQueue[Callback]" = queue.SimpleQueue()
        atexit.register(self._run_exit_hooks)

    def now_ms(self) -> float:
        """The time of day, for what is written down."""
        return time.time() * 1000

    def elapsed_ms(self) -> float:
        """For waiting: unlike the time of day it never jumps."""
        return time.monotonic() * 1000

    def set_timer(self, delay_ms: float, callback: Callback) -> Callback:
        """Returns what cancels it."""
        timer = (self.elapsed_ms() + delay_ms, callback)
        self.timers.append(timer)

        def cancel() -> None:
            _discard(self.timers, timer)

        return cancel

    def call_soon(self, callback: Callback) -> None:
        """After the calls under way. From any thread."""
        self._ready.put(callback)

    def at_exit(self, hook: ExitHook) -> Callback:
        """Returns what removes it."""
        self.exit_hooks.append(hook)

        def remove() -> None:
            _discard(self.exit_hooks, hook)

        return remove

    def run_ready(self) -> None:
        """Everything that waits for neither network nor time."""
        while True:
            try:
                self._ready.get_nowait()()
            except queue.Empty:
                return

    def run_until(self, done: Callable[[], bool], timeout_ms: Optional[float] = None) -> None:
        """Runs callbacks and timers until `done`, or for so long."""
        deadline = None if timeout_ms is None else self.elapsed_ms() + timeout_ms
        while not done() and (deadline is None or self.elapsed_ms() < deadline):
            try:
                self._ready.get(timeout=self.longest_wait_s(deadline))()
            except queue.Empty:
                pass
            self.run_due_timers()

    def run_due_timers(self) -> None:
        for timer in sorted(self.timers, key=lambda one: one[0]):
            if timer[0] <= self.elapsed_ms() and _discard(self.timers, timer):
                timer[1]()

    def longest_wait_s(self, deadline: Optional[float]) -> Optional[float]:
        ends = [due for due, _ in self.timers] + ([] if deadline is None else [deadline])
        return max(0.0, min(ends) - self.elapsed_ms()) / 1000 if ends else None

    def _run_exit_hooks(self) -> None:
        # All of them start before any is waited for: several clients end in the time of one.
        waits = [wait for wait in [hook() for hook in self.exit_hooks] if wait]
        start = self.elapsed_ms()
        for done, timeout_ms in waits:
            self.run_until(done, start + timeout_ms - self.elapsed_ms())


def _discard(items: List[Any], item: object) -> bool:
    """By identity: two timers may well be equal."""
    for index, one in enumerate(items):
        if one is item:
            del items[index]
            return True
    return False
