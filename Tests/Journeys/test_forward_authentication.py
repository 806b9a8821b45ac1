"""The integrating company: a real proxy in front of a small API lets through exactly what a token's scopes allow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

import flow
from human import Human
from ledger import Ledger
from proxies import Chain
from server import Server
from wire import Wire


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def chain(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    running = Chain(request.param, server.base, tmp_path_factory.mktemp(request.param))
    yield running
    running.stop()


@pytest.fixture
def proxy(chain: Chain, ledger: Ledger) -> Wire:
    return Wire(chain.base, ledger)


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def seen(answer: requests.Response) -> dict[str, list[str]]:
    """What arrived at the API."""
    return answer.json()["seen"]


@pytest.fixture(scope="module")
def writer(lin: Human) -> flow.App:
    return flow.register(lin, "https://writer.example/callback", scopes=("people:read", "people:write"))


def test_without_a_token_the_api_is_not_reached(proxy: Wire):
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Cookie": "gw_session=x"}):
        answer = proxy.get("/orders", headers=headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith('Bearer realm="api"')
        assert "chairs" not in answer.text


def test_the_api_learns_who_calls_and_never_sees_the_token(proxy: Wire, demo: dict):
    answer = proxy.get("/orders", headers=bearer(demo["developer_token"]))
    assert answer.status_code == 200 and "40 folding chairs" in answer.text
    arrived = seen(answer)
    assert arrived["X-Auth-Tenant"] == ["acme"]
    assert arrived["X-Auth-Person"][0].startswith("per_")
    assert arrived["X-Auth-App"] in ([], [""])
    assert arrived["X-Auth-Scopes"] == ["account:read people:read"]
    assert arrived["Authorization"] == []


def test_exactly_what_the_scopes_allow(proxy: Wire, wire: Wire, ada: Human, writer: flow.App, demo: dict):
    refused = proxy.post("/orders", data="x=1", headers=bearer(demo["developer_token"]))
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert 'scope="people:write"' in refused.headers["WWW-Authenticate"]
    token = flow.new_tokens(ada, wire, writer)["access_token"]
    allowed = proxy.post("/orders", data="x=1", headers=bearer(token))
    assert allowed.status_code == 201
    assert seen(allowed)["X-Auth-App"] == [writer.client_id]
    reader = flow.new_tokens(ada, wire, writer, scope="people:read", prompt="consent")["access_token"]
    assert proxy.get("/orders", headers=bearer(reader)).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert proxy.request(method, "/orders/1", headers=bearer(reader)).status_code == 403, method


def test_case_254_what_a_caller_claims_about_itself_never_arrives(proxy: Wire, demo: dict):
    claims = {
        "X-Auth-Tenant": "globex",
        "X-Auth-Person": "per_somebody",
        "X-Auth-App": "gw_id_somebody",
        "X-Auth-Scopes": "people:write default",
        "X-Original-URI": "/healthz",
        "X-Forwarded-Uri": "/healthz",
        "X-Forwarded-Method": "GET",
        "X-Original-Method": "GET",
        "X-Forwarded-Host": "globex.example",
        "X-HTTP-Method-Override": "GET",
    }
    assert proxy.get("/orders", headers=claims).status_code == 401
    token = demo["developer_token"]
    assert proxy.post("/orders", data="x", headers=bearer(token, **claims)).status_code == 403
    answer = proxy.get("/orders", headers=bearer(token, **claims))
    assert answer.status_code == 200 and "death ray" not in answer.text
    arrived = seen(answer)
    assert arrived["X-Auth-Tenant"] == ["acme"] and arrived["X-Auth-Scopes"] == ["account:read people:read"]
    assert "gw_id_somebody" not in answer.text and "per_somebody" not in answer.text


def test_each_tenant_gets_its_own(proxy: Wire, mallory: Human):
    _, token = flow.new_developer_token(mallory, "globex")
    answer = proxy.get("/orders", headers=bearer(token))
    assert "death ray" in answer.text and "chairs" not in answer.text


def test_an_app_that_acts_as_itself_is_no_person(proxy: Wire, wire: Wire, ada: Human, writer: flow.App):
    flow.new_tokens(ada, wire, writer)
    answer = wire.post("/t/acme/oauth/token", data={"grant_type": "client_credentials", **writer.credentials})
    assert answer.status_code == 200 and "refresh_token" not in answer.json()
    arrived = seen(proxy.get("/orders", headers=bearer(answer.json()["access_token"])))
    assert arrived["X-Auth-App"] == [writer.client_id] and arrived["X-Auth-Person"] in ([], [""])


def test_case_107_revoked_is_refused_at_the_next_call(proxy: Wire, wire: Wire, ada: Human, writer: flow.App):
    tokens = flow.new_tokens(ada, wire, writer)
    assert proxy.get("/orders", headers=bearer(tokens["access_token"])).status_code == 200
    answer = wire.post("/t/acme/oauth/revoke", data={"token": tokens["refresh_token"], **writer.credentials})
    assert answer.status_code == 200
    assert proxy.get("/orders", headers=bearer(tokens["access_token"])).status_code == 401


def test_case_102_a_token_in_the_address_is_refused(proxy: Wire, demo: dict):
    token = demo["developer_token"]
    answer = proxy.get(f"/orders?access_token={token}", headers=bearer(token))
    assert answer.status_code == 401
