"""Between the protocol and Python: values that JSON cannot carry, and names, which Python writes with underscores."""

from __future__ import annotations

import re
from concurrent.futures import Future
from dataclasses import asdict
from datetime import datetime
from itertools import count
from typing import Any, Callable, Dict, Mapping

from minimal_sdk import WhisperrError, channel
from minimal_sdk.options import OPTION_NAMES

#: Stands for JavaScript's undefined, which Python says by leaving something out.
MISSING = object()
#: Keys whose values are the app's own data, names included.
DATA = ("traits", "context")


class Values:
    """Builds tagged values. A kind it does not know is an error, so that no case passes by mistake."""

    def __init__(
        self, track: Callable[..., Any], flush: Callable[[], Any], shutdown: Callable[[], Any]
    ) -> None:
        self._track = track
        self._flush = flush
        self._shutdown = shutdown

    def decode(self, value: Any, index: int = 0) -> Any:
        """`index` is the number of the call within its repetition."""
        found = self._decode(value, index)
        return None if found is MISSING else found

    def decode_object(self, value: Mapping[str, Any], index: int = 0) -> Dict[str, Any]:
        decoded = {key: self._decode(item, index) for key, item in value.items()}
        return {key: item for key, item in decoded.items() if item is not MISSING}

    def _decode(self, value: Any, index: int) -> Any:
        if isinstance(value, list):
            return [self.decode(item, index) for item in value]
        if not isinstance(value, dict):
            return value
        return self._decode_tagged(value, index) if "$value" in value else self.decode_object(value, index)

    def _decode_tagged(self, tag: Dict[str, Any], index: int) -> Any:
        kind = tag["$value"]
        if kind == "undefined":
            return MISSING
        if kind == "index":
            return f"{tag['prefix']}{index}" if "prefix" in tag else index
        if kind == "number":
            return float(tag["of"])
        if kind == "date":
            return datetime.fromisoformat(tag["of"].replace("Z", "+00:00"))
        if kind == "circular":
            circle: Dict[str, Any] = {"name": "circle"}
            circle["self"] = circle
            return circle
        if kind == "function":
            return lambda *_: "never called"
        if kind == "long-string":
            return "x" * tag["length"]
        if kind == "lone-surrogate":
            return "\ud83d"
        if kind == "channel":
            return self._channel(tag, index)
        if kind == "callback":
            return self._callback(tag)
        if kind == "calls-flush":
            return lambda _: self._flush()
        if kind == "calls-shutdown":
            return lambda event: (self._shutdown(), event)[1]
        if kind == "calls-track":
            return lambda _: self._track(*(self.decode(item, index) for item in tag["args"]))
        raise ValueError(f"this driver knows no value {kind!r}")

    def _callback(self, tag: Dict[str, Any]) -> Callable[[Any], Any]:
        if tag["of"] == "counts-calls":
            return counting_calls()
        if tag["of"] == "changes-user":
            return lambda event: {**event, "external_user_id": tag["user"]}
        return CALLBACKS[tag["of"]]

    def _channel(self, tag: Dict[str, Any], index: int) -> Any:
        address, *settings = (self.decode(item, index) for item in tag.get("args", []))
        return getattr(channel, tag["type"])(address, **(python_names(settings[0]) if settings else {}))


def python_names(value: Any) -> Any:
    """`flushAt` as `flush_at`, in options and in what identify() takes. The app's own data is left alone."""
    if isinstance(value, list):
        return [python_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {snake(key): item if key in DATA else python_names(item) for key, item in value.items()}


def as_it_is(value: Any) -> Any:
    return value


def contract_names(text: str) -> str:
    """`flush_at` as `flushAt` in a message, which cases look for by the contract's name."""
    for name in (*OPTION_NAMES, "base_ms", "max_ms"):
        text = text.replace(name, camel(name))
    return text


def error_as_json(error: WhisperrError) -> Dict[str, Any]:
    given = {camel(key): value for key, value in asdict(error).items() if value is not None}
    return {**given, "message": contract_names(error.message)}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def throws(_: Any) -> None:
    raise RuntimeError("a callback of the app failed")


def rejects(_: Any) -> "Future[None]":
    failed: "Future[None]" = Future()
    failed.set_exception(RuntimeError("an asynchronous callback of the app failed"))
    return failed


def forges_ids(event: Dict[str, Any]) -> Dict[str, Any]:
    context = {**event["context"], "$message_id": "forged"}
    return {**event, "occurred_at": "2026-06-01T00:00:00.000Z", "context": context}


def counting_calls() -> Callable[[Any], Any]:
    """Each client of a case gets one of its own."""
    calls = count(1)
    return lambda event: {**event, "properties": {**event["properties"], "calls": next(calls)}}


def returns_circular(event: Dict[str, Any]) -> Dict[str, Any]:
    properties: Dict[str, Any] = {}
    properties["self"] = properties
    return {**event, "properties": properties}


CALLBACKS: Dict[str, Callable[[Any], Any]] = {
    "throws": throws,
    "returns-null": lambda event: None,
    "leaves-out-secrets": lambda event: None if event["event_type"] == "secret_event" else event,
    "adds-property": lambda event: {**event, "properties": {**event["properties"], "added": True}},
    "returns-circular": returns_circular,
    "forges-ids": forges_ids,
    "rejects": rejects,
    "returns-bad-name": lambda event: {**event, "event_type": "Not A Name"},
}
