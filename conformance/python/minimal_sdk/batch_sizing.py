"""How many operations the next request takes: one bad event must cost itself, not its batch (contract, section 4)."""

from __future__ import annotations

#: Refusals in a row, without any acceptance, that mark a server which refuses everything.
HOPELESS_AFTER = 40
#: The most that is then dropped at once.
MAX_DROPPED_AT_ONCE = 50


class BatchSizing:
    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        #: What the server's limit on size leaves: halved by a 413, one more with each success.
        self._size_limit = max_size
        #: So many operations at the front are known to hold a bad one.
        self._suspects = 0
        self._refusals = 0

    def limit(self) -> int:
        excess = self._refusals - HOPELESS_AFTER
        if excess >= 0:
            return min(2 << min(excess, 5), MAX_DROPPED_AT_ONCE, self._max_size)
        if self._suspects:
            return min(self._size_limit, max(1, self._suspects // 2))
        return self._size_limit

    def accepted(self, count: int) -> None:
        self._refusals = 0
        self._suspects = max(0, self._suspects - count)
        self._size_limit = min(self._max_size, self._size_limit + 1)

    def refused(self, count: int, is_too_large: bool) -> bool:
        """Whether these operations are to be dropped; otherwise fewer of them are to be tried."""
        is_hopeless = self._refusals >= HOPELESS_AFTER
        self._refusals += 1
        if count == 1 or is_hopeless:
            self._suspects = 0
            self._size_limit = self._max_size
            return True
        if is_too_large:
            self._size_limit = count // 2
        else:
            self._suspects = count
        return False
