"""
Drives the minimal SDK for the conformance runner, as INTERPRETING.md says: asks for a command, carries it out, posts
the result. Arguments: the control address, then "virtual" or "real" for the clock.
"""

from __future__ import annotations

import json
import queue
import random
import sys
import threading
from collections import Counter
from http.client import HTTPConnection
from typing import Any, Callable, Counter as CounterOf, Dict, List, Optional
from urllib.parse import urlsplit

from driven_host import CapturedOutput, VirtualLoop, WatchedHttp
from minimal_sdk import EventLoop, HttpTransport, Whisperr
from values import Values, as_it_is, contract_names, error_as_json, python_names

Command = Dict[str, Any]


class Driver:
    """One client at a time, what became of its calls, and a method per command of the protocol."""

    def __init__(self, loop: EventLoop, http: WatchedHttp, output: CapturedOutput) -> None:
        self.is_done = False
        self.exit_code = 0
        self._loop = loop
        self._http = http
        self._transport = HttpTransport(loop)
        self._output = output
        self._values = Values(
            lambda *arguments: self._live().track(*arguments),
            lambda: self._live().flush(),
            lambda: self._live().shutdown(),
        )
        self._forget()

    def perform(self, command: Command) -> Any:
        """The value to post; an exception becomes an error result."""
        action: Optional[Callable[[Command], Any]] = getattr(self, f"_do_{command['do']}", None)
        if action is None:
            raise ValueError(f"this driver knows no command {command['do']!r}")
        return action(command)

    def _forget(self) -> None:
        self._client: Optional[Whisperr] = None
        #: Lives beside it, once a case asks for another one.
        self._second: Optional[Whisperr] = None
        self._options: Dict[str, Any] = {}
        #: Arguments of the latest call, the very objects that were passed, and how their names were written.
        self._latest: List[Any] = []
        self._rename: Callable[[Any], Any] = as_it_is
        self._errors: List[Dict[str, Any]] = []
        self._thrown: List[str] = []
        self._promises: Dict[str, Any] = {}

    def _live(self) -> Whisperr:
        if self._client is None:
            raise RuntimeError("there is no client: creation failed or was never asked for")
        return self._client

    def _do_create(self, command: Command) -> Any:
        self._forget()
        self._output.lines.clear()
        if isinstance(self._loop, VirtualLoop):
            self._loop.restart(command["nowMs"] + command.get("clockFractionMs", 0))
        options = python_names(self._values.decode_object(command["options"]))
        app_on_error = options.get("on_error")

        def on_error(error: Any) -> Any:
            self._errors.append(error_as_json(error))
            return app_on_error(error) if app_on_error else None

        self._options = options if command.get("onError") == "absent" else {**options, "on_error": on_error}
        try:
            self._client = self._new_client(self._transport)
        except ValueError as error:
            return {"created": False, "error": contract_names(str(error))}
        return {"created": True}

    def _new_client(self, transport: HttpTransport) -> Whisperr:
        return Whisperr(self._loop, self._http.over(transport), random.random, **self._options)

    def _do_call(self, command: Command) -> None:
        client = self._live()
        if command.get("elsewhere"):
            self._second = client = self._second or self._new_client(HttpTransport(self._loop))
        for call in command["calls"]:
            for index in range(call.get("repeat", 1)):
                self._call(client, call, index)

    def _call(self, client: Whisperr, call: Dict[str, Any], index: int) -> None:
        name = next((one for one in ("track", "identify") if one in call), None)
        if name is None:
            raise ValueError(f"this driver knows no call {call!r}")
        arguments = [self._values.decode(value, index) for value in call[name]]
        # What an event carries is the app's own data; what identify() takes has names of the SDK's.
        self._rename = python_names if name == "identify" else as_it_is
        self._latest = [self._rename(value) for value in arguments]
        target = client.for_user(self._values.decode(call["forUser"], index)) if "forUser" in call else client
        try:
            getattr(target, name)(*self._latest)
        except Exception as error:  # noqa: BLE001 - whatever it is, the runner has to know
            self._thrown.append(f"{name}: {error}")

    def _do_mutate(self, command: Command) -> None:
        changes = self._rename(self._values.decode_object(command["set"]))
        changed = self._latest[command["argument"]]
        for key in command.get("path", []):
            changed = changed[key]
        changed.update(changes)

    def _do_flush(self, command: Command) -> None:
        self._promises[command["name"]] = self._live().flush(command.get("timeoutMs"))

    def _do_shutdown(self, command: Command) -> None:
        self._promises[command["name"]] = self._live().shutdown(command.get("timeoutMs"))
        if self._second and command["name"] == "closing":
            self._second.shutdown(command.get("timeoutMs"))

    def _do_collect(self, command: Command) -> Any:
        promise = self._promises.get(command["name"])
        if promise is None:
            return None
        return {"state": "fulfilled", "value": promise.result()} if promise.done() else {"state": "pending"}

    def _do_advance(self, command: Command) -> None:
        self._virtual().advance(command["ms"])

    def _do_jump(self, command: Command) -> None:
        self._virtual().jump(command["ms"])

    def _virtual(self) -> VirtualLoop:
        if not isinstance(self._loop, VirtualLoop):
            raise RuntimeError("this process was started with real time")
        return self._loop

    def _do_idle(self, _: Command) -> Any:
        self._loop.run_ready()
        is_virtual = isinstance(self._loop, VirtualLoop)
        return {**self._http.idle(), "nextTimerInMs": self._virtual().next_timer_in_ms() if is_virtual else None}

    def _do_hold(self, _: Command) -> None:
        self._http.hold()

    def _do_release(self, _: Command) -> None:
        self._http.release()

    def _do_observe(self, _: Command) -> Any:
        stats = summed([client.stats() for client in (self._client, self._second) if client])
        return {"stats": stats, "errors": self._errors, "output": self._output.lines, "thrown": self._thrown}

    def _do_leftovers(self, _: Command) -> Any:
        return {"timers": len(self._loop.timers), "listeners": len(self._loop.exit_hooks)}

    def _do_bye(self, command: Command) -> None:
        self.is_done = True
        self.exit_code = command.get("exitCode", 0)


def summed(stats: List[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    """Of all clients together."""
    if not stats:
        return None
    dropped: CounterOf[str] = Counter()
    for one in stats:
        dropped.update(one["dropped"])
    return {**{key: sum(one[key] for one in stats) for key in ("accepted", "delivered", "pending")}, "dropped": dropped}


def pull(control: str, perform: Callable[[Command], Any], hand_over: Callable[[Callable[[], None]], None]) -> None:
    """The control traffic, in a thread of its own; commands are carried out in the loop's thread."""
    address = urlsplit(control)
    connection = HTTPConnection(address.hostname or "", address.port)
    results: "queue.SimpleQueue[Dict[str, Any]]" = queue.SimpleQueue()
    text = ""
    command: Command = {}
    while command.get("do") != "bye":
        if not text:
            text = exchange(connection, "GET", f"{address.path}/next")
            continue
        command = json.loads(text)
        hand_over(lambda: results.put(result_of(perform, command)))
        text = exchange(connection, "POST", f"{address.path}/result", json.dumps(results.get()))
    connection.close()


def result_of(perform: Callable[[Command], Any], command: Command) -> Dict[str, Any]:
    try:
        return {"ok": True, "value": perform(command)}
    except Exception as error:  # noqa: BLE001 - the runner reports it
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


def exchange(connection: HTTPConnection, method: str, path: str, body: str = "") -> str:
    """The next command; empty when there is none for now."""
    connection.request(method, path, body)
    return connection.getresponse().read().decode("utf-8")


def main() -> int:
    control, clock = sys.argv[1:3]
    output = CapturedOutput()
    sys.stdout = sys.stderr = output
    loop = VirtualLoop() if clock == "virtual" else EventLoop()
    driver = Driver(loop, WatchedHttp(), output)
    puller = threading.Thread(target=pull, args=(control, driver.perform, loop.call_soon), daemon=True)
    puller.start()
    loop.run_until(lambda: driver.is_done)
    puller.join()
    return driver.exit_code


if __name__ == "__main__":
    sys.exit(main())
