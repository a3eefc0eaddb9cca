"""What the shared cases cannot ask of Python, mostly because they say it with values of JavaScript."""

from __future__ import annotations

import json
import unittest
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping

from minimal_sdk import Answer, EventLoop, Whisperr, WhisperrError


class NoExchange:
    status = None

    def abandon(self) -> None:
        pass


class Recorder:
    """An API that takes everything."""

    def __init__(self, loop: EventLoop) -> None:
        self.bodies: List[Dict[str, Any]] = []
        self._loop = loop

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, on_answer: Callable[[Answer], None]
    ) -> NoExchange:
        self.bodies.append(json.loads(body))
        self._loop.call_soon(lambda: on_answer(Answer(202)))
        return NoExchange()


class Unreadable(Dict[str, Any]):
    def items(self) -> Any:
        raise RuntimeError("reading it fails")


class MinimalSdk(unittest.TestCase):
    def setUp(self) -> None:
        self.loop = EventLoop()
        self.api = Recorder(self.loop)
        self.errors: List[WhisperrError] = []
        self.client = Whisperr(self.loop, self.api.post, api_key="wrk_test", on_error=self.errors.append)
        self.addCleanup(self.client.shutdown)

    def test_a_deadline_ends_the_timers_of_a_request_under_way(self) -> None:
        def post(
            url: str, headers: Mapping[str, str], body: bytes, on_answer: Callable[[Answer], None]
        ) -> NoExchange:
            return NoExchange()

        client = Whisperr(self.loop, post, api_key="wrk_test")
        client.track("user_1", "signed_in")
        end = client.shutdown(timeout_ms=1)
        self.loop.run_until(end.done, timeout_ms=5_000)
        self.assertEqual(end.result(timeout=0), {"delivered": 0, "dropped": 0, "pending": 1})
        self.assertEqual(self.loop.timers, [])

    def delivered(self) -> List[Dict[str, Any]]:
        flush = self.client.flush()
        self.loop.run_until(flush.done, timeout_ms=5_000)
        return [event for body in self.api.bodies for event in body["events"]]

    def reasons(self) -> List[Any]:
        return [error.reason for error in self.errors]

    def test_a_bad_event_name_is_reported_and_never_queued(self) -> None:
        names: List[Any] = ["Paid", "a-b", "a b", "_a", "a_", "a__b", "", "paid\n", "größe", 42, None, object()]
        for name in names:
            self.client.track("user_1", name)
        self.client.track("user_1", "good")
        self.assertEqual([event["event_type"] for event in self.delivered()], ["good"])
        self.assertEqual(self.reasons(), ["invalid_event_type"] * len(names))

    def test_a_user_id_is_text_or_a_whole_number(self) -> None:
        users: List[Any] = ["", " ", None, {}, ["user_1"], True, 1.5, float("nan"), object()]
        for user in users:
            self.client.track(user, "signed_in")
        self.client.track(8842, "signed_in")  # type: ignore[arg-type]
        self.client.track(2**63 + 1, "signed_in")  # type: ignore[arg-type]
        self.assertEqual([event["external_user_id"] for event in self.delivered()], ["8842", str(2**63 + 1)])
        self.assertEqual(self.reasons(), ["invalid_user_id"] * len(users))

    def test_odd_values_travel_the_way_json_has_them(self) -> None:
        moment = datetime(2026, 1, 2, 3, 4, 5, 678_900, timezone.utc)
        odd = {"nan": float("nan"), "huge": 10**30, "moment": moment, "pair": (1, 2), 3: None}
        self.client.track("user_1", "odd", odd)  # type: ignore[arg-type]
        expected = {"nan": None, "huge": str(10**30), "moment": "2026-01-02T03:04:05.678Z", "pair": [1, 2], "3": None}
        self.assertEqual(self.delivered()[0]["properties"], expected)

    def test_what_json_cannot_carry_is_dropped_with_a_reason(self) -> None:
        circle: Dict[str, Any] = {}
        circle["self"] = circle
        for bad in (circle, {"deep": [Unreadable()]}, {"deep": object()}, {"deep": b"bytes"}):
            self.client.track("user_1", "bad", bad)
            self.client.identify("user_1", {"traits": bad})
        self.assertEqual(self.delivered(), [])
        self.assertEqual(self.reasons(), ["unserializable"] * 8)

    def test_properties_and_context_are_mappings(self) -> None:
        wrong: List[Any] = [[], "text", 5, False, print, datetime.now()]
        for value in wrong:
            self.client.track("user_1", "bad", value)
            self.client.track("user_1", "bad", {}, value)
        self.assertEqual(self.delivered(), [])
        self.assertEqual(self.client.stats()["dropped"], {"invalid_properties": 6, "invalid_context": 6})


if __name__ == "__main__":
    unittest.main()
