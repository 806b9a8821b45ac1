"""Security R and S at the running process: many connections, and what a log may say of hostile requests."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Callable

from ledger import Ledger
from server import READY, Server
from wire import answers, exchange, form_body, get_request, post_request, raw


def test_case_261_one_event_is_one_line_whatever_is_in_it(launch: Callable[..., Server], ledger: Ledger):
    server = launch(GATEWRIGHT_MODE="production", GATEWRIGHT_LOG_LEVEL="debug")
    nasty = 'x"}\x1b[31m\x7f{"level":"critical","message":"forged"}'
    for path in ("/login", "/v2/me", "/nowhere/" + "%0a%0d", "/t/acme/oauth/authorize?client_id=%0d%0aforged"):
        raw(server.port, get_request(server.port, path, f"User-Agent: {nasty}\r\nX-Forwarded-For: {nasty}\r\n"))
        exchange(server.port, get_request(server.port, path, "User-Agent: a\nforged: b\r\n"), seconds=0.3)
    raw(server.port, post_request(server.port, "/t/acme/oauth/token", form_body(grant_type="x\r\nforged", client_id="a")))
    lines = server.log.read_bytes().split(b"\n")
    events = [line for line in lines if line.startswith(b"{")]
    assert events, "nothing was logged at debug level"
    for line in events:
        json.loads(line)
        assert not set(line) & {*range(0x20), 0x7F}, line
    assert not [line for line in lines if line.startswith((b"forged", b'{"level":"critical"'))]


def test_case_260_at_debug_level_too_no_secret_is_logged(launch: Callable[..., Server], ledger: Ledger):
    server = launch(GATEWRIGHT_LOG_LEVEL="debug")
    demo = server.demo()
    token, secret = demo["developer_token"], demo["app"]["client_secret"]
    never = ("gw_ac_" + "A" * 36, "gw_rt_" + "B" * 36, "gw_at_" + "C" * 36, "canary-password-of-nobody")
    raw(server.port, get_request(server.port, "/v2/me", f"Authorization: Bearer {token}\r\n"))
    raw(server.port, get_request(server.port, f"/v2/me?access_token={token}"))
    raw(server.port, get_request(server.port, f"/login?next=/tokens%3Fx={never[2]}", f"Cookie: gw_session={never[1]}\r\n"))
    for fields in (
        {"grant_type": "authorization_code", "code": never[0], "code_verifier": "v" * 43},
        {"grant_type": "refresh_token", "refresh_token": never[1]},
        {"grant_type": "password", "username": "ada", "password": never[3]},
    ):
        body = form_body(**fields, client_id=demo["app"]["client_id"], client_secret=secret)
        raw(server.port, post_request(server.port, "/t/acme/oauth/token", body))
        raw(server.port, post_request(server.port, "/t/acme/oauth/token?client_secret=" + secret, body[: len(body) // 2]))
    logged = server.logged()
    assert b"token request refused" in logged, "the log says nothing at all"
    for word in (token, secret, *never, demo["people"][0]["password"]):
        assert word.encode() not in logged, word


def test_case_248_more_idle_connections_than_files_may_be_open(launch: Callable[..., Server], ledger: Ledger):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        server = launch()  # inherits it
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    idle: list[socket.socket] = []
    try:
        for _ in range(600):
            one = socket.socket()
            one.settimeout(0.5)
            try:
                one.connect(("127.0.0.1", server.port))
            except OSError:
                one.close()
                break
            idle.append(one)
        assert len(idle) > 256, "the test could not open enough"
        assert server.is_running
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    deadline = time.monotonic() + 5
    status: list[int] = []
    while status != [200] and time.monotonic() < deadline:
        try:
            received, _ = exchange(server.port, get_request(server.port, "/readyz"), seconds=1)
            status = answers(received)
        except OSError:
            time.sleep(0.1)
    assert status == [200], "it does not recover within 5 s"
    assert READY in server.log.read_text()
