"""From a call to an operation: checked and written as JSON at once, so that every attempt sends the same bytes."""

from __future__ import annotations

import json
import math
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from .options import Options

EVENT_TYPE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
CHANNELS = ("email", "sms", "push")
SHORTCUTS = {"email": "email", "phone": "sms", "push_token": "push"}
PUSH_FIELDS = {
    "kind": ("apns", "fcm", "expo"),
    "platform": ("ios", "android", "web"),
    "push_env": ("sandbox", "production"),
}
#: Larger whole numbers lose digits in other languages' JSON, so they travel as text.
MAX_SAFE_INTEGER = 2**53 - 1
#: A server takes less.
MAX_OPERATION_BYTES = 4 * 1024 * 1024


class Refused(Exception):
    """A call that cannot be queued, and why."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Operation:
    """A queued call. `body` is the event inside a batch, or the whole request of an identify."""

    kind: str
    body: str
    message_id: Optional[str] = None


def make_event(
    user_id: Any, event_type: Any, properties: Any, context: Any, now_ms: float, options: Options
) -> Optional[Operation]:
    """None when `before_send` leaves it out. Raises Refused."""
    message_id = str(uuid.uuid4())
    event: Dict[str, Any] = {
        "external_user_id": check_user(user_id),
        "event_type": check_event_type(event_type),
        "occurred_at": timestamp(now_ms),
        "properties": json_object(properties, "properties"),
        "context": {**json_object(options.context, "context"), **json_object(context, "context")},
    }
    event["context"]["$message_id"] = message_id
    if options.before_send:
        changed = call_before_send(options, event)
        if changed is None:
            return None
        event["external_user_id"] = check_user(changed.get("external_user_id"))
        event["event_type"] = check_event_type(changed.get("event_type"))
        event["properties"] = json_object(changed.get("properties"), "properties")
        event["context"] = {**json_object(changed.get("context"), "context"), "$message_id": message_id}
    return Operation("track", bounded(to_json(event)), message_id)


def make_identify(user_id: Any, details: Any, leave_out: Callable[[Refused], None]) -> Operation:
    """Raises Refused. `leave_out` hears of each part that is not usable, where another is."""
    body: Dict[str, Any] = {"external_user_id": check_user(user_id)}
    given = json_object(details, "traits")
    traits = json_object(given.get("traits"), "traits")
    refused: List[Refused] = []

    def usable(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except Refused as refusal:
            refused.append(refusal)
            return None

    preferred = usable(lambda: one_of(given.get("preferred_channel"), CHANNELS, "preferred_channel"))
    channels = [one for one in usable(lambda: all_channels(given, usable)) or [] if one is not None]
    for refusal in refused:
        if not traits and preferred is None and not channels:
            raise refusal
        leave_out(refusal)
    if traits:
        body["traits"] = traits
    if preferred is not None:
        body["preferred_channel"] = preferred
    if channels:
        body["channels"] = channels
    return Operation("identify", bounded(to_json(body)))


def check_user(user_id: Any) -> str:
    if isinstance(user_id, int) and not isinstance(user_id, bool):
        return str(user_id)
    if not isinstance(user_id, str) or not user_id.strip():
        raise Refused("invalid_user_id", f"the user id must be text or a whole number, not {type(user_id).__name__}")
    return user_id


def check_event_type(event_type: Any) -> str:
    if not isinstance(event_type, str) or EVENT_TYPE.fullmatch(event_type) is None:
        raise Refused("invalid_event_type", f"an event name is lowercase snake_case, not {event_type!r:.80}")
    return event_type


def call_before_send(options: Options, event: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    assert options.before_send is not None
    try:
        changed = options.before_send({key: plain(value) for key, value in event.items()})
    except Exception as error:  # noqa: BLE001 - the app's own code
        raise Refused("before_send_failed", f"before_send failed: {error}") from error
    if changed is not None and not isinstance(changed, dict):
        raise Refused("before_send_failed", "before_send must return an event or None")
    return changed


def all_channels(given: Mapping[str, Any], usable: Callable[[Callable[[], Any]], Any]) -> List[Any]:
    channels = given.get("channels")
    if channels is None:
        shortcuts = [{"type": kind, "address": given.get(name)} for name, kind in SHORTCUTS.items()]
        given_ones = [shortcut for shortcut in shortcuts if not is_blank(shortcut["address"])]
        return [usable(lambda one=one: wire_channel(one)) for one in given_ones]
    if not isinstance(channels, list):
        raise Refused("invalid_channels", "channels must be a list")
    return [usable(lambda one=one: wire_channel(one)) for one in channels]


def is_blank(address: Any) -> bool:
    """Then a shortcut counts as not given."""
    return address is None or (isinstance(address, str) and not address.strip())


def wire_channel(channel: Any) -> Dict[str, Any]:
    if not isinstance(channel, dict) or not isinstance(channel.get("address"), str) or not channel["address"].strip():
        raise Refused("invalid_channels", "a channel needs an address")
    if channel.get("type") not in CHANNELS:
        raise Refused("invalid_channels", f"the type of a channel must be one of {', '.join(CHANNELS)}")
    flags = (True, False)
    opted_in = one_of(channel.get("opted_in"), flags, "opted_in")
    wire = {
        "channel": channel["type"],
        "address": channel["address"],
        "opted_in": True if opted_in is None else opted_in,
    }
    optional = {"verified": flags, **(PUSH_FIELDS if channel["type"] == "push" else {})}
    for name, allowed in optional.items():
        value = one_of(channel.get(name), allowed, name)
        if value is not None:
            wire[name] = value
    return wire


def one_of(value: Any, allowed: Tuple[Any, ...], name: str) -> Any:
    if value is not None and not any(value is one or (value == one and isinstance(value, str)) for one in allowed):
        raise Refused("invalid_channels", f"{name} must be one of {', '.join(map(str, allowed))}")
    return value


def json_object(value: Any, name: str) -> Dict[str, Any]:
    """A copy; None is an empty object."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Refused(f"invalid_{name}", f"{name} must be a mapping, not {type(value).__name__}")
    try:
        return {str(key): plain(item) for key, item in value.items()}
    # RecursionError is what a circular value ends in.
    except Exception as error:  # noqa: BLE001 - reading the app's objects runs the app's code
        raise Refused("unserializable", f"{name} cannot be written as JSON: {type(error).__name__}") from error


def plain(value: Any) -> Any:
    """A deep copy as JSON has it. Raises for what JSON cannot carry."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return timestamp(value.timestamp() * 1000)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def to_json(value: Any) -> str:
    # ASCII only: half a surrogate pair stays an escape, and characters are bytes.
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def bounded(body: str) -> str:
    """What one call can make the process hold. Raises Refused beyond that."""
    if len(body) > MAX_OPERATION_BYTES:
        raise Refused("too_large", f"it has {len(body)} bytes, and may have {MAX_OPERATION_BYTES}")
    return body


def timestamp(ms: float) -> str:
    """RFC 3339 in UTC with three decimals, cut off."""
    seconds, millis = divmod(math.floor(ms), 1000)
    day = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{day:%Y-%m-%dT%H:%M:%S}.{millis:03d}Z"


def message_ids(batch: List[Operation]) -> List[str]:
    """An identify has none."""
    return [operation.message_id for operation in batch if operation.message_id]
