"""HTTP in a thread of its own, so that no call waits for the network. One request at a time is all the SDK makes."""

from __future__ import annotations

import queue
import socket
import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Callable, Mapping, Optional
from urllib.parse import urlsplit

from .event_loop import EventLoop
from .ports import Answer

#: For connecting only: how long one request may take is the SDK's business, which gives it up.
CONNECT_LIMIT_S = 30
#: Enough for any answer of the API, and no more of anything else.
MAX_ANSWER_BYTES = 65_536


class HttpExchange:
    """One request under way, on a connection of its own."""

    def __init__(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self._status: Optional[int] = None
        self._url = urlsplit(url)
        self._headers = headers
        self._body = body
        self._lock = threading.Lock()
        self._socket: Optional[socket.socket] = None
        self._is_abandoned = False

    @property
    def status(self) -> Optional[int]:
        return self._status

    def abandon(self) -> None:
        with self._lock:
            self._is_abandoned = True
            if self._socket:
                _shut(self._socket)

    def is_abandoned(self) -> bool:
        return self._is_abandoned

    def perform(self) -> Answer:
        """Blocks. Redirects are answers like any other: the key must not reach another origin."""
        connect = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = connect(self._url.hostname or "", self._url.port, timeout=CONNECT_LIMIT_S)
        try:
            connection.connect()
            connection.sock.settimeout(None)
            with self._lock:
                if self._is_abandoned:
                    return Answer(None, "given up")
                self._socket = connection.sock
            return self._converse(connection)
        except (HTTPException, OSError, ValueError) as error:
            return Answer(None, f"{type(error).__name__}: {error}")
        finally:
            with self._lock:
                self._socket = None
            connection.close()

    def _converse(self, connection: HTTPConnection) -> Answer:
        try:
            connection.request("POST", self._url.path, self._body, dict(self._headers))
        except (BrokenPipeError, ConnectionResetError):
            pass  # The answer may have come before everything was read, as a 413 does.
        response = connection.getresponse()
        self._status = response.status
        try:
            body = response.read(MAX_ANSWER_BYTES)
        except (HTTPException, OSError):
            body = b""  # The status counts, whatever becomes of the body.
        text = body.decode("utf-8", "replace")
        is_page = response.headers.get_content_type() == "text/html"
        return Answer(response.status, text, response.headers.get("Retry-After"), is_page)


class HttpTransport:
    """Its thread starts with it, as a thread can no longer be started when the process is ending."""

    def __init__(self, loop: EventLoop) -> None:
        self._loop = loop
        self._waiting: "queue.SimpleQueue[Callable[[], None]]" = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True, name="whisperr-http").start()

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, on_answer: Callable[[Answer], None]
    ) -> HttpExchange:
        """`on_answer` is called in the loop's thread, unless the exchange was abandoned."""
        exchange = HttpExchange(url, headers, body)

        def work() -> None:
            answer = exchange.perform()
            self._loop.call_soon(lambda: None if exchange.is_abandoned() else on_answer(answer))

        self._waiting.put(work)
        return exchange

    def _work(self) -> None:
        while True:
            self._waiting.get()()


def _shut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # It has ended by itself.
