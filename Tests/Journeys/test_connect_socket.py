"""The socket that waits for a result, byte by byte (RFC 6455), as the wire format's clients use it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import socket
import struct

import pytest

from server import Server
from wire import Wire

UUID4 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Line:
    """One TCP connection, and what of it a WebSocket client needs."""

    def __init__(self, server: Server):
        self.raw = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        self.host = server.base.removeprefix("http://")
        self.rest = b""

    def ask(self, target: str = "/", **headers: str | None) -> tuple[int, bytes]:
        """An upgrade request, and the head of its answer."""
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {
            "Host": self.host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13", **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        lines = [f"GET {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in fields.items() if value is not None]
        self.raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.rest:
            piece = self.raw.recv(4096)
            assert piece, f"cut after {self.rest!r}"
            self.rest += piece
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if status == 101:
            accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
            assert b"sec-websocket-accept: " + accept.lower() in head.lower()
        return status, head

    def frame(self) -> tuple[int, bytes]:
        """The next frame: what kind, and what it holds. (0, b"") when the line was cut."""

        def take(count: int) -> bytes:
            while len(self.rest) < count:
                piece = self.raw.recv(4096)
                if not piece:
                    return b""
                self.rest += piece
            taken, self.rest = self.rest[:count], self.rest[count:]
            return taken

        head = take(2)
        if not head:
            return 0, b""
        assert head[0] & 0x80 and not head[1] & 0x80, "whole frames, unmasked"
        length = head[1]
        if length == 126:
            length = struct.unpack(">H", take(2))[0]
        return head[0] & 0x0F, take(length)

    def send(self, kind: int, content: bytes = b"") -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(content))
        self.raw.sendall(bytes([0x80 | kind, 0x80 | len(content)]) + mask + masked)

    def message(self) -> dict:
        kind, content = self.frame()
        assert kind == TEXT, (kind, content)
        return json.loads(content)


@pytest.fixture
def line(server: Server):
    lines: list[Line] = []

    def open_one() -> Line:
        lines.append(Line(server))
        return lines[-1]

    yield open_one
    for one in lines:
        one.raw.close()


@pytest.fixture
def fails(wire: Wire, demo: dict):
    """A connect request that ends at once, with an error for this socket."""

    def ask(name: str) -> None:
        keys = demo["broker"]
        path = f"/oauth/connect/nowhere?connection_id=u1&public_key={keys['public_key']}&ws_client_id={name}"
        assert wire.get(path).status_code == 400

    return ask


def test_it_says_its_name_first_and_the_result_once_and_goes(line, fails):
    one = line()
    assert one.ask()[0] == 101
    hello = one.message()
    assert hello["message_type"] == "connection_ack" and UUID4.match(hello["ws_client_id"])
    assert list(hello) == ["message_type", "ws_client_id"]
    fails(hello["ws_client_id"])
    result = one.message()
    assert result["message_type"] == "error" and result["error_type"] == "provider_config_err"
    assert result["provider_config_key"] == "nowhere" and result["connection_id"] == "u1"
    kind, content = one.frame()
    assert kind == CLOSE and struct.unpack(">H", content[:2])[0] == 1000
    one.send(CLOSE, content[:2])
    assert one.frame() == (0, b"")


def test_a_result_waits_for_the_line_that_was_cut(line, fails):
    first = line()
    first.ask()
    name = first.message()["ws_client_id"]
    first.raw.close()
    fails(name)
    second = line()
    assert second.ask(f"/?ws_client_id={name}")[0] == 101
    assert second.message() == {"message_type": "connection_ack", "ws_client_id": name}
    assert second.message()["error_type"] == "provider_config_err"


def test_a_name_that_is_none_gets_another(line):
    one = line()
    one.ask("/?ws_client_id=mine")
    assert UUID4.match(one.message()["ws_client_id"])


def test_two_lines_of_one_name_both_hear(line, fails):
    first = line()
    first.ask()
    name = first.message()["ws_client_id"]
    second = line()
    second.ask(f"/?ws_client_id={name}")
    second.message()
    fails(name)
    assert first.message() == second.message()


def test_it_stays_awake_and_answers(line):
    one = line()
    one.ask()
    one.message()
    one.send(PING, b"are you there")
    assert one.frame() == (PONG, b"are you there")
    one.send(TEXT, b"nobody reads this")
    # The server's own heartbeat, after longer than any request may take.
    assert one.frame() == (PING, b"")
    one.send(CLOSE, struct.pack(">H", 1000))
    assert one.frame()[0] == CLOSE


def test_it_opens_on_a_line_that_was_used_before(line):
    one = line()
    one.raw.sendall(f"GET /healthz HTTP/1.1\r\nHost: {one.host}\r\n\r\n".encode())
    seen = b""
    while b"ok" not in seen.lower():
        seen += one.raw.recv(4096)
    assert one.ask()[0] == 101
    assert one.message()["message_type"] == "connection_ack"


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/", {"Sec_WebSocket_Version": "8"}, 400),
        ("/", {"Sec_WebSocket_Key": None}, 400),
        ("/login", {}, 200),
        ("/", {"Host": "evil.example"}, 421),
        ("/", {"Upgrade": "h2c"}, 200),
        ("/nowhere", {}, 404),
    ],
)
def test_nothing_else_is_upgraded(line, target: str, headers: dict, status: int):
    assert line().ask(target, **headers)[0] == status


def test_frames_that_are_too_large_end_the_line(line):
    one = line()
    one.ask()
    one.message()
    one.raw.sendall(bytes([0x81, 0xFE]) + struct.pack(">H", 60_000) + b"\0\0\0\0" + b"x" * 60_000)
    kind, _ = one.frame()
    assert kind in (CLOSE, 0)


def masked(first: int, content: bytes = b"") -> bytes:
    """A frame with this first byte (end bit, extension bits and kind), masked with zeros."""
    return bytes([first, 0x80 | len(content)]) + bytes(4) + content


@pytest.mark.parametrize(
    "bytes_sent",
    [
        pytest.param(bytes([0x81, 2]) + b"hi", id="§5.1: not masked"),
        pytest.param(bytes([0x89, 0]), id="§5.1: a ping that is not masked"),
        pytest.param(masked(0xC1, b"hi"), id="§5.2: a bit of an extension"),
        pytest.param(masked(0x83, b"hi"), id="§5.2: a kind of message that is reserved"),
        pytest.param(masked(0x8B), id="§5.2: a kind of control frame that is reserved"),
        pytest.param(masked(0x80, b"hi"), id="§5.4: goes on with what never began"),
        pytest.param(masked(0x01, b"h") + masked(0x81, b"i"), id="§5.4: begins anew in the middle"),
        pytest.param(masked(0x09), id="§5.5: a control frame in parts"),
        pytest.param(masked(0x88, b"x"), id="§5.5.1: half a code"),
    ],
)
def test_a_client_that_breaks_the_rules_is_told_so_and_cut(line, bytes_sent: bytes):
    one = line()
    one.ask()
    one.message()
    one.raw.sendall(bytes_sent)
    kind, content = one.frame()
    assert kind == CLOSE and struct.unpack(">H", content[:2])[0] == 1002
    assert one.frame() == (0, b"")


def test_a_message_in_parts_with_a_ping_between_is_no_mistake(line):
    one = line()
    one.ask()
    one.message()
    one.raw.sendall(masked(0x01, b"he") + masked(0x89, b"?") + masked(0x00, b"l") + masked(0x80, b"lo") + masked(0x89, b"!"))
    assert [one.frame(), one.frame()] == [(PONG, b"?"), (PONG, b"!")]
