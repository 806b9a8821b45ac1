"""security.md A: redirect URIs as developers register them. What would be ambiguous later is refused now."""

from __future__ import annotations

import pytest

import flow
from human import Human
from test_security_redirects import refused_on_a_page

# What a developer may type, and must not get.
UNREGISTRABLE = [
    "http://roster.example/callback",
    "https://ROSTER.example/callback",
    "https://roster.example.:443/callback",
    "https://roster.example:443/callback",
    "https://roster.example:/callback",
    "https://a@roster.example/callback",
    "https://evil.example\\.roster.example/",
    "https:/\\evil.example/",
    "https://roster.example/a/../b",
    "https://roster.example/a/%2e%2e/b",
    "https://roster.example/a/%2E%2e/b",
    "https://roster.example/a%2fb",
    "https://roster.example/a/..;/b",
    "https://evil.example%2f.roster.example/",
    "https://roster.example/#x",
    "https://roster.example/#",
    "https://roster.example/?code=1",
    "https://roster.example/?a=b&state=1",
    "https://roster.example/?iss=1",
    "https://roster.example/?error=1",
    "https://*.roster.example/*",
    ".*",
    "*",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:x",
    "about:blank",
    "intent:x",
    "https://roster.example:0/",
    "https://roster.example:65536/",
    "https://roster.example:99999999999999999999/",
    "https://roster.example:-1/",
    "https://roster.example:8080abc/",
    "https://caf\u00e9.example/",
    "https://r\u03bfster.example/",
    "https://good.example\u3002evil.example/",
    "https://roster.example/caf\u00e9",
    "https://roster.example/a b",
    "https://roster.example/\tb",
    "/callback",
    "roster.example/callback",
    "https://",
    "https:///callback",
    "https://roster.example/" + "a" * 2100,
    "http://127.1/cb",
    "http://0x7f.1/cb",
    "http://2130706433/cb",
    "http://017700000001/cb",
    "http://0.0.0.0/cb",
    "http://[::ffff:127.0.0.1]/cb",
    "http://[0:0:0:0:0:0:0:1]/cb",
    "http://127.0.0.1.nip.io/cb",
    "http://localhost.evil.example/cb",
    "http://127.0.0.1@evil.example/cb",
    "myapp:/cb",
]


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_case_2_to_22_registration_refuses_them_each_with_its_reason(lin: Human, kind: str):
    accepted, vague = [], []
    for uri in UNREGISTRABLE:
        answer = lin.submit("/apps/new", flow.details("Never", [uri], kind, ["account:read"]), action="/apps")
        if answer.status_code != 422:
            accepted.append((uri, answer.status_code))
        elif '#field-callbacks"' not in answer.text:
            vague.append(uri)
    assert accepted == []
    assert vague == [], "no error at the callback's own field"


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
