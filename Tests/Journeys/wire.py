"""HTTP as a program speaks it: requests from an address of one's own, and bare sockets for what no library sends."""

from __future__ import annotations

import itertools
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter

from ledger import Ledger

_addresses = itertools.count(1)


def fresh_address() -> str:
    """Another loopback address each time, so that one test's failures do not throttle the next one."""
    number = next(_addresses)
    return f"127.77.{number // 250}.{number % 250 + 1}"


class _FromAddress(HTTPAdapter):
    def __init__(self, address: str):
        self.address = address
        super().__init__(pool_maxsize=4)

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


class Wire(requests.Session):
    """A client on the network. Paths are taken from the server's base; redirects are shown, not followed."""

    def __init__(self, base: str, ledger: Ledger, address: str | None = None):
        super().__init__()
        self.base = base
        self.ledger = ledger
        self.trust_env = False
        self.mount("http://", _FromAddress(address or fresh_address()))
        self.hooks["response"].append(self._note)

    def request(self, method, url, *args, **kwargs):
        kwargs["allow_redirects"] = False  # get() asks for True by itself
        kwargs.setdefault("timeout", 30)
        return super().request(method, self.base + url if url.startswith("/") else url, *args, **kwargs)

    def page(self, path: str, status: int = 200, **kwargs) -> str:
        """The page at `path`, which must answer with this status and HTML."""
        answer = self.get(path, **kwargs)
        assert answer.status_code == status, f"GET {path}: {answer.status_code}\n{answer.text[:400]}"
        assert answer.headers["Content-Type"].lower().startswith("text/html"), answer.headers["Content-Type"]
        return answer.text

    def _note(self, answer: requests.Response, *args, **kwargs) -> None:
        body = answer.request.body
        self.ledger.collect(
            answer.url,
            answer.text,
            answer.headers.get("Location"),
            answer.headers.get("Set-Cookie"),
            body if isinstance(body, str) else None,
        )


@dataclass
class RawAnswer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    closed: bool
    """Whether the server closed the connection after answering."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def connect(port: int, address: str | None = None) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15, source_address=(address or fresh_address(), 0))


def read_all(connection: socket.socket, seconds: float) -> tuple[bytes, bool]:
    """What came until the other side closed, or until nothing came for `seconds`; and whether it closed."""
    connection.settimeout(seconds)
    received = b""
    while True:
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            return received, False
        except ConnectionError:
            return received, True
        if not piece:
            return received, True
        received += piece


def exchange(port: int, message: bytes, seconds: float = 1.0, address: str | None = None) -> tuple[bytes, bool]:
    """Sends these very bytes; gives back all that came, and whether the connection was closed."""
    with connect(port, address) as connection:
        try:
            connection.sendall(message)
        except ConnectionError:
            pass  # refused while we were still talking: the answer may be there all the same
        return read_all(connection, seconds)


def answers(received: bytes) -> list[int]:
    """The status of every response in these bytes."""
    return [int(status) for status in re.findall(rb"(?:^|\r\n|\n|[}>\w])HTTP/1\.[01] (\d{3})", received)]


def raw(port: int, message: bytes, seconds: float = 1.0, address: str | None = None) -> RawAnswer:
    received, closed = exchange(port, message, seconds, address)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert lines[0].startswith("HTTP/1."), f"no HTTP answer but {received[:80]!r} (closed: {closed})"
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
    return RawAnswer(int(lines[0].split()[1]), headers, body, closed)


def get_request(port: int, target: str | bytes, headers: str = "") -> bytes:
    """A GET with this very target, for paths that libraries would tidy up."""
    target = target.encode() if isinstance(target, str) else target
    return (
        b"GET " + target + b" HTTP/1.1\r\n" + f"Host: 127.0.0.1:{port}\r\n{headers}Connection: close\r\n\r\n".encode()
    )


def post_request(
    port: int, path: str, body: bytes, headers: str = "", kind: str = "application/x-www-form-urlencoded"
) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\n{headers}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode() + body


def form_body(**values: str) -> bytes:
    return urlencode(values).encode()
