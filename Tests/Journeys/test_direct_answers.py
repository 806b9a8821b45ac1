"""Answers that are made where the request arrives, among all others on one connection: in order, whole, and the same."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

import flow
from human import Human
from ledger import Ledger
from server import Server
from wire import RawAnswer, Wire, connect, form_body, raw

PATH = "/t/acme/oauth/introspect"


@dataclass
class Question:
    """Asks as the app about its own token."""

    port: int
    app: flow.App
    token: str
    broker: dict
    """The demo's, with a connection and a secret key."""

    def body(self, **changes: str) -> bytes:
        return form_body(**{"token": self.token, **self.app.credentials, **changes})

    def message(self, headers: str = "", **changes: str) -> bytes:
        body = self.body(**changes)
        return self.head(f"Content-Length: {len(body)}\r\n{headers}") + body

    def head(self, headers: str) -> bytes:
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n"
        ).encode()

    def verification(self, scope: str) -> bytes:
        """As a proxy asks about a call (forward authentication)."""
        return self.page(f"/auth/verify?scope={scope}", f"Authorization: Bearer {self.token}\r\n")

    def connection(self, name: str = "") -> bytes:
        """As a backend fetches a connection of the broker."""
        query = f"provider_config_key={self.broker['connection_integration']}"
        return self.page(
            f"/connection/{name or self.broker['connection_id']}?{query}",
            f"Authorization: Bearer {self.broker['secret_key']}\r\n",
        )

    def page(self, path: str, headers: str = "") -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{headers}\r\n".encode()


@pytest.fixture
def question(ada: Human, wire: Wire, app: flow.App, server: Server) -> Question:
    return Question(server.port, app, flow.new_tokens(ada, wire, app)["access_token"], server.demo()["broker"])


class Reader:
    """The answers that come over a connection, one by one."""

    def __init__(self, connection: socket.socket):
        self.stream = connection.makefile("rb")

    def next(self) -> RawAnswer:
        status = int(self.stream.readline().split()[1])
        headers = []
        while (line := self.stream.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers.append((name.lower(), value.strip()))
        return RawAnswer(status, headers, self.stream.read(int(dict(headers)["content-length"])), False)


def test_in_the_order_of_the_questions(question: Question):
    mixed = [
        (question.message(), 200, b'"active":true'),
        (question.page("/healthz"), 200, b"ok"),
        (question.verification("people:read"), 200, b""),
        (question.verification("no:such"), 403, b"insufficient_scope"),
        (question.page("/auth/verify"), 401, b"unauthorized"),
        (question.page("/auth/verify?scope="), 400, b""),
        (question.connection(), 200, b'"credentials":{"type":"API_KEY"'),
        (question.connection("nobody"), 400, b"unknown_connection"),
        (question.connection(), 200, b'"credentials":{"type":"API_KEY"'),
        (question.message(token="gw_at_nothing"), 200, b'{"active":false}'),
        (question.page("/v2/me"), 401, b""),
        (question.message(client_secret="wrong"), 401, b"invalid_client"),
        (question.message(), 200, b'"active":true'),
        (question.page("/login"), 200, b"<!doctype html>"),
        (question.message(), 200, b'"active":true'),
        (question.message(), 200, b'"active":true'),
    ]
    with connect(question.port) as connection:
        connection.sendall(b"".join(message for message, _, _ in mixed))
        reader = Reader(connection)
        for message, status, part in mixed:
            answer = reader.next()
            assert (answer.status, part in answer.body) == (status, True), (message[:60], answer)


def test_many_at_once(question: Question):
    with connect(question.port) as connection:
        connection.sendall((question.message() + question.verification("people:read")) * 50)
        reader = Reader(connection)
        for _ in range(50):
            assert b'"active":true' in reader.next().body
            admitted = reader.next()
            assert (admitted.status, admitted.header("x-auth-tenant"), admitted.body) == (200, "acme", b"")


def test_case_247_whoever_reads_no_answers_is_not_read_either(question: Question):
    message = question.message()
    sent = 0
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", question.port))
        connection.settimeout(4)
        while sent < 40_000_000:
            try:
                sent += connection.send((message * 50)[sent % len(message) :])
            except TimeoutError:
                break
        assert sent < 40_000_000, "the server goes on reading, and keeps all the answers"
        # And it goes on where it was.
        connection.settimeout(15)
        reader = Reader(connection)
        for _ in range(sent // len(message)):
            assert b'"active":true' in reader.next().body


def test_on_the_wire_the_two_ways_are_the_same(question: Question):
    with connect(question.port) as connection:
        reader = Reader(connection)
        # Whoever says more about the connection than keep-alive is answered by the router.
        connection.sendall(question.message() + question.message("Connection: x-other\r\n"))
        direct, routed = reader.next(), reader.next()
    assert direct.status == routed.status == 200 and direct.body == routed.body
    dates = [answer.header("date") for answer in (direct, routed)]
    assert all(date and date.endswith(" GMT") and len(date) == 29 for date in dates), dates
    others = [sorted(pair for pair in answer.headers if pair[0] != "date") for answer in (direct, routed)]
    assert others[0] == others[1]


def test_a_body_that_comes_in_pieces(question: Question):
    body = question.body()
    with connect(question.port) as connection:
        reader = Reader(connection)
        connection.sendall(question.head(f"Content-Length: {len(body)}\r\n"))
        for place in range(0, len(body), 20):
            connection.sendall(body[place : place + 20])
            time.sleep(0.01)
        assert b'"active":true' in reader.next().body
        connection.sendall(question.head("Transfer-Encoding: chunked\r\n"))
        for place in range(0, len(body), 50):
            piece = body[place : place + 50]
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        assert b'"active":true' in reader.next().body


def test_a_body_that_is_too_long_is_refused_as_ever(question: Question):
    for length in (17_000, 400_000):
        answer = raw(question.port, question.message(padding="x" * length), seconds=2)
        assert answer.status in (400, 413), answer
    # No more than one parameter may have, in a body that is not too long.
    assert raw(question.port, question.message(padding="x" * 9_000)).status == 400
    with connect(question.port) as connection:
        connection.sendall(question.message())
        assert b'"active":true' in Reader(connection).next().body


def test_whoever_wants_the_connection_closed_gets_it_closed(question: Question):
    answer = raw(question.port, question.message("Connection: close\r\n"), seconds=5)
    assert answer.closed and b'"active":true' in answer.body


def last_words(port: int, message: bytes) -> bytes:
    """All that comes back to whoever sends this and says that it was all."""
    with connect(port) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(5)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def test_whoever_says_no_more_still_gets_the_answer(question: Question):
    for message, part in ((question.message(), b'"active":true'), (question.verification("people:read"), b"x-auth-tenant")):
        received = last_words(question.port, message)
        assert received.startswith(b"HTTP/1.1 200 ") and part in received.lower(), received


def test_what_was_asked_before_nonsense_is_answered(question: Question):
    with connect(question.port) as connection:
        connection.sendall(question.message() + b"NONSENSE \x01\r\n\r\n")
        assert b'"active":true' in Reader(connection).next().body


def test_half_a_question_is_no_question(question: Question):
    for part in (question.message()[:-5], question.message()[:120]):
        assert b'"active"' not in last_words(question.port, part)


def test_a_server_that_stops_lets_go_of_such_connections(launch: Callable[..., Server], ledger: Ledger):
    server = launch()
    demo = server.demo()["app"]
    credentials = {"client_id": demo["client_id"], "client_secret": demo["client_secret"]}
    body = form_body(token="gw_at_nothing", **credentials)
    message = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    with connect(server.port) as connection:
        connection.sendall(message)
        assert Reader(connection).next().body == b'{"active":false}'
        server.stop()
        connection.settimeout(5)
        assert connection.recv(1) == b""
