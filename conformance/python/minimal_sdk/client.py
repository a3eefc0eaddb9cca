"""The public API of the server SDK (contract, sections 2, 3 and 5)."""

from __future__ import annotations

import random as system_random
import sys
from concurrent.futures import Future
from typing import Any, Callable, Dict, Mapping, Optional

from .delivery import Delivery
from .errors import Reporter, WhisperrError
from .event_loop import Callback, EventLoop, Wait
from .operations import Operation, Refused, make_event, make_identify
from .options import Options
from .ports import Post


class Whisperr:
    """
    Calls neither raise nor wait. Everything happens in the thread that runs `loop`; `post` is what makes requests, for
    example `HttpTransport(loop).post`. `options` are those of options.Options; wrong ones raise ValueError here.
    """

    def __init__(
        self,
        loop: EventLoop,
        post: Post,
        random: Callable[[], float] = system_random.random,
        write: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
        **options: Any,
    ) -> None:
        self._options = Options(**options)
        self._loop = loop
        self._reporter = Reporter(self._options, write)
        self._delivery = Delivery(self._options, loop, post, random, self._reporter)
        self._end: "Optional[Future[Dict[str, int]]]" = None
        self._cancel_deadline: Optional[Callback] = None
        self._remove_exit_hook = loop.at_exit(self._before_exit)

    def track(
        self,
        user_id: str,
        event_type: str,
        properties: Optional[Mapping[str, Any]] = None,
        context: Optional[Mapping[str, Any]] = None,
    ) -> None:
        """Records an event of a user. What cannot be sent is reported to `on_error`."""
        now_ms = self._loop.now_ms()
        self._record(lambda: make_event(user_id, event_type, properties, context, now_ms, self._options))

    def identify(self, user_id: str, details: Optional[Mapping[str, Any]] = None) -> None:
        """`details`: `email`, `phone`, `push_token`, `traits`, `channels`, `preferred_channel`, each optional."""
        def leave_out(refusal: Refused) -> None:
            message = f"identify() goes without this: {refusal}"
            self._reporter.report(WhisperrError("dropped", message, refusal.reason, None, 0, None))

        self._record(lambda: make_identify(user_id, details, leave_out))

    def for_user(self, user_id: str) -> "BoundClient":
        return BoundClient(self, user_id)

    def flush(self, timeout_ms: Optional[float] = None) -> "Future[Dict[str, int]]":
        """A Future with `delivered`, `dropped` and `pending`; it never fails because of the network, and is done at its deadline."""
        return self._delivery.flush(timeout_ms)

    def shutdown(self, timeout_ms: Optional[float] = None) -> "Future[Dict[str, int]]":
        """Flushes and ends all timers; later calls are reported. The same Future each time."""
        if self._end is None:
            self._end = self._delivery.flush()
            self._delivery.hurry()
            self._end.add_done_callback(lambda _: self._close())
        if timeout_ms is not None and not self._end.done() and self._cancel_deadline is None:
            self._cancel_deadline = self._loop.set_timer(timeout_ms, lambda: self._delivery.close(is_early=True))
        return self._end

    def stats(self) -> Dict[str, Any]:
        """Always: accepted = delivered + dropped + pending."""
        books = self._reporter
        return {
            "accepted": books.accepted,
            "delivered": books.delivered,
            "dropped": dict(books.dropped),
            "pending": self._delivery.pending(),
        }

    def _record(self, make: Callable[[], Optional[Operation]]) -> None:
        if self._options.disabled:
            return
        self._reporter.accepted += 1
        if self._end is not None:
            return self._reporter.drop("shut_down", "The call came after shutdown() and was not queued")
        try:
            operation = make()
        except Refused as refusal:
            return self._reporter.drop(refusal.reason, f"The call was not queued: {refusal}")
        # A before_send may have shut it down meanwhile.
        if self._end is not None:
            return self._reporter.drop("shut_down", "before_send called shutdown(), and the event was not queued")
        if operation is None:
            self._reporter.dropped["before_send"] += 1
        else:
            self._delivery.append(operation)
        return None

    def _close(self) -> None:
        if self._cancel_deadline:
            self._cancel_deadline()
        self._remove_exit_hook()
        self._delivery.close(is_early=False)

    def _before_exit(self) -> Optional[Wait]:
        if not self._options.exit_timeout_ms or not self._delivery.pending():
            return None
        flush = self._delivery.flush()
        self._delivery.hurry()
        return flush.done, self._options.exit_timeout_ms


class BoundClient:
    """The calls of one user."""

    def __init__(self, client: Whisperr, user_id: str) -> None:
        self._client = client
        self._user_id = user_id

    def track(
        self,
        event_type: str,
        properties: Optional[Mapping[str, Any]] = None,
        context: Optional[Mapping[str, Any]] = None,
    ) -> None:
        self._client.track(self._user_id, event_type, properties, context)

    def identify(self, details: Optional[Mapping[str, Any]] = None) -> None:
        self._client.identify(self._user_id, details)
