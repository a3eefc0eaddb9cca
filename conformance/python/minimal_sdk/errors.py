"""What the app hears through `on_error`, and the books: accepted = delivered + dropped + pending, always."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Callable, Counter as CounterOf, Optional, Sequence, Set, Tuple

from .options import Options

#: More ids than this would make a report larger than what it reports.
MAX_REPORTED_IDS = 100
#: Characters. A server may say more than anybody wants to read.
MAX_MESSAGE = 400


@dataclass(frozen=True)
class WhisperrError:
    """An error as a value, never raised. `type` is "auth", "dropped" or "retry_exhausted" (contract, section 5)."""

    type: str
    message: str
    reason: Optional[str] = None
    status: Optional[int] = None
    count: Optional[int] = None
    message_ids: Optional[Tuple[str, ...]] = None


class Reporter:
    """Counts what happens to operations, and tells the app, without the key and whatever `on_error` does."""

    def __init__(self, options: Options, write: Callable[[str], None]) -> None:
        self.accepted = 0
        self.delivered = 0
        self.dropped: CounterOf[str] = Counter()
        self._options = options
        self._write = write
        self._is_reporting = False
        #: Kinds of trouble that were printed, for want of an on_error.
        self._warned: Set[str] = set()

    def drop(
        self,
        reason: str,
        message: str,
        count: int = 1,
        status: Optional[int] = None,
        message_ids: Sequence[str] = (),
    ) -> None:
        """Books the loss of `count` operations and reports it."""
        self.dropped[reason] += count
        ids = tuple(message_ids[:MAX_REPORTED_IDS]) or None
        self.report(WhisperrError("dropped", message, reason, status, count, ids))

    def report(self, error: WhisperrError) -> None:
        # An on_error whose own calls fail would otherwise be called for ever.
        if self._is_reporting:
            return
        self._is_reporting = True
        try:
            shown = WhisperrError(**{**vars(error), "message": self._shown(error.message)})
            self.debug(f"{shown.type}: {shown.message}")
            if self._options.on_error:
                self._options.on_error(shown)
            else:
                self._warn_once(shown)
        except Exception:  # noqa: BLE001 - the app's own mistake, which must harm nothing
            pass
        finally:
            self._is_reporting = False

    def _warn_once(self, error: WhisperrError) -> None:
        kind = error.reason or error.type
        if kind not in self._warned:
            self._warned.add(kind)
            self._write(f"whisperr: {error.message}. Further errors of this kind go to on_error alone.")

    def debug(self, text: str) -> None:
        if self._options.debug:
            self._write(f"whisperr: {printable(self._without_key(text))}")

    def _shown(self, message: str) -> str:
        # Cut off last, or half a key could be left at the end.
        return printable(self._without_key(message))[:MAX_MESSAGE]

    def _without_key(self, text: str) -> str:
        return text.replace(self._options.api_key, "[key]") if self._options.api_key else text


#: What a terminal would act on instead of showing it, and marks that turn the direction of text.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with every character that acts written as its number."""
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
