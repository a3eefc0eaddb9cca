"""A minimal Whisperr server SDK: the delivery contract in standard Python, with clock and HTTP passed in."""

from . import channel
from .client import BoundClient, Whisperr
from .errors import WhisperrError
from .event_loop import EventLoop
from .http_transport import HttpTransport
from .ports import Answer, Exchange, Post

__all__ = [
    "Answer",
    "BoundClient",
    "EventLoop",
    "Exchange",
    "HttpTransport",
    "Post",
    "Whisperr",
    "WhisperrError",
    "channel",
]
