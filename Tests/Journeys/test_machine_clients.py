"""What other people's libraries do with tokens besides getting them: asking about them, ending them, finding the way."""

from __future__ import annotations

from authlib.integrations.requests_client import OAuth2Session
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as RequestsSession

import flow
from human import Human
from ledger import Ledger
from wire import Wire


def session(app: flow.App, how: str = "client_secret_basic") -> OAuth2Session:
    client = OAuth2Session(app.client_id, app.client_secret, token_endpoint_auth_method=how)
    client.trust_env = False
    return client


def test_authlib_introspects_and_revokes(ada: Human, wire: Wire, app: flow.App, ledger: Ledger, base: str):
    tokens = flow.new_tokens(ada, wire, app)
    for how in ("client_secret_basic", "client_secret_post"):
        client = session(app, how)
        answer = client.introspect_token(f"{base}/t/acme/oauth/introspect", token=tokens["access_token"])
        assert answer.status_code == 200 and answer.json()["active"] is True
        assert answer.json()["client_id"] == app.client_id and answer.json()["iss"] == f"{base}/t/acme"
    client = session(app)
    revoked = client.revoke_token(
        f"{base}/t/acme/oauth/revoke", token=tokens["refresh_token"], token_type_hint="refresh_token"
    )
    assert revoked.status_code == 200
    answer = client.introspect_token(f"{base}/t/acme/oauth/introspect", token=tokens["access_token"])
    assert answer.json() == {"active": False}
    assert not flow.works(wire, tokens["access_token"])


def test_authlib_finds_its_way_by_metadata(wire: Wire, base: str):
    document = wire.get("/.well-known/oauth-authorization-server/t/acme").json()
    assert document["issuer"] == f"{base}/t/acme"
    for name in ("token", "revocation", "introspection", "authorization"):
        assert document[f"{name}_endpoint"].startswith(f"{base}/t/acme/oauth/")


def test_authlib_gets_a_token_for_the_app_itself(ada: Human, wire: Wire, app: flow.App, ledger: Ledger, base: str):
    flow.new_tokens(ada, wire, app)
    client = session(app)
    token = client.fetch_token(f"{base}/t/acme/oauth/token", grant_type="client_credentials", scope="people:read")
    ledger.collect(str(token))
    assert token["scope"] == "people:read" and "refresh_token" not in token
    assert client.get(f"{base}/t/acme/api/v1/people").status_code == 200


def test_requests_oauthlib_gets_one_too(ada: Human, wire: Wire, app: flow.App, ledger: Ledger, base: str):
    flow.new_tokens(ada, wire, app)
    client = RequestsSession(client=BackendApplicationClient(client_id=app.client_id))
    client.trust_env = False
    token = client.fetch_token(
        f"{base}/t/acme/oauth/token", client_id=app.client_id, client_secret=app.client_secret
    )
    ledger.collect(str(token))
    assert client.get(f"{base}/t/acme/api/v1/people").status_code == 200


def test_case_270_whoever_finds_a_token_ends_it(wire: Wire, newcomer: Human, ledger: Ledger):
    _, token = flow.new_developer_token(newcomer, newcomer.tenant)
    answer = wire.post("/leaked-tokens", data=f"curl -H 'Authorization: Bearer {token}' …".encode())
    assert answer.status_code == 202
    assert wire.get("/v2/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert wire.post("/leaked-tokens", data=b"nothing in here").text == answer.text
