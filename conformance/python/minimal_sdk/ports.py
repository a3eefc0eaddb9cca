"""How the SDK makes requests: `post` is passed in, so that a driver can watch it and a test can replace it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Optional, Protocol


@dataclass(frozen=True)
class Answer:
    """What came back. Without a status there was no answer, and `body` says what happened instead."""

    status: Optional[int]
    body: str = ""
    retry_after: Optional[str] = None
    #: For people (text/html).
    is_page: bool = False


class Exchange(Protocol):
    """One request under way."""

    @property
    def status(self) -> Optional[int]:
        """Known as soon as the status line is there, before the body has arrived."""

    def abandon(self) -> None:
        """Gives it up: the connection is closed, and `on_answer` is not called."""


class Post(Protocol):
    def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, on_answer: Callable[[Answer], None]
    ) -> Exchange:
        """Returns at once; `on_answer` is called in the loop's thread."""
