"""What the driver puts around the SDK: a clock that stands still, HTTP that is counted and held back."""

from __future__ import annotations

import io
from typing import Callable, Dict, List, Mapping, Optional

from minimal_sdk import Answer, EventLoop, Exchange, HttpTransport, Post


class VirtualLoop(EventLoop):
    """Time stands still except in `advance`."""

    def __init__(self) -> None:
        super().__init__()
        self._wall_ms = 0.0
        self._elapsed_ms = 0.0

    def now_ms(self) -> float:
        return self._wall_ms

    def elapsed_ms(self) -> float:
        return self._elapsed_ms

    def longest_wait_s(self, deadline: Optional[float]) -> Optional[float]:
        return None  # For the next command, however long that takes.

    def restart(self, now_ms: float) -> None:
        """Forgets an earlier client's timers."""
        self.timers.clear()
        self.exit_hooks.clear()
        self._wall_ms = now_ms

    def advance(self, ms: float) -> None:
        """Stops at each timer on the way."""
        end = self._elapsed_ms + ms
        while True:
            self.run_due_timers()
            self.run_ready()
            left = end - self._elapsed_ms
            if left <= 0:
                return
            next_timer = self.next_timer_in_ms()
            step = left if next_timer is None else min(left, next_timer)
            self._elapsed_ms += step
            self._wall_ms += step

    def jump(self, ms: float) -> None:
        """The time of day alone moves."""
        self._wall_ms += ms

    def next_timer_in_ms(self) -> Optional[float]:
        return max(0.0, min(due for due, _ in self.timers) - self._elapsed_ms) if self.timers else None


class WatchedHttp:
    """Between the SDK and the network. A request is in flight until the SDK has its answer, or has given it up."""

    def __init__(self) -> None:
        self._in_flight: List["WatchedExchange"] = []
        self._held: Dict["WatchedExchange", Answer] = {}
        self._is_holding = False
        self._requests = 0

    def over(self, transport: HttpTransport) -> Post:
        """What a client makes its requests with. Each has a transport of its own."""

        def post(
            url: str, headers: Mapping[str, str], body: bytes, on_answer: Callable[[Answer], None]
        ) -> WatchedExchange:
            self._requests += 1
            watched = WatchedExchange(self.forget, on_answer)
            self._in_flight.append(watched)
            watched.exchange = transport.post(url, headers, body, lambda answer: self._arrived(watched, answer))
            return watched

        return post

    def idle(self) -> Dict[str, int]:
        return {"inFlight": len(self._in_flight), "held": len(self._held), "requests": self._requests}

    def hold(self) -> None:
        self._is_holding = True

    def release(self) -> None:
        self._is_holding = False
        for watched, answer in list(self._held.items()):
            self._arrived(watched, answer)

    def forget(self, watched: "WatchedExchange") -> None:
        self._held.pop(watched, None)
        if watched in self._in_flight:
            self._in_flight.remove(watched)

    def _arrived(self, watched: "WatchedExchange", answer: Answer) -> None:
        if self._is_holding:
            self._held[watched] = answer
        else:
            self.forget(watched)
            watched.on_answer(answer)


class WatchedExchange:
    """Stands for the real one, so that giving it up is noticed."""

    exchange: Exchange

    def __init__(self, forget: Callable[["WatchedExchange"], None], on_answer: Callable[[Answer], None]) -> None:
        self.on_answer = on_answer
        self._forget = forget

    @property
    def status(self) -> Optional[int]:
        return self.exchange.status

    def abandon(self) -> None:
        self._forget(self)
        self.exchange.abandon()


class CapturedOutput(io.TextIOBase):
    """Takes the place of the standard streams; a line of the list is one that was written."""

    def __init__(self) -> None:
        self.lines: List[str] = []

    def write(self, text: str) -> int:
        self.lines.extend(line for line in text.split("\n") if line)
        return len(text)

    def writable(self) -> bool:
        return True
