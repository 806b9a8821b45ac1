"""Security A: redirect URIs at the live authorize endpoint and at registration. Wrong ones never get a Location."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

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


def test_case_29_a_very_long_request_is_refused_and_survived(server, app: flow.App):
    for size in (8 * 1024, 64 * 1024):
        target = f"/t/acme/oauth/authorize?client_id={app.client_id}&redirect_uri=https://roster.example/" + "a" * size
        answer = raw(server.port, get_request(server.port, target))
        assert answer.status in (400, 414, 431) and answer.header("Location") is None
    assert server.is_running
