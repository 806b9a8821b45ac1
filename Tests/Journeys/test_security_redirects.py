"""security.md A: redirect URIs at the live authorize endpoint and at registration. Wrong ones never get a Location."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
import requests

import flow
import markup
from conftest import FAR_CALLBACK
from human import Human
from wire import Wire, get_request, raw


def refused_on_a_page(answer: requests.Response) -> None:
    """A page on our own host; nothing that a browser would follow."""
    assert answer.status_code == 400, f"{answer.status_code} {answer.headers}"
    assert "Location" not in answer.headers and "Refresh" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'http-equiv="refresh"' not in answer.text.lower()
    assert not [link for link in markup.links(answer.text) if "evil" in link or "roster.example" in link]


@pytest.fixture
def never(ada: Human, wire: Wire, app: flow.App) -> Callable[..., None]:
    """Sends a correct request with each of these redirect URIs, signed in and not. None may lead anywhere."""

    def check(*uris: str) -> None:
        for uri in uris:
            path = flow.authorize_path("acme", app, flow.pkce()[1], redirect_uri=uri)
            for browser in (ada.wire, wire):
                refused_on_a_page(browser.get(path))

    return check


def test_case_1_a_longer_or_differently_written_path_is_another_uri(never):
    never(
        *(
            f"https://roster.example{end}"
            for end in ("/callback123", "/callback/", "/Callback", "/callback?x=1", "/callback?", "", "/")
        )
    )
    never("http://roster.example/callback", "/callback", "roster.example/callback", "//roster.example/callback")


def test_case_2_hosts_and_ports_are_compared_as_written(never):
    never(
        *(
            f"https://{host}/callback"
            for host in (
                "ROSTER.example",
                "roster.example.",
                "roster.example:443",
                "roster.example:",
                "roster.example:0443",
            )
        )
    )
    never("HTTPS://roster.example/callback")


def test_case_3_user_info_is_never_accepted(never):
    never(
        *(
            f"https://{host}/callback"
            for host in (
                "roster.example@evil.example",
                "roster.example:443@evil.example",
                "evil.example@roster.example",
                "a@b@roster.example",
                "@roster.example",
                "roster.example%40evil.example",
            )
        )
    )


def test_case_4_a_backslash_is_never_accepted(never):
    never(
        "https://evil.example\\.roster.example/callback",
        "https://roster.example\\@evil.example/callback",
        "https:/\\roster.example/callback",
        "https:\\\\roster.example\\callback",
    )


def test_case_5_paths_are_not_resolved(never):
    never(
        *(
            f"https://roster.example{path}"
            for path in (
                "/callback/../callback",
                "/a/%2e%2e/callback",
                "/a/%252e%252e/callback",
                "/a/..%2fcallback",
                "/a/..;/callback",
                "//callback",
                "/./callback",
                "/%63allback",
            )
        )
    )


def test_case_6_encoded_delimiters_in_the_host(never):
    never(
        "https://evil.example%2f.roster.example/callback",
        "https://roster.example%00.evil.example/callback",
        "https://roster.example%09/callback",
        "https://roster.example%23@evil.example/callback",
    )


def test_case_7_a_fragment_even_an_empty_one(never):
    never("https://roster.example/callback#x", "https://roster.example/callback#")


def test_case_10_nothing_is_a_pattern(never):
    never(
        "https://rosterXexample/callback", "https://a.roster.example/callback", "https://*.example/callback", "*", ".*"
    )


def test_case_13_schemes_that_browsers_run(never):
    never(
        "javascript://roster.example/%0aalert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://roster.example/x",
        "about:blank",
        "intent:x",
        "\tjavascript:x",
    )


def test_case_19_ports_beyond_what_there_is_do_not_trap(never, server):
    never(
        *(
            f"https://roster.example:{port}/callback"
            for port in ("0", "65536", "99999999999999999999", "-1", "8080abc", "9223372036854775808")
        )
    )
    assert server.is_running


def test_case_20_another_kind_of_scheme(never):
    never("example.roster:/callback", "roster:/callback", "example.roster://callback")


def test_case_21_the_same_characters_in_other_bytes(never):
    never(
        "https://roster.example/callback\u0301",
        "https://roster.example/callbac\u212a",
        "https://roster.example/c\u0061\u0300llback",
    )


def test_case_22_hosts_that_look_the_same(never):
    never(
        "https://roster\u3002example/callback",
        "https://\uff52oster.example/callback",
        "https://r\u03bfster.example/callback",
        "https://\u24e1oster.example/callback",
    )


def test_case_23_control_characters_and_spaces(never):
    never(
        "https://roster.example/callback\r\nSet-Cookie: a=b",
        "https://roster.example/callback\n",
        " https://roster.example/callback",
        "https://roster.example/callback ",
        "https://roster.example/callback\0",
        "\u00a0https://roster.example/callback",
    )


def test_case_28_it_is_decoded_once(never):
    never(quote(FAR_CALLBACK, safe=""), quote(quote(FAR_CALLBACK, safe=""), safe=""))


def test_case_29_two_thousand_bytes(never):
    never("https://roster.example/callback/" + "a" * 2000)


@pytest.mark.parametrize(
    "error",
    [
        {"scope": "nonsense"},
        {"response_type": "token"},
        {"response_type": None},
        {"prompt": "none"},
        {"code_challenge_method": "plain"},
        {"request": "x"},
        {"response_mode": "form_post"},
    ],
    ids=str,
)
def test_case_26_another_error_does_not_make_a_wrong_redirect_uri_right(
    ada: Human, wire: Wire, app: flow.App, error: dict
):
    path = flow.authorize_path("acme", app, flow.pkce()[1], redirect_uri="https://evil.example/", **error)
    refused_on_a_page(ada.wire.get(path))
    refused_on_a_page(wire.get(path))


def test_case_26_an_unknown_client_never_redirects(ada: Human, wire: Wire, app: flow.App):
    for client_id in ("gw_id_" + "0" * 22, "", "x", None, app.client_id + "\u0301", app.client_id.swapcase()):
        path = flow.authorize_path("acme", app, flow.pkce()[1], client_id=client_id)
        refused_on_a_page(ada.wire.get(path))
        refused_on_a_page(wire.get(path))


def test_case_24_redirect_uri_sent_twice_in_either_order(ada: Human, app: flow.App):
    for first, second in (
        (FAR_CALLBACK, "https://evil.example/"),
        ("https://evil.example/", FAR_CALLBACK),
        (FAR_CALLBACK, FAR_CALLBACK),
    ):
        path = flow.authorize_path("acme", app, flow.pkce()[1], redirect_uri=first)
        refused_on_a_page(ada.wire.get(path + "&redirect_uri=" + quote(second, safe="")))


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
    for change in ({"scope": "nonsense"}, {"response_type": "token"}, {"code_challenge_method": "plain"}):
        answer = wire.get(flow.authorize_path("acme", app, flow.pkce()[1], **change))
        location = answer.headers.get("Location", "")
        assert not location.startswith("https://roster.example"), location
        assert urlsplit(location).netloc in ("", urlsplit(wire.base).netloc)


def test_case_29_a_very_long_request_is_refused_and_survived(server, app: flow.App):
    for size in (8 * 1024, 64 * 1024):
        target = f"/t/acme/oauth/authorize?client_id={app.client_id}&redirect_uri=https://roster.example/" + "a" * size
        answer = raw(server.port, get_request(server.port, target))
        assert answer.status in (400, 414, 431) and answer.header("Location") is None
    assert server.is_running


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
