"""Security Q and case 229: what is shown once, headers on every answer, text that stays text."""

from __future__ import annotations

import re

import pytest
import requests

import flow
import human
import markup
from human import Human
from wire import Wire, exchange, get_request, raw


def test_case_229_a_token_is_shown_once_and_never_again(newcomer: Human, base: str, ledger):
    token_id, token = flow.new_developer_token(newcomer, newcomer.tenant)
    path = f"/tokens/{token_id}/created"
    for _ in range(2):
        again = newcomer.wire.get(path)
        assert token not in again.text and "already shown" in markup.visible_text(again.text)
        assert again.headers["Cache-Control"] == "no-store"
    second_tab = Human(base, ledger)
    second_tab.sign_in(newcomer.email, newcomer.password)
    for other in ("/tokens", "/tokens?status=all", "/dashboard", "/account", f"/tokens/new?from={token_id}", path):
        assert token not in second_tab.wire.get(other).text
    assert all(token not in letter for letter in human.letters(newcomer.wire, newcomer.email))


def test_case_229_a_client_secret_likewise(newcomer: Human):
    app = flow.register(newcomer, "https://once.example/callback")
    for path in (f"/apps/{app.id}/created", f"/apps/{app.id}", f"/apps/{app.id}/edit", "/apps"):
        page = newcomer.wire.get(path)
        assert app.client_secret not in page.text
        assert "no-store" in page.headers["Cache-Control"]
    assert "already shown" in markup.visible_text(newcomer.page(f"/apps/{app.id}/created"))


CRLF = [
    "x%0d%0aSet-Cookie:%20evil=1",
    "x%0aSet-Cookie:%20evil=1",
    "x%0dSet-Cookie:%20evil=1",
    "x%e5%98%8a%e5%98%8dSet-Cookie:%20evil=1",
    "x%E2%80%A8Set-Cookie:%20evil=1",
]


@pytest.mark.parametrize("value", CRLF)
def test_case_238_no_value_becomes_a_header(server, ada: Human, app: flow.App, value: str):
    cookie = f"Cookie: gw_session={ada.session_cookie}\r\n"
    authorize = flow.authorize_path("acme", app, flow.pkce()[1], state=None) + "&state=" + value
    for target in (
        authorize,
        f"/login?next=/{value}",
        f"/tokens?q={value}",
        f"/t/{value}",
        f"/{value}",
        f"/t/acme/api/v1/people?limit={value}",
    ):
        for headers in ("", cookie):
            answer = raw(server.port, get_request(server.port, target, headers))
            assert not [v for name, v in answer.headers if name.lower() == "set-cookie" and "evil" in v], target
            assert not [name for name, _ in answer.headers if "evil" in name.lower()]


def every_kind(ada: Human, wire: Wire, app: flow.App) -> list[requests.Response]:
    """Answers of every kind: pages, errors, redirects, JSON, files, refusals."""
    return [
        wire.get("/"),
        wire.get("/login"),
        wire.get("/nowhere"),
        wire.get("/dashboard"),
        wire.get("/healthz"),
        wire.get("/assets/app.css"),
        wire.get("/assets/app.js"),
        wire.get("/assets/favicon.svg"),
        wire.get("/assets/none"),
        wire.get("/v2/me"),
        wire.get("/t/acme/oauth/token"),
        wire.post("/t/acme/oauth/token", data={"grant_type": "x"}),
        wire.get("/t/acme/.well-known/oauth-authorization-server"),
        wire.post("/login", data={"email": "x"}),
        wire.get("/t/acme/oauth/authorize"),
        wire.delete("/login"),
        wire.get("/demo/mail"),
        ada.wire.get("/account"),
        ada.wire.get("/tokens/new"),
        ada.wire.get("/apps/app_0000000000000000"),
        ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent")),
        ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], scope="nonsense")),
    ]


def test_case_239_the_policy_of_every_page(ada: Human, wire: Wire, app: flow.App):
    pages = [one for one in every_kind(ada, wire, app) if one.headers.get("Content-Type", "").startswith("text/html")]
    assert len(pages) >= 9
    for answer in pages:
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        assert (
            policy["default-src"] == "'none'" and policy["style-src"] == "'self'" and policy["script-src"] == "'self'"
        )
        assert policy["base-uri"] == "'none'" and policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in str(policy) and "*" not in str(policy) and "http" not in str(policy)
        for element in markup.parse(answer.text).iter():
            assert element.tag != "style" and "style" not in element.attrib, "inline style"
            assert not [name for name in element.attrib if name.startswith("on")], "inline script"
            assert element.tag != "script" or (element.get("src") and not (element.text or "").strip())


def test_case_244_headers_on_every_answer(ada: Human, wire: Wire, app: flow.App):
    for answer in every_kind(ada, wire, app):
        where = f"{answer.request.method} {answer.url} {answer.status_code}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["Referrer-Policy"] == "same-origin", where
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", where
        assert "Permissions-Policy" in answer.headers, where
        assert "Server" not in answer.headers or not re.search(r"\d", answer.headers["Server"]), where
        assert "Strict-Transport-Security" not in answer.headers, "not over plain http"


@pytest.mark.parametrize(
    "braces", ["{{csrf}}", "{{{csrf}}}", "<%= 7*7 %>", "${7*7}", "{{#people}}x{{/people}}", "{{> top}}"]
)
def test_case_242_templates_are_never_built_from_data(newcomer: Human, braces: str):
    flow.new_developer_token(newcomer, newcomer.tenant, description=f"Named {braces}")
    assert f"Named {braces}" in markup.visible_text(newcomer.page("/tokens"))
    app = flow.register(newcomer, "https://braces.example/callback", name=f"App {braces}")
    assert f"App {braces}" in markup.visible_text(newcomer.page(f"/apps/{app.id}"))


XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '"\u0301 onfocus=alert(1) x="',
    '"\u200d onfocus=alert(1)',
    '"\ufe0f onfocus=alert(1)',
    '"\u20e3 onfocus=alert(1)',
    "<\u0338script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "</textarea><b>",
    "&#34; onfocus=alert(1)",
    "javascript:alert(1)",
]


def harmless(page: str) -> None:
    for element in markup.parse(page).iter():
        handlers = [name for name in element.attrib if name.startswith("on")]
        assert not handlers, f"<{element.tag} {element.attrib}>"
        assert not (element.get("href") or "").lower().startswith("javascript:")
        assert element.tag not in ("img", "iframe", "object") and (element.tag != "script" or element.get("src"))


@pytest.mark.parametrize("text", XSS, ids=range(len(XSS)))
def test_case_235_and_236_text_stays_text(newcomer: Human, wire: Wire, text: str):
    """Names, descriptions and queries with every way out of text and attributes, in pages that show them again."""
    description = newcomer.submit(
        "/tokens/new", {"tenant": newcomer.tenant, "description": text, "scopes": "account:read"}, action="/tokens"
    )
    values = flow.details(text, [text], "confidential", ["account:read"]) | {"description": text * 3, "homepage": text}
    shown = [
        description.text,
        newcomer.submit("/apps/new", values, action="/apps").text,
        newcomer.submit("/tenants/new", {"name": text, "slug": text}, action="/tenants").text,
        newcomer.page("/tokens"),
        newcomer.wire.get("/tokens", params={"q": text}).text,
        newcomer.wire.get(
            "/tokens/new", params={"description": text, "scopes": text, "expires": text, "from": text}
        ).text,
        wire.get("/login", params={"next": text}).text,
        wire.get("/" + text).text,
        wire.get("/t/" + text).text,
        wire.get("/demo/callback", params={"code": text, "state": text, "error": text, "error_description": text}).text,
        Human(wire.base, wire.ledger).sign_in(text, "x").text,
    ]
    for page in shown:
        harmless(page) if page else None


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"onfocus="x', "{{7*7}}", "marker-4711"])
def test_case_243_error_pages_show_nothing_of_the_request(server, payload: str):
    host = f"HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n"
    method = re.sub("[^A-Za-z]", "", payload).upper() or "X"
    for request in (
        f"GET /nowhere/{payload} {host}",
        f"GET /nowhere?{payload}={payload} {host}",
        f"{method} /login {host}",
        f"DELETE /login?{payload} {host}",
        f"GET /t/acme/oauth/authorize?{payload} {host}",
    ):
        received, _ = exchange(server.port, request.encode(), seconds=1)
        _, _, body = received.partition(b"\r\n\r\n")
        for leak in (b"Hummingbird", b"swift", b".swift:", b"SQL", b"Fatal"):
            assert leak not in body, leak
        if b"<html" in body:
            page = body.decode()
            harmless(page)
            # The theme switch remembers, escaped, where to go back to; nothing else repeats the address.
            assert payload not in markup.visible_text(page)
            assert payload not in markup.title(page)
