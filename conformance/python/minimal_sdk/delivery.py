"""Delivery (contract, sections 4 and 5): one queue, one request at a time, removed only when an answer says so."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from itertools import islice
from typing import Callable, Deque, Dict, List, Optional, Tuple

from .answers import describe, is_from_elsewhere, rejected_count, retry_after_ms
from .batch_sizing import BatchSizing
from .errors import Reporter, WhisperrError
from .event_loop import Callback, EventLoop
from .operations import Operation, message_ids
from .options import Options
from .ports import Answer, Exchange, Post

#: Rounds of attempts that failed are no rarer than this, unless the interval is.
LONGEST_REST_MS = 300_000
#: More make no difference.
MOST_ROUNDS = 20
EMPTY_BATCH_BYTES = len('{"events":[]}')


class Delivery:
    """Operations are numbered as they come; a flush is the number up to which everything is to be settled."""

    def __init__(
        self, options: Options, loop: EventLoop, post: Post, random: Callable[[], float], reporter: Reporter
    ) -> None:
        self._options = options
        self._loop = loop
        self._post = post
        self._random = random
        self._reporter = reporter
        self._sizing = BatchSizing(options.max_batch_size)
        self._queue: Deque[Tuple[int, Operation]] = deque()
        self._last_number = 0
        self._goal = 0
        self._flushes: List[Tuple[int, Callback]] = []
        self._in_flight = 0
        self._exchange: Optional[Exchange] = None
        self._cancel_timeout: Optional[Callback] = None
        self._attempts = 0
        #: Flushes in a row that used up their attempts: the next ones are rarer, and have fewer.
        self._rounds = 0
        #: The key was refused: calls alone do not try again.
        self._is_refused = False
        #: A wait the server asked for is never cut short.
        self._is_throttled = False
        self._cancel_wait: Optional[Callback] = None
        self._cancel_interval: Optional[Callback] = None
        self._is_closed = False
        #: The app hears so. A flush that it asks for then would end in the same report, for ever.
        self._is_giving_up = False

    def pending(self) -> int:
        return len(self._queue)

    def append(self, operation: Operation) -> None:
        if len(self._queue) >= self._options.max_queue_size:
            self._drop_oldest()
        self._last_number += 1
        self._queue.append((self._last_number, operation))
        self._watch_interval()
        # In an outage it is the interval that probes.
        is_outage = self._rounds > 1 and self._options.flush_interval_ms > 0
        if len(self._queue) >= self._options.flush_at and not self._is_refused and not is_outage:
            self._aim_at_everything()

    def flush(self, timeout_ms: Optional[float] = None) -> "Future[Dict[str, int]]":
        """Done when everything queued so far is delivered, dropped, or kept after its attempts; at the deadline in any case."""
        flush: "Future[Dict[str, int]]" = Future()
        delivered, dropped = self._reporter.delivered, sum(self._reporter.dropped.values())

        def settle() -> None:
            if flush.done():
                return
            now_dropped = sum(self._reporter.dropped.values())
            counts = {"delivered": self._reporter.delivered - delivered, "dropped": now_dropped - dropped}
            flush.set_result({**counts, "pending": self.pending()})

        if self._is_giving_up:
            settle()
            return flush
        self._flushes.append((self._last_number, settle))
        self._is_refused = False
        self._rounds = 0
        self._aim_at_everything()
        if timeout_ms is not None and not flush.done():
            cancel = self._loop.set_timer(timeout_ms, settle)
            flush.add_done_callback(lambda _: cancel())
        return flush

    def hurry(self) -> None:
        """Tries again now, unless the server asked for the wait."""
        if self._cancel_wait and not self._is_throttled:
            self._stop_waiting()
            self._loop.call_soon(self._pump)

    def close(self, is_early: bool) -> None:
        """Nothing is sent from now on. `is_early`: a deadline ends it, so what is left is reported."""
        if self._exchange:
            self._exchange.abandon()
        self._forget_request()
        self._stop_waiting()
        if self._cancel_interval:
            self._cancel_interval()
        self._is_closed = True
        if is_early and self._queue:
            message = f"The deadline has passed with {self.pending()} operations undelivered"
            self._reporter.report(WhisperrError("retry_exhausted", message, count=self.pending()))
        self._settle_flushes()

    def _aim_at_everything(self) -> None:
        self._goal = self._last_number
        # Not now: calls made in a row share a batch.
        self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Sends what is wanted, if nothing is in the way."""
        self._settle_flushes()
        is_wanted = bool(self._queue) and self._queue[0][0] <= self._goal
        if is_wanted and not (self._is_closed or self._exchange or self._cancel_wait):
            self._send(self._next_batch())

    def _next_batch(self) -> List[Operation]:
        batch: List[Operation] = []
        size = EMPTY_BATCH_BYTES
        for _, operation in islice(self._queue, self._sizing.limit()):
            size += len(operation.body) + 1
            if batch and (operation.kind == "identify" or size - 1 > self._options.max_batch_bytes):
                break
            batch.append(operation)
            if operation.kind == "identify":
                break
        return batch

    def _send(self, batch: List[Operation]) -> None:
        is_identify = batch[0].kind == "identify"
        bodies = ",".join(operation.body for operation in batch)
        path, body = ("/v1/identify", bodies) if is_identify else ("/v1/events/batch", f'{{"events":[{bodies}]}}')
        headers = {"Content-Type": "application/json", "X-API-Key": self._options.api_key or ""}
        self._in_flight = len(batch)
        self._reporter.debug(f"sends {len(batch)} operations")

        def answered(answer: Answer) -> None:
            self._forget_request()
            self._judge(batch, answer)

        def timed_out() -> None:
            exchange.abandon()
            # A status without the rest of its body is an answer.
            answered(Answer(exchange.status, "no answer in time"))

        exchange = self._post(self._options.base_url + path, headers, body.encode("ascii"), answered)
        self._exchange = exchange
        self._cancel_timeout = self._loop.set_timer(self._options.request_timeout_ms, timed_out)

    def _forget_request(self) -> None:
        if self._cancel_timeout:
            self._cancel_timeout()
        self._cancel_timeout = self._exchange = None
        self._in_flight = 0

    def _judge(self, batch: List[Operation], answer: Answer) -> None:
        """What follows from an answer (contract, section 4)."""
        status = answer.status
        if is_from_elsewhere(answer):
            self._retry(answer)
        elif status is not None and 200 <= status < 300:
            self._accepted(batch, answer)
        elif status in (401, 403):
            self._is_refused = True
            self._keep("auth", "The API refused the key, everything is kept; check api_key", answer)
        elif status is None or status in (408, 425, 429) or not 400 <= status < 500:
            self._retry(answer)
        else:
            self._refused(batch, status, answer)
        self._pump()

    def _refused(self, batch: List[Operation], status: int, answer: Answer) -> None:
        self._attempts = self._rounds = 0
        if self._sizing.refused(len(batch), status == 413):
            self._remove(batch)
            reason = "too_large" if status == 413 else "rejected"
            message = f"The API refused {len(batch)} operations ({describe(answer)})"
            self._reporter.drop(reason, message, len(batch), status, message_ids(batch))

    def _accepted(self, batch: List[Operation], answer: Answer) -> None:
        rejected = rejected_count(answer, len(batch)) if batch[0].kind == "track" else 0
        self._attempts = self._rounds = 0
        self._sizing.accepted(len(batch))
        self._remove(batch)
        self._reporter.delivered += len(batch) - rejected
        if rejected:
            message = f"The API took the batch, but rejected {rejected} of its {len(batch)} events"
            self._reporter.drop("rejected_by_server", message, rejected, answer.status)

    def _retry(self, answer: Answer) -> None:
        self._attempts += 1
        is_over = self._attempts > self._options.max_retries >> self._rounds
        asked = retry_after_ms(answer, self._loop.now_ms())
        if asked is not None:
            # Everybody else was told the same moment.
            asked += self._random() * max(asked / 10, 1000)
        self._is_throttled = asked is not None
        # What the server asked for holds when the attempts are used up, too.
        if self._is_throttled or not is_over:
            self._cancel_wait = self._loop.set_timer(self._backoff_ms() if asked is None else asked, self._go_on)
        if is_over:
            self._rounds = min(self._rounds + 1, MOST_ROUNDS)
            if self._cancel_interval:
                self._cancel_interval()
                self._cancel_interval = None
                self._watch_interval()
            self._keep("retry_exhausted", f"Gave up after {self._attempts} attempts, everything is kept", answer)

    def _go_on(self) -> None:
        self._stop_waiting()
        self._pump()

    def _backoff_ms(self) -> float:
        backoff = self._options.backoff
        longest: float = min(backoff["max_ms"], backoff["base_ms"] * 2.0 ** (self._attempts - 1))
        # Half of it is left to chance, or all clients would come back from an outage at once.
        return longest * (0.5 + self._random() / 2)

    def _keep(self, kind: str, message: str, answer: Answer) -> None:
        """Ends every flush, with everything still queued for a later one."""
        self._attempts = self._goal = 0
        self._settle_flushes(is_over=True)
        text = f"{message} ({describe(answer)})"
        self._is_giving_up = True
        self._reporter.report(WhisperrError(kind, text, status=answer.status, count=self.pending()))
        self._is_giving_up = False

    def _stop_waiting(self) -> None:
        if self._cancel_wait:
            self._cancel_wait()
        self._cancel_wait = None

    def _remove(self, batch: List[Operation]) -> None:
        for _ in batch:
            self._queue.popleft()
        if not self._queue and self._cancel_interval:
            self._cancel_interval()
            self._cancel_interval = None

    def _drop_oldest(self) -> None:
        """Spares what is in flight, which may be arriving at this moment."""
        if self._in_flight >= len(self._queue):
            return
        _, oldest = self._queue[self._in_flight]
        del self._queue[self._in_flight]
        message = f"The queue is full with {self._options.max_queue_size} operations, the oldest was dropped"
        self._reporter.drop("queue_full", message, message_ids=message_ids([oldest]))

    def _watch_interval(self) -> None:
        """From the first operation of a queue that was empty."""
        if self._cancel_interval or self._options.flush_interval_ms == 0:
            return

        def due() -> None:
            self._cancel_interval = None
            self._watch_interval()
            self._is_refused = False
            self._aim_at_everything()

        interval_ms = self._options.flush_interval_ms
        rare_ms = min(interval_ms * 2 ** max(self._rounds - 1, 0), max(interval_ms, LONGEST_REST_MS))
        self._cancel_interval = self._loop.set_timer(rare_ms, due)

    def _settle_flushes(self, is_over: bool = False) -> None:
        front = self._queue[0][0] if self._queue else self._last_number + 1
        is_over |= self._is_closed
        done = [settle for goal, settle in self._flushes if is_over or goal < front]
        self._flushes = [] if is_over else [one for one in self._flushes if one[0] >= front]
        for settle in done:
            settle()
