"""Reads answers: how long to wait, how many were rejected, what the server said (contract, section 4)."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Dict, Optional

from .ports import Answer

#: No Retry-After silences a client for longer.
MAX_RETRY_AFTER_MS = 60_000


def retry_after_ms(answer: Answer, now_ms: float) -> Optional[float]:
    """None when the answer does not say, or not in a way that can be read."""
    if answer.status not in (429, 503) or answer.retry_after is None:
        return None
    text = answer.retry_after.strip()
    if re.fullmatch(r"[0-9]+", text):
        # Python refuses to read thousands of digits.
        wait = int(text) * 1000.0 if len(text) <= 15 else math.inf
    else:
        try:
            wait = utc(parsedate_to_datetime(text)).timestamp() * 1000 - now_ms
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    # No wait at all is no wish to be kept: the backoff applies, or all attempts would go in one burst.
    return min(wait, MAX_RETRY_AFTER_MS) if wait > 0 else None


def utc(moment: datetime) -> datetime:
    """The oldest form of an HTTP-date names no zone, and means UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def rejected_count(answer: Answer, sent: int) -> int:
    rejected = _body(answer).get("rejected")
    return min(rejected, sent) if isinstance(rejected, int) and rejected > 0 else 0


def describe(answer: Answer) -> str:
    """The status and the server's code and message, or the network's own words."""
    if answer.status is None:
        return answer.body
    error = _body(answer).get("error")
    said = [error.get(key) for key in ("code", "message")] if isinstance(error, dict) else []
    words = ": ".join([str(answer.status), *(str(part) for part in said if part)])
    odd = f"{words}: no API answers like that, and redirects are not followed; check base_url"
    return odd if is_from_elsewhere(answer) else words


def is_from_elsewhere(answer: Answer) -> bool:
    """A redirect, or a page for people: some other server's answer."""
    status = answer.status
    return status is not None and (status < 200 or 300 <= status < 400 or (status < 300 and answer.is_page))


def _body(answer: Answer) -> Dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
