"""Security R, over bare sockets: framing, limits, slow clients, confusing paths."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

import markup
from human import Human
from wire import answers, connect, exchange, form_body, get_request, raw, read_all

LOGIN = "/t/acme/oauth/token"


def request(port: int, *lines: str, body: bytes = b"") -> bytes:
    return "".join(line + "\r\n" for line in (f"POST {LOGIN} HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines)).encode() + (
        b"\r\n" + body
    )


BODY = b"grant_type=x"
CHUNKED = b"c\r\ngrant_type=x\r\n0\r\n\r\n"

SMUGGLING = {
    "CL.TE": (["Content-Length: 4", "Transfer-Encoding: chunked"], CHUNKED),
    "TE.CL": (["Transfer-Encoding: chunked", "Content-Length: 4"], CHUNKED),
    "TE.TE": (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], CHUNKED),
    "TE xchunked": (["Transfer-Encoding: xchunked"], CHUNKED),
    "TE list": (["Transfer-Encoding: chunked, identity"], CHUNKED),
    "TE space": (["Transfer-Encoding : chunked"], CHUNKED),
    "two CL": (["Content-Length: 12", "Content-Length: 5"], BODY),
    "CL list": (["Content-Length: 12, 5"], BODY),
    "CL +": (["Content-Length: +12"], BODY),
    "CL hex": (["Content-Length: 0xC"], BODY),
    "CL negative": (["Content-Length: -1"], BODY),
    "CL huge": (["Content-Length: 99999999999999999999"], BODY),
    "CL text": (["Content-Length: twelve"], BODY),
    "obs-fold": (["Content-Length: 12", "X: a", " b"], BODY),
    "space before colon": (["Content-Length : 12"], BODY),
    "NUL in header": (["Content-Length: 12", "X: a\0b"], BODY),
    "bare CR in header": (["Content-Length: 12", "X: a\rb: c"], BODY),
    "no name": (["Content-Length: 12", ": x"], BODY),
    "chunk size sign": (["Transfer-Encoding: chunked"], b"+c\r\ngrant_type=x\r\n0\r\n\r\n"),
    "chunk size text": (["Transfer-Encoding: chunked"], b"zz\r\ngrant_type=x\r\n0\r\n\r\n"),
    "chunk size huge": (["Transfer-Encoding: chunked"], b"fffffffffffffffff\r\nx\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize(("headers", "body"), SMUGGLING.values(), ids=SMUGGLING.keys())
def test_case_245_ambiguous_framing_is_refused_and_the_connection_closed(server, headers: list[str], body: bytes):
    probe = get_request(server.port, "/healthz")
    message = request(server.port, "Content-Type: application/x-www-form-urlencoded", *headers, body=body) + probe
    received, closed = exchange(server.port, message, seconds=0.7)
    statuses = answers(received)
    assert statuses[:1] == [400] or (closed and not received), (statuses, received[:120])
    assert statuses.count(200) == 0, "what stood behind was answered as a request of its own"
    assert closed


@pytest.mark.parametrize(
    "line",
    [
        b"GET /healthz HTTP/9.9",
        b"GET /healthz",
        b"\0GET /healthz HTTP/1.1",
        b"GET\t/healthz\tHTTP/1.1",
        b"G\xffT /healthz HTTP/1.1",
    ],
)
def test_case_245_a_bad_request_line(server, line: bytes):
    received, closed = exchange(server.port, line + f"\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode(), seconds=0.7)
    statuses = answers(received)
    assert statuses in ([400], [505], []) and closed


def test_case_245_pipelined_requests_are_answered_in_order(server):
    first = get_request(server.port, "/healthz").replace(b"Connection: close\r\n", b"")
    received, _ = exchange(server.port, first + get_request(server.port, "/nowhere"), seconds=1)
    assert [s for s in answers(received)][:1] == [200] and b" 404 " in received


def test_case_246_header_limits(server):
    def answer(headers: str, target: str = "/v2/me"):
        return raw(server.port, get_request(server.port, target, headers))

    assert answer(f"X: {'a' * 7000}\r\n", "/healthz").status == 200
    assert answer("".join(f"X-{n}: a\r\n" for n in range(80)), "/healthz").status == 200
    for headers in (
        f"X: {'a' * 9000}\r\n",
        f"X: {'a' * 200_000}\r\n",
        "".join(f"X-{n}: {'a' * 4000}\r\n" for n in range(10)),
        "".join(f"X-{n}: a\r\n" for n in range(150)),
    ):
        refused = answer(headers)
        assert refused.status == 431 and refused.closed, (refused.status, headers[:40])
        assert json.loads(refused.body)["code"] == "headers_too_large"
        lengths = [value for name, value in refused.headers if name.lower() == "content-length"]
        assert lengths == [str(len(refused.body))]
        assert refused.header("X-Content-Type-Options") == "nosniff" and refused.header("Cache-Control") == "no-store"
        assert answer(headers, "/login").body.startswith(b"<!doctype html>")
    for target in ("/v2/me?" + "a" * 9000, "/v2/" + "a" * 60_000):
        refused = answer("", target)
        assert refused.status == 414 and refused.closed, refused.status
        assert json.loads(refused.body)["code"] == "uri_too_long"
    page = answer("", "/login?next=/" + "a" * 9000)
    assert page.status == 414 and "too long" in markup.visible_text(page.body.decode())


def test_case_246_nothing_is_answered_out_of_order(server):
    """An overlong request behind one that is still being answered: that answer comes first, and whole."""
    first = get_request(server.port, "/login").replace(b"Connection: close\r\n", b"")
    received, closed = exchange(
        server.port, first + get_request(server.port, "/v2/me", f"X: {'a' * 9000}\r\n"), seconds=2
    )
    assert answers(received)[0] == 200 and b"</html>" in received and closed
    assert set(answers(received)[1:]) <= {400, 431}


def test_case_168_too_many_cookies_have_a_way_out(server):
    cookie = f"Cookie: gw_session={'a' * 20_000}\r\n"
    for path in ("/", "/login", "/dashboard", "/t/acme/oauth/authorize?client_id=x"):
        page = raw(server.port, get_request(server.port, path, cookie))
        text = page.body.decode()
        assert page.status == 431 and page.header("Location") is None and page.header("Clear-Site-Data") is None
        assert "cookies" in markup.visible_text(text) and markup.links(text, "/cookies/clear")
    cleared = raw(server.port, get_request(server.port, "/cookies/clear", cookie))
    assert cleared.status == 431 and cleared.header("Clear-Site-Data") == '"cookies"'
    assert markup.links(cleared.body.decode(), "/login")
    # A link to it signs nobody out whose cookies can be read.
    small = raw(server.port, get_request(server.port, "/cookies/clear", "Cookie: gw_session=a\r\n"))
    assert (small.status, small.header("Location")) == (303, "/login") and small.header("Clear-Site-Data") is None
    assert all("=;" not in value for name, value in small.headers if name.lower() == "set-cookie")


def _drip(connection: socket.socket) -> None:
    """A byte every other second, which must not win it any time."""
    for _ in range(30):
        time.sleep(2)
        try:
            connection.sendall(b"a")
        except OSError:
            return


@pytest.fixture(scope="module")
def dawdlers(server) -> Iterator[dict[str, socket.socket]]:
    """Clients that begin and do not go on. Opened with the first test here and looked at in the last."""
    opened = {
        "silent": b"",
        "half a header": b"GET /healthz HTTP/1.1\r\nHost: 127",
        "half a body": f"POST {LOGIN} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 100\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant".encode(),
    }
    sockets = {}
    for name, sent in opened.items():
        sockets[name] = connect(server.port)
        sockets[name].sendall(sent)
    for name in ("half a header, later", "a header that drips, later"):
        sockets[name] = connect(server.port)
        sockets[name].sendall(get_request(server.port, "/healthz").replace(b"Connection: close\r\n", b""))
        received, closed = read_all(sockets[name], 1)
        assert answers(received) == [200] and not closed
        sockets[name].sendall(b"GET /healthz HTTP/1.1\r\nHost: 127")
    drip = threading.Thread(target=_drip, args=(sockets["a header that drips, later"],), daemon=True)
    drip.start()
    yield sockets
    for one in sockets.values():
        one.close()


@pytest.mark.parametrize(
    "path",
    [
        "//operator",
        "/./operator",
        "/%6fperator",
        "/operator%2f",
        "/operator;x",
        "/assets/../operator",
        "/operator/",
        "/operator%00",
        "/OPERATOR",
        "/operator%23",
        "/%2e/operator",
        "/assets/%2e%2e/operator",
        "\\operator",
        "/operator\\",
        "/t/acme/../../operator",
        "//evil.example/operator",
        "/operator%252f",
        "/operator?/../x",
    ],
)
def test_case_250_there_is_one_spelling_of_a_path(server, dawdlers, grace: Human, path: str):
    cookie = f"Cookie: gw_session={grace.session_cookie}\r\n"
    for headers in ("", cookie):
        answer = raw(server.port, get_request(server.port, path, headers))
        location = answer.header("Location") or ""
        assert answer.status in (301, 302, 303, 308, 400, 403, 404), (path, answer.status)
        assert not location.startswith("//") and "evil" not in location and "\\" not in location, location
        assert b"outbox" not in answer.body.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../Package.swift",
        "/assets/..%2fPackage.swift",
        "/assets/%2e%2e/Package.swift",
        "/assets/.git/config",
        "/assets/..\\Package.swift",
        "/assets//app.css",
        "/assets/app.css/",
        "/assets/%61pp.css%00",
        "/assets/../../etc/passwd",
        "/Package.swift",
        "/var/demo.json",
        "/demo.json",
        "/.git/config",
        "/Migrations/sqlite/0001_people_and_tenants.sql",
    ],
)
def test_case_256_files_come_from_the_shelf_only(server, path: str):
    answer = raw(server.port, get_request(server.port, path))
    assert answer.status in (400, 404), (path, answer.status)
    assert b"swift-tools-version" not in answer.body and b"CREATE TABLE" not in answer.body


@pytest.mark.parametrize("length", ["99999999999999999999", "-5", "5, 5", "5 5", "", "9223372036854775808", "1e3", "٥"])
def test_case_252_odd_lengths_do_not_trap(server, length: str):
    message = (
        f"POST {LOGIN} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/x-www-form-urlencoded"
        f"\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    ).encode() + form_body(grant_type="x")
    received, _ = exchange(server.port, message, seconds=0.7)
    assert answers(received) in ([400], [413], []), received[:100]
    assert server.is_running and raw(server.port, get_request(server.port, "/healthz")).status == 200


@pytest.mark.parametrize(
    "header",
    [
        "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(500)),
        "Range: bytes=0-99999999999999999999",
        "Accept: " + "*/*," * 900,
        "If-Modified-Since: 99999999999999999999",
        "Accept: application/json;q=1e999",
        "Accept-Language: " + "x-" * 1000,
        "Authorization: Bearer " + "gw_dt_" + "9" * 36,
        "Cookie: " + "=;" * 2000,
        "Expect: 200-ok",
        "Upgrade: h2c",
        "Content-Type: " + ";" * 2000,
        "Max-Forwards: 99999999999999999999",
    ],
    ids=range(12),
)
def test_case_269_no_header_traps(server, header: str):
    for path in ("/assets/app.css", "/v2/me", "/login"):
        received, _ = exchange(server.port, get_request(server.port, path, header + "\r\n"), seconds=1)
        assert answers(received)[0] < 500
    assert server.is_running


def test_case_247_slow_clients_are_shown_out_and_others_served(server, dawdlers):
    """The dawdlers have been waiting since the first test of this file; ten seconds are the most they get."""
    started = time.monotonic()
    assert raw(server.port, get_request(server.port, "/healthz")).status == 200
    assert time.monotonic() - started < 1, "others wait for them"
    still_open = []
    for name, one in dawdlers.items():
        _, closed = read_all(one, max(0.5, 15 - (time.monotonic() - started)))
        if not closed:
            still_open.append(name)
    assert still_open == []
