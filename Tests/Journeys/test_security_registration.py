"""Security A: redirect URIs as developers register them. What would be ambiguous later is refused now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import flow
import markup
from human import Human
from test_security_redirects import refused_on_a_page


@pytest.fixture(params=["confidential", "public"])
def refused(request: pytest.FixtureRequest, lin: Human) -> Callable[..., None]:
    """Types each of these as the callback of a new app. Each must be refused, with an error at its own field."""

    def check(*uris: str) -> None:
        for uri in uris:
            values = flow.details("Never", [uri], request.param, ["account:read"])
            answer = lin.submit("/apps/new", values, action="/apps")
            assert answer.status_code == 422, f"{uri}: {answer.status_code}"
            assert markup.links(answer.text, "#field-") == ["#field-callbacks"], uri

    return check


def test_case_2_only_the_canonical_spelling_can_be_registered(refused):
    refused(
        "https://ROSTER.example/callback",
        "https://roster.example./callback",
        "https://roster.example:443/callback",
        "https://roster.example:/callback",
        "HTTPS://roster.example/callback",
        "/callback",
        "roster.example/callback",
        "https://",
        "https:///callback",
        "http://roster.example/callback",
    )


def test_case_3_user_info_cannot_be_registered(refused):
    refused(
        "https://a@roster.example/callback", "https://a:b@roster.example/callback", "http://127.0.0.1@evil.example/cb"
    )


def test_case_4_a_backslash_cannot_be_registered(refused):
    refused("https://evil.example\\.roster.example/", "https:/\\evil.example/", "https://roster.example/\\")


def test_case_5_dot_segments_cannot_be_registered(refused):
    refused(
        "https://roster.example/a/../b",
        "https://roster.example/a/%2e%2e/b",
        "https://roster.example/a/%2E%2e/b",
        "https://roster.example/a%2fb",
        "https://roster.example/a/..;/b",
        "https://roster.example/./b",
    )


def test_case_6_encoded_hosts_cannot_be_registered(refused):
    refused("https://evil.example%2f.roster.example/", "https://roster.example%00/", "https://%72oster.example/")


def test_case_7_fragments_cannot_be_registered(refused):
    refused("https://roster.example/#x", "https://roster.example/#")


def test_case_9_names_that_the_answer_needs_cannot_be_registered(refused):
    refused(
        *(
            f"https://roster.example/?{query}"
            for query in ("code=1", "a=b&state=1", "iss=1", "error=1", "%63ode=1", "error_description=x")
        )
    )


def test_case_10_patterns_cannot_be_registered(refused):
    refused("https://*.roster.example/*", "https://*/", ".*", "*")


def test_case_13_schemes_that_browsers_run_cannot_be_registered(refused):
    refused(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://roster.example/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:x",
        "about:blank",
        "intent:x",
    )


def test_case_17_only_the_literal_loopback_names_go_without_tls(refused):
    refused(
        "http://127.1/cb",
        "http://0x7f.1/cb",
        "http://2130706433/cb",
        "http://017700000001/cb",
        "http://0.0.0.0/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://127.0.0.1.nip.io/cb",
        "http://localhost.evil.example/cb",
        "http://127.0.0.2/cb",
        "http://LOCALHOST/cb",
    )


def test_case_19_odd_ports_cannot_be_registered_and_do_not_trap(refused, server):
    refused(
        *(
            f"https://roster.example:{port}/"
            for port in ("0", "65536", "99999999999999999999", "-1", "8080abc", "9223372036854775808")
        )
    )
    assert server.is_running


def test_case_22_and_23_only_visible_ascii_can_be_registered(refused):
    refused(
        "https://caf\u00e9.example/",
        "https://r\u03bfster.example/",
        "https://good.example\u3002evil.example/",
        "https://roster.example/caf\u00e9",
        "https://roster.example/a b",
        "https://roster.example/\tb",
        "https://roster.example/a\u0301",
    )


def test_case_29_long_ones_cannot_be_registered(refused):
    refused("https://roster.example/" + "a" * 2100)


def test_case_29_there_is_an_end_to_how_many(lin: Human):
    many = [f"https://roster.example/{number}" for number in range(30)]
    values = flow.details("Never", many, "confidential", ["account:read"])
    assert lin.submit("/apps/new", values, action="/apps").status_code == 422


def test_case_76_a_client_cannot_choose_its_id(lin: Human, app: flow.App):
    values = flow.details("Chooser", ["https://choose.example/callback"], "confidential", ["account:read"])
    answer = lin.submit("/apps/new", values | {"client_id": app.client_id, "id": app.id}, action="/apps")
    shown = lin.page(answer.headers["Location"])
    assert flow.CLIENT_ID.search(shown).group() != app.client_id and app.id not in answer.headers["Location"]


def test_case_20_a_private_scheme_is_for_public_apps_only(lin: Human):
    values = flow.details("Never", ["com.example.app:/cb"], "confidential", ["account:read"])
    assert lin.submit("/apps/new", values, action="/apps").status_code == 422
    app = flow.register(lin, "com.example.app:/cb", kind="public")
    answer = lin.wire.get(flow.authorize_path("northwind", app, flow.pkce()[1], redirect_uri="com.example.app://cb"))
    refused_on_a_page(answer)


def test_case_11_an_app_cannot_be_registered_without_a_callback(lin: Human):
    for callbacks in ([], [""], ["   "]):
        values = flow.details("Never", callbacks, "confidential", ["account:read"])
        assert lin.submit("/apps/new", values, action="/apps").status_code == 422
