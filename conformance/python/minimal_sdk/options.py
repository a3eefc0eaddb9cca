"""The options (contract, section 7), checked at creation: an error names the option, what it takes and what it got."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, Callable, Dict, Mapping, Optional
from urllib.parse import urlsplit

#: The contract's cap on events per request.
MAX_BATCH_SIZE = 500
DEFAULT_BASE_URL = "https://api.whisperr.net"
LOOPBACK = re.compile(r"(.*\.)?localhost|127\.[\d.]+|::1")
#: Whole numbers, each with its smallest value.
SMALLEST = {
    "flush_at": 1,
    "flush_interval_ms": 0,
    "max_queue_size": 1,
    "max_batch_size": 1,
    "max_batch_bytes": 1,
    "max_retries": 0,
    "request_timeout_ms": 1,
    "exit_timeout_ms": 0,
}
#: The longest wait that a timer of 32 bits can hold, as in other languages; and more attempts than anybody means.
LARGEST = {
    "flush_interval_ms": 2**31 - 1,
    "request_timeout_ms": 2**31 - 1,
    "exit_timeout_ms": 2**31 - 1,
    "max_retries": 1000,
}


@dataclass
class Options:
    """Raises ValueError for what cannot work. Times are in milliseconds."""

    api_key: Optional[str] = None
    base_url: str = DEFAULT_BASE_URL
    allow_insecure_http: bool = False
    #: Operations that start a flush.
    flush_at: int = 20
    #: How long an operation waits at most for a flush to start; 0 for no timer.
    flush_interval_ms: int = 10_000
    #: Beyond it the oldest operations are dropped.
    max_queue_size: int = 10_000
    #: Events per request, clamped to 500.
    max_batch_size: int = MAX_BATCH_SIZE
    #: Bytes per request body; a larger event travels alone.
    max_batch_bytes: int = 512 * 1024
    #: Attempts after the first.
    max_retries: int = 6
    #: Waits between attempts double from `base_ms` to at most `max_ms`.
    backoff: Mapping[str, int] = field(default_factory=dict)
    request_timeout_ms: int = 10_000
    #: How long a process that ends by itself may be held up by what is queued; 0 for not at all.
    exit_timeout_ms: int = 2_000
    disabled: bool = False
    debug: bool = False
    on_error: Optional[Callable[[Any], None]] = None
    #: Sees each event at `track()` and returns it, changed or not, or None to leave it out.
    before_send: Optional[Callable[[Dict[str, Any]], Optional[Dict[str, Any]]]] = None
    #: Part of every event's context; a call's own context wins.
    context: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.disabled:
            return
        for option, smallest in SMALLEST.items():
            check_number(option, getattr(self, option), smallest, LARGEST.get(option))
        for option in ("allow_insecure_http", "debug"):
            must(isinstance(getattr(self, option), bool), option, "True or False", getattr(self, option))
        for option in ("backoff", "context"):
            value = getattr(self, option)
            must(value is None or isinstance(value, Mapping), option, "a mapping", value)
        for option in ("on_error", "before_send"):
            value = getattr(self, option)
            must(value is None or callable(value), option, "a function", value)
        # Not shown, whatever it is: it may be a key with a line break in it.
        key = self.api_key = self.api_key.strip() if isinstance(self.api_key, str) else self.api_key
        usable = isinstance(key, str) and re.fullmatch("[!-~]+", key) is not None
        must(usable, "api_key", "your key, for example from the environment variable WHISPERR_API_KEY")
        self.base_url = self.base_url or DEFAULT_BASE_URL
        self._check_base_url()
        self.base_url = self.base_url.rstrip("/")
        self.max_batch_size = min(self.max_batch_size, MAX_BATCH_SIZE)
        self.flush_at = min(self.flush_at, self.max_queue_size)
        base = self.backoff.get("base_ms", 1_000)
        check_number("backoff.base_ms", base, 1)
        longest = self.backoff.get("max_ms", max(30_000, base))
        check_number("backoff.max_ms", longest, base)
        self.backoff = {"base_ms": base, "max_ms": longest}

    def _check_base_url(self) -> None:
        url = urlsplit(self.base_url)
        usable = url.scheme in ("https", "http") and bool(url.hostname) and not url.query and not url.fragment
        must(usable, "base_url", "an https: address, without a query", self.base_url)
        local = LOOPBACK.fullmatch(url.hostname or "") is not None
        safe = url.scheme == "https" or local or self.allow_insecure_http
        must(safe, "base_url", "https:, or http: together with allow_insecure_http", self.base_url)


OPTION_NAMES = tuple(option.name for option in fields(Options))


def check_number(option: str, value: Any, smallest: int, largest: Optional[int] = None) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    fits = is_whole and value >= smallest and (largest is None or value <= largest)
    must(fits, option, f"a whole number from {smallest}" + ("" if largest is None else f" to {largest}"), value)


def must(fits: bool, option: str, wanted: str, *got: Any) -> None:
    if not fits:
        raise ValueError(f"{option} must be {wanted}" + "".join(f", got {value!r}" for value in got))
