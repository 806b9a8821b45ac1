"""oauthlib builds and reads every message itself; requests and curl only carry them."""

from __future__ import annotations

import json
import subprocess

import pytest
from oauthlib.oauth2 import AccessDeniedError, InvalidClientError, WebApplicationClient

import flow
from human import Human
from test_authlib import sent_back
from wire import Wire

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_v2_with_pkce_and_refresh(ada: Human, app: flow.App, wire: Wire, base: str):
    client = WebApplicationClient(app.client_id)
    verifier = client.create_code_verifier(64)
    challenge = client.create_code_challenge(verifier, "S256")
    address = client.prepare_request_uri(
        f"{base}/t/acme/oauth/authorize",
        redirect_uri=app.callback,
        scope=app.scopes,
        state="of mine",
        code_challenge=challenge,
        code_challenge_method="S256",
    )
    came = client.parse_request_uri_response(sent_back(ada, address), state="of mine")
    assert came["iss"] == f"{base}/t/acme"

    body = client.prepare_request_body(
        redirect_uri=app.callback, code_verifier=verifier, client_secret=app.client_secret
    )
    token = client.parse_request_body_response(
        wire.post("/t/acme/oauth/token", data=body, headers=FORM).text, scope=app.scopes
    )
    address, headers, _ = client.add_token(f"{base}/t/acme/api/v1/people")
    assert wire.get(address, headers=headers).status_code == 200

    body = client.prepare_refresh_body(
        refresh_token=token["refresh_token"], client_id=app.client_id, client_secret=app.client_secret
    )
    again = client.parse_request_body_response(wire.post("/t/acme/oauth/token", data=body, headers=FORM).text)
    assert again["access_token"] != token["access_token"]
    address, headers, _ = client.add_token(f"{base}/t/acme/api/v1/me")
    assert wire.get(address, headers=headers).status_code == 200


def test_a_narrower_refresh_is_granted_and_the_grant_stays_as_it_was(ada: Human, app: flow.App, wire: Wire):
    """RFC 6749 §6 (case 83)."""
    tokens = flow.new_tokens(ada, wire, app)
    narrow = flow.refresh(wire, app, tokens["refresh_token"], scope="account:read").json()
    assert narrow["scope"] == "account:read"
    bearer = {"Authorization": f"Bearer {narrow['access_token']}"}
    assert wire.get("/t/acme/api/v1/people", headers=bearer).status_code == 403
    wide = flow.refresh(wire, app, narrow["refresh_token"])
    assert wide.status_code == 200 and set(wide.json()["scope"].split()) == set(app.scopes)
    wider = flow.refresh(wire, app, wide.json()["refresh_token"], scope="account:read people:write")
    assert flow.error_of(wider) == "invalid_scope"


def test_a_denial_is_read_as_one(ada: Human, app: flow.App):
    client = WebApplicationClient(app.client_id)
    page = ada.page(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent", state="of mine"))
    with pytest.raises(AccessDeniedError):
        client.parse_request_uri_response(flow.decide(ada, page, "deny").headers["Location"], state="of mine")


def test_an_error_is_read_as_one(app: flow.App, wire: Wire):
    client = WebApplicationClient(app.client_id)
    body = client.prepare_request_body(code="gw_ac_x", redirect_uri=app.callback, client_secret="gw_cs_wrong")
    answer = wire.post("/t/acme/oauth/token", data=body, headers=FORM)
    with pytest.raises(InvalidClientError):
        client.parse_request_body_response(answer.text)


def curl(address: str, body: dict[str, str]) -> dict:
    """The documented line, flag by flag."""
    ran = subprocess.run(
        [
            "curl",
            "-sS",
            "-X",
            "POST",
            "--header",
            "Content-Type: application/json",
            "--header",
            "Accept: application/json",
            "--data",
            json.dumps(body),
            address,
        ],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_seeds_curl_with_a_json_body_v1(ada: Human, relaxed_app: flow.App, wire: Wire, base: str):
    code = flow.authorize(ada, flow.authorize_path("acme", relaxed_app))["code"][0]
    token = curl(
        f"{base}/t/acme/oauth/token",
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": relaxed_app.callback,
            **relaxed_app.credentials,
        },
    )
    wire.ledger.collect(str(token))
    assert set(token) == {"access_token", "token_type", "created_at"}, token
    assert flow.works(wire, token["access_token"])


def test_the_seeds_curl_with_a_json_body_v2_and_refresh(ada: Human, app: flow.App, wire: Wire, base: str):
    code, verifier = flow.new_code(ada, app)
    token = curl(
        f"{base}/t/acme/oauth/token",
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.callback,
            "code_verifier": verifier,
            **app.credentials,
        },
    )
    assert set(token) == {"access_token", "refresh_token", "token_type", "expires_in", "scope", "created_at"}, token
    again = curl(
        f"{base}/t/acme/oauth/token",
        {"grant_type": "refresh_token", "refresh_token": token["refresh_token"], **app.credentials},
    )
    wire.ledger.collect(str(token), str(again))
    assert set(again) == set(token) and flow.works(wire, again["access_token"])


def test_the_curl_of_demo_json_answers_200(demo: dict, people: dict):
    ran = subprocess.run(
        ["bash", "-c", demo["curl"] + " -sS -w '\\n%{http_code}'"], capture_output=True, text=True, timeout=20
    )
    assert ran.stdout.strip().endswith("200"), ran
    assert people["ada"]["email"] in ran.stdout
    assert demo["developer_token"] in demo["curl"]


def test_the_subdomain_spelling_gives_the_same_answers(ada: Human, app: flow.App, wire: Wire, server, demo: dict):
    """Both address forms always route; one of them is the issuer."""
    code, verifier = flow.new_code(ada, app)
    tenant = next(one for one in demo["tenants"] if one["slug"] == "acme")
    host = tenant["subdomain_address"].removeprefix("http://")
    assert host == f"acme.localhost:{server.port}"
    answer = wire.post(
        "/oauth/token",
        headers={"Host": host},
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.callback,
            "code_verifier": verifier,
            **app.credentials,
        },
    )
    assert answer.status_code == 200, answer.text
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert wire.get("/api/v1/people", headers=bearer | {"Host": host}).status_code == 200
    elsewhere = {"Host": f"globex.localhost:{server.port}"}
    assert wire.get("/api/v1/people", headers=bearer | elsewhere).status_code == 401
    page = wire.get("/oauth/authorize?x=1", headers={"Host": host, "Accept": "text/html"})
    assert page.status_code == 302, "pages are shown on the portal's own host only"
    assert page.headers["Location"] == f"{server.base}/t/acme/oauth/authorize?x=1"


def test_metadata_is_found_where_rfc_8414_says(wire: Wire, base: str):
    inserted = wire.get("/.well-known/oauth-authorization-server/t/acme")
    appended = wire.get("/t/acme/.well-known/oauth-authorization-server")
    assert inserted.status_code == appended.status_code == 200 and inserted.json() == appended.json()
    metadata = inserted.json()
    assert metadata["issuer"] == f"{base}/t/acme"
    assert metadata["token_endpoint"] == f"{base}/t/acme/oauth/token"
    assert metadata["authorization_endpoint"] == f"{base}/t/acme/oauth/authorize"
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert set(metadata["token_endpoint_auth_methods_supported"]) >= {"client_secret_basic", "client_secret_post"}
    assert wire.get("/t/nosuchtenant/.well-known/oauth-authorization-server").status_code == 404
