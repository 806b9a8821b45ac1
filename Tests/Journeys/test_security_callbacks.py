"""Security A: loopback callbacks, and what redirects carry and when they happen."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

import flow
from human import Human
from test_security_redirects import refused_on_a_page
from wire import Wire


def test_case_25_an_absent_redirect_uri_is_the_one_or_an_error(ada: Human, lin: Human, wire: Wire):
    one = flow.register(lin, "https://one.example/callback")
    code, verifier = flow.new_code(ada, one, redirect_uri=None)
    answer = flow.redeem(wire, one, code, verifier, redirect_uri=None)
    assert answer.status_code == 200, answer.text
    several = flow.register(lin, ["https://several.example/a", "https://several.example/b"])
    refused_on_a_page(ada.wire.get(flow.authorize_path("acme", several, flow.pkce()[1], redirect_uri=None)))


@pytest.mark.parametrize("port", [1024, 51004, 65535])
def test_case_15_only_the_port_of_a_loopback_callback_may_differ(ada: Human, public_app: flow.App, port: int):
    uri = f"http://127.0.0.1:{port}/callback"
    got = ada.wire.get(flow.authorize_path("acme", public_app, flow.pkce()[1], redirect_uri=uri))
    assert got.status_code == 200 and "ticket" in got.text
    location = flow.decide(ada, got.text, "allow").headers["Location"]
    assert location.startswith(uri + "?")


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:51004/Callback",
        "http://127.0.0.1:51004/callback/",
        "http://127.0.0.1:51004/callback?a=b",
        "http://a@127.0.0.1:51004/callback",
        "http://127.0.0.1@evil.example:51004/callback",
        "http://127.1:51004/callback",
        "http://localhost:51004/callback",
        "http://[::1]:51004/callback",
        "https://127.0.0.1:51004/callback",
        "http://0x7f.1:51004/callback",
        "http://2130706433:51004/callback",
        "http://[::ffff:127.0.0.1]:51004/callback",
        "http://127.0.0.1.nip.io:51004/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:99999999999999999999/callback",
        "http://127.0.0.1:-1/callback",
        "http://127.0.0.1:51004",
        "http://127.0.0.1:051004/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:80abc/callback",
    ],
)
def test_case_16_and_17_and_19_anything_else_about_it_may_not(ada: Human, public_app: flow.App, uri: str):
    refused_on_a_page(ada.wire.get(flow.authorize_path("acme", public_app, flow.pkce()[1], redirect_uri=uri)))


def test_case_18_a_web_app_gets_no_exception_for_ports(ada: Human, lin: Human):
    app = flow.register(lin, "http://localhost:7777/callback", kind="confidential")
    for uri in ("http://localhost:7778/callback", "http://localhost/callback"):
        refused_on_a_page(ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], redirect_uri=uri)))


def test_case_27_nobody_is_redirected_before_they_signed_in(wire: Wire, app: flow.App):
    """An open redirector would be an attacker's app and a deliberate error: the person must be known first."""
    for change in (
        {"scope": "nonsense"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"prompt": "none"},
    ):
        answer = wire.get(flow.authorize_path("acme", app, flow.pkce()[1], **change))
        location = answer.headers.get("Location", "")
        assert not location.startswith("https://roster.example"), location
        assert urlsplit(location).netloc in ("", urlsplit(wire.base).netloc)


def test_case_31_every_redirect_after_a_post_is_a_303(ada: Human, app: flow.App, newcomer: Human, wire: Wire):
    page = ada.page(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent"))
    assert flow.decide(ada, page, "deny").status_code == 303
    page = ada.page(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent"))
    assert flow.decide(ada, page, "allow").status_code == 303
    out = newcomer.submit("/dashboard", action="/logout")
    assert out.status_code == 303
    assert newcomer.sign_in(newcomer.email, newcomer.password).status_code == 303


def test_case_32_the_redirect_carries_code_state_and_iss_and_nothing_else(ada: Human, app: flow.App, wire: Wire):
    issuer = wire.get("/t/acme/.well-known/oauth-authorization-server").json()["issuer"]
    got = flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1], state="a b+c%26"))
    assert set(got) == {"code", "state", "iss"}
    assert (got["state"], got["iss"]) == (["a b+c%26"], [issuer])
    got = flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1], scope="nonsense"))
    assert got["error"] == ["invalid_scope"] and got["iss"] == [issuer] and got["state"] == ["st-1"]
    assert set(got) <= {"error", "error_description", "state", "iss"}
    without = flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1], state=None))
    assert set(without) == {"code", "iss"}


def test_case_33_the_token_request_must_name_the_same_redirect_uri(
    ada: Human, app: flow.App, relaxed_app: flow.App, wire: Wire
):
    code, verifier = flow.new_code(ada, app)
    for other in ("https://roster.example/callback/", "https://evil.example/", app.callback + "\u0301"):
        assert flow.error_of(flow.redeem(wire, app, code, verifier, redirect_uri=other)) == "invalid_grant", other
    # Left out: a verifier binds the code as well (OAuth 2.1 §10.2); without one it may not be.
    assert flow.redeem(wire, app, code, verifier, redirect_uri=None).status_code == 200
    unbound = flow.authorize(ada, flow.authorize_path("acme", relaxed_app))["code"][0]
    assert flow.error_of(flow.redeem(wire, relaxed_app, unbound, None, redirect_uri=None)) == "invalid_grant"
    assert flow.redeem(wire, relaxed_app, unbound, None).status_code == 200
