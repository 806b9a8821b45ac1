"""Security K, cases 142 and 143: who we are comes from the configuration, who you are from the connection."""

from __future__ import annotations

import pytest

import human
import markup
from human import Human
from ledger import Ledger
from wire import Wire, get_request, raw


def test_case_142_links_in_mails_come_from_the_configuration(base: str, ledger: Ledger):
    person = Human(base, ledger)
    email = human.new_email("hosted")
    form = markup.form(person.page("/signup"), "/signup")
    fields = form.filled({"name": "Hosted", "email": email, "password": human.new_password(ledger)})
    answer = person.wire.post(
        "/signup",
        data=fields,
        headers={
            "Origin": base,
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "X-Original-URL": "/evil",
            "Forwarded": "host=evil.example;proto=https",
        },
    )
    assert answer.status_code == 303 and "evil" not in answer.headers["Location"]
    letter = human.letters(person.wire, email)[0]
    assert f"{base}/verify/" in markup.visible_text(letter) and "evil" not in letter


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "acme.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:1",
        "",
        "nosuchtenant.localhost",
        "a.acme.localhost",
        "acme.localhost.evil",
    ],
)
def test_case_142_an_unknown_host_is_refused(server, host: str):
    for path in ("/login", "/t/acme/.well-known/oauth-authorization-server", "/v2/me"):
        answer = raw(server.port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.status in (400, 404, 421), (host, path, answer.status)
        assert b"evil" not in answer.body


def test_case_142_two_hosts(server):
    own = f"Host: 127.0.0.1:{server.port}\r\n"
    twice = f"GET /login HTTP/1.1\r\n{own}Host: evil.example\r\nConnection: close\r\n\r\n"
    assert raw(server.port, twice.encode()).status == 400


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/login",
        "http://evil.example/t/acme/.well-known/oauth-authorization-server",
        "HTTPS://evil.example/dashboard",
        "http://evil.example",
        "http://evil.example?x=/login",
        "http://127.0.0.1@evil.example/login",
        "http://127.0.0.1.evil.example/login",
        "http://evil.example\\@127.0.0.1/login",
        "evil.example:80/login",
        "foo:/login",
        "ftp://evil.example/login",
        "http:///login",
        "http:/login",
        "login",
        "*",
    ],
)
def test_case_142_the_host_of_an_absolute_target_counts(server, target: str):
    """RFC 9112 §3.2.2: it stands for Host, which names us here."""
    answer = raw(server.port, get_request(server.port, target))
    assert answer.status in (400, 404, 421), answer.status
    assert answer.header("Location") is None and b"evil" not in answer.body


def test_case_142_an_absolute_target_of_our_own_is_answered(server):
    own = f"http://127.0.0.1:{server.port}"
    for host in (f"127.0.0.1:{server.port}", "evil.example"):
        message = f"GET {own}/healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        assert raw(server.port, message.encode()).status == 200
        message = f"GET {own}/t/acme/.well-known/oauth-authorization-server HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        answer = raw(server.port, message.encode())
        assert answer.status == 200 and b"evil" not in answer.body
    twice = f"GET {own}/healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"
    assert raw(server.port, twice.encode()).status == 400


def test_case_142_metadata_ignores_what_proxies_claim(wire: Wire, base: str):
    for headers in (
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Host": "evil.example"},
    ):
        metadata = wire.get("/t/acme/.well-known/oauth-authorization-server", headers=headers)
        assert metadata.json()["issuer"] == f"{base}/t/acme" and "evil" not in metadata.text


def test_case_143_a_forged_address_does_not_reset_the_count(base: str, ledger: Ledger):
    person = Human(base, ledger)
    statuses = []
    for number in range(12):
        form = markup.form(person.wire.get("/login").text, "/login")
        answer = person.wire.post(
            "/login",
            data=form.filled({"email": "x@forged.example", "password": "wrong words"}),
            headers={
                "Origin": base,
                "X-Forwarded-For": f"10.0.0.{number}",
                "Forwarded": f"for=10.0.0.{number}",
                "X_Forwarded_For": "::1",
            },
        )
        statuses.append(answer.status_code)
    assert statuses.count(422) == 10 and statuses[-1] == 429
