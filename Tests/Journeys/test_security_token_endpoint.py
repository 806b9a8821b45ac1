"""Security G, H and I: how the token endpoint reads requests, how the API reads bearer tokens, scopes."""

from __future__ import annotations

import gzip
import json
import time

import pytest
import requests

import flow
from human import Human
from wire import Wire, exchange, form_body, post_request, raw

TOKEN_PATH = "/t/acme/oauth/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "PATCH", "DELETE"])
def test_case_89_only_post(wire: Wire, method: str):
    answer = wire.request(method, TOKEN_PATH)
    assert answer.status_code == 405
    assert {one.strip() for one in answer.headers["Allow"].split(",")} <= {"POST", "OPTIONS"}
    assert "POST" in answer.headers["Allow"]


def test_case_89_trace_is_never_echoed(server):
    answer = raw(
        server.port,
        f"TRACE {TOKEN_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Secret: echo-me\r\n"
        "Connection: close\r\n\r\n".encode(),
    )
    assert answer.status in (400, 404, 405, 501) and b"echo-me" not in answer.body


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
        "application/x-www-form-urlencodedx",
        "text/json",
    ],
)
def test_case_90_other_content_types_are_415(server, app: flow.App, kind: str | None):
    body = form_body(grant_type="refresh_token", refresh_token="x", **app.credentials)
    request = post_request(server.port, TOKEN_PATH, body, kind=kind or "")
    if kind is None:
        request = request.replace(b"Content-Type: \r\n", b"")
    assert raw(server.port, request).status == 415


RIGHT = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "y"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"grant_type":"refresh_token","grant_type":"authorization_code"}',
        b'{"grant_type":1}',
        b'{"grant_type":null}',
        b'{"grant_type":{"a":"b"}}',
        b'{"grant_type":["refresh_token"]}',
        b"[]",
        b'"text"',
        b"",
        b"{",
        b"{}x",
        b"\xef\xbb\xbf{}",
        json.dumps(RIGHT).encode("utf-16"),
        json.dumps(RIGHT).encode("utf-16-le"),
        b'{"grant_type":"\xff"}',
        b'{"grant_type":"\\u0000"}',
        b'{"grant_type":"\\ud800"}',
        b"{'grant_type':'x'}",
        b'{"a":' * 600 + b"1" + b"}" * 600,
        b'{"gr\\u0061nt_type":"refresh_token","grant_type":"refresh_token"}',
    ],
    ids=range(19),
)
def test_case_91_json_is_read_strictly(wire: Wire, body: bytes):
    answer = wire.post(TOKEN_PATH, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and flow.error_of(answer) == "invalid_request"


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=%ff",
        b"grant_type=%c0%af",
        b"grant_type=a%00b",
        b"grant_type=%zz",
        b"grant_type=%",
        b"grant_type=\xff",
        b"grant_type=refresh_token&refresh_token=%ed%a0%80",
        b"%ff=1&grant_type=refresh_token",
        b"grant_type=%2",
    ],
)
def test_case_92_forms_are_decoded_strictly(wire: Wire, body: bytes):
    answer = wire.post(TOKEN_PATH, data=body, headers=FORM)
    assert answer.status_code == 400 and flow.error_of(answer) == "invalid_request"


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "utf-7"])
def test_case_92_no_other_charset(wire: Wire, charset: str):
    answer = wire.post(
        TOKEN_PATH,
        data=b"grant_type=refresh_token",
        headers={"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"},
    )
    assert answer.status_code in (400, 415)
    right = wire.post(
        TOKEN_PATH, data=b"grant_type=x", headers={"Content-Type": "Application/X-WWW-Form-URLencoded; charset=UTF-8"}
    )
    assert right.status_code in (400, 401) and flow.error_of(right) != ""


def test_case_94_large_and_compressed_bodies(server, wire: Wire):
    assert wire.post(TOKEN_PATH, data=b"a=" + b"b" * (16 * 1024), headers=FORM).status_code == 413
    bomb = gzip.compress(b"a" * 10_000_000)
    packed = wire.post(TOKEN_PATH, data=bomb, headers=FORM | {"Content-Encoding": "gzip"})
    assert packed.status_code in (400, 415)


def test_case_94_an_endless_chunked_body_is_cut_off(server):
    head = (
        f"POST {TOKEN_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()
    started = time.monotonic()
    received, closed = exchange(server.port, head + (b"1000\r\n" + b"a" * 4096 + b"\r\n") * 64, seconds=3)
    assert b" 413 " in received.split(b"\r\n")[0] or (closed and not received)
    assert time.monotonic() - started < 6


def test_case_94_a_body_shorter_than_promised_is_no_request(server):
    request = post_request(server.port, TOKEN_PATH, b"grant_type=x").replace(
        b"Content-Length: 12", b"Content-Length: 50"
    )
    received, _ = exchange(server.port, request, seconds=0.5)
    assert b" 200 " not in received[:20]


@pytest.mark.parametrize(
    "body",
    [
        b"&".join(b"p%d=1" % i for i in range(10_000)),
        b"n" * 10_000 + b"=1",
        b"a" + b"[b]" * 3000 + b"=1",
        b"&".join(b"p%d=1" % i for i in range(1_000)),
        b"&" * 10_000,
    ],
    ids=["many", "long name", "nested", "1000", "empty"],
)
def test_case_95_many_parameters_cost_nothing(wire: Wire, body: bytes):
    started = time.monotonic()
    answer = wire.post(TOKEN_PATH, data=body, headers=FORM)
    assert answer.status_code in (400, 413)
    assert time.monotonic() - started < 1.0


def test_case_96_grant_types(wire: Wire, app: flow.App):
    for grant, error in (
        ("password", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ("AUTHORIZATION_CODE", "unsupported_grant_type"),
        (None, "invalid_request"),
        ("", "invalid_request"),
    ):
        body = {"username": "ada", "password": "x", **app.credentials} | (
            {} if grant is None else {"grant_type": grant}
        )
        answer = wire.post(TOKEN_PATH, data=body)
        assert (answer.status_code, flow.error_of(answer)) == (400, error), grant


def test_case_96_missing_parameters_are_invalid_requests(wire: Wire, app: flow.App):
    for body in ({"grant_type": "authorization_code"}, {"grant_type": "refresh_token"}):
        assert flow.error_of(wire.post(TOKEN_PATH, data=body | app.credentials)) == "invalid_request"
    twice = [("grant_type", "refresh_token"), ("refresh_token", "a"), ("refresh_token", "b"), *app.credentials.items()]
    assert flow.error_of(wire.post(TOKEN_PATH, data=twice)) == "invalid_request"


def rfc_form(answer: requests.Response) -> None:
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    body = answer.json()
    if "error" in body:
        assert body["error"] in {
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope",
            "temporarily_unavailable",
        }
        allowed = {0x20, 0x21, *range(0x23, 0x5C), *range(0x5D, 0x7F)}
        assert set(body.get("error_description", "").encode()) <= allowed
        assert "marker" not in answer.text, "input is echoed"


def test_case_97_every_answer_has_the_form_of_the_rfc(wire: Wire, app: flow.App, ada: Human):
    origin = {"Origin": "https://roster.example"}
    code, verifier = flow.new_code(ada, app)
    rfc_form(flow.redeem(wire, app, code, verifier))
    for body in (
        {"grant_type": 'marker"\\<é'},
        {"grant_type": "refresh_token", "refresh_token": "marker"},
        {"grant_type": "authorization_code", "code": "marker", "redirect_uri": "marker"},
        {"marker": "1"},
        {"grant_type": "refresh_token", "client_id": "marker", "client_secret": "marker"},
    ):
        rfc_form(wire.post(TOKEN_PATH, data=body | ({} if "client_id" in body else app.credentials), headers=origin))
    rfc_form(wire.post(TOKEN_PATH, data=b"{marker", headers={"Content-Type": "application/json"}))
    rfc_form(wire.get(TOKEN_PATH + "?marker"))
