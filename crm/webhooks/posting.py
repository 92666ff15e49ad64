"""One POST to somebody else's server: its own deadline, no redirects, and no more of the answer than is kept."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote

from crm.webhooks import addresses

SECONDS = 10.0
MOST_BYTES = 4_000
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Without a status nothing did, and `problem` says why: a code, then what the system said."""

    status: int | None = None
    body: str = ""
    problem: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Line(http.client.HTTPConnection):
    """A connection to an address that was looked at, spoken to under the name that was asked for."""

    def __init__(self, parts: SplitResult, seconds: float) -> None:
        self.name = _ascii(parts.hostname or "")
        super().__init__(self.name, parts.port or PORTS[parts.scheme], timeout=seconds)
        self.is_secret = parts.scheme == "https"
        self.ends = time.monotonic() + seconds
        self.is_late = False

    def connect(self) -> None:
        self.sock = self._reached()
        if self.is_secret:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.name, do_handshake_on_connect=False)
            self.sock.settimeout(self._seconds_left())
            self.sock.do_handshake()

    def _reached(self) -> socket.socket:
        """The first of the addresses that answers."""
        problem: OSError = addresses.NotFound(self.name)
        for address in addresses.resolve(self.name, self.port):
            try:
                return socket.create_connection((address, self.port), timeout=self._seconds_left())
            except OSError as unreachable:
                problem = unreachable
        raise problem

    def _seconds_left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def hang_up(self) -> None:
        """From another thread: whoever waits for this line waits no longer."""
        self.is_late = True
        if isinstance(self.sock, socket.socket):
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return  # it had ended by itself


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> Answer:
    """Never raises for what the other side does. A drop every few seconds keeps nobody longer than `seconds`."""
    try:
        parts = addresses.read(url)
        line = Line(parts, seconds)
    except addresses.NotAllowed as refusal:
        return Answer(problem=refusal.code)
    watch = threading.Timer(seconds, line.hang_up)
    watch.daemon = True
    watch.start()
    try:
        return _asked(line, _target(parts), body, headers)
    except addresses.NotAllowed as refusal:
        return Answer(problem=refusal.code)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        return Answer(problem=_problem(failure, is_late=line.is_late))
    finally:
        watch.cancel()
        line.close()


def _asked(line: Line, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    line.request("POST", target, body=body, headers=dict(headers))
    response = line.getresponse()
    status, text = response.status, _beginning(response)
    return Answer(status, text, "" if 200 <= status < 300 else _refusal(status))


def _beginning(response: http.client.HTTPResponse) -> str:
    """The status has been heard; an answer that breaks off after it counts all the same."""
    try:
        raw = response.read(MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    return raw.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return "redirect"
    return "gone" if status == http.HTTPStatus.GONE else "status"


def _problem(failure: Exception, *, is_late: bool) -> str:
    if is_late or isinstance(failure, TimeoutError):
        return "too_slow"
    if isinstance(failure, addresses.NotFound):
        return "no_such_name"
    code = "not_trusted" if isinstance(failure, ssl.SSLError) else "no_answer"
    return f"{code} {failure}"[:300]


def _ascii(host: str) -> str:
    """Names in other scripts as the name service knows them."""
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as nonsense:
        raise addresses.NotAllowed("not_an_address") from nonsense


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path
