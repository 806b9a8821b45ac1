"""requests-oauthlib's session, unmodified."""

from __future__ import annotations

import time

import pytest
from oauthlib.oauth2 import InvalidGrantError, TokenExpiredError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

import flow
from human import Human
from ledger import Ledger
from test_authlib import sent_back


def test_v2_with_pkce_and_basic(ada: Human, app: flow.App, ledger: Ledger, base: str):
    session = OAuth2Session(app.client_id, redirect_uri=app.callback, scope=app.scopes, pkce="S256")
    session.trust_env = False
    address, _ = session.authorization_url(f"{base}/t/acme/oauth/authorize")
    token = session.fetch_token(
        f"{base}/t/acme/oauth/token",
        authorization_response=sent_back(ada, address),
        auth=HTTPBasicAuth(app.client_id, app.client_secret),
    )
    ledger.collect(str(token))
    assert sorted(token.scopes) == sorted(app.scopes)
    assert session.get(f"{base}/t/acme/api/v1/people").json()["results"]


def test_v2_with_the_secret_in_the_body_and_refresh(ada: Human, app: flow.App, ledger: Ledger, base: str):
    session = OAuth2Session(app.client_id, redirect_uri=app.callback, scope=app.scopes, pkce="S256")
    session.trust_env = False
    address, _ = session.authorization_url(f"{base}/t/acme/oauth/authorize")
    token = session.fetch_token(
        f"{base}/t/acme/oauth/token",
        authorization_response=sent_back(ada, address),
        include_client_id=True,
        client_secret=app.client_secret,
    )
    refreshed = session.refresh_token(
        f"{base}/t/acme/oauth/token", client_id=app.client_id, client_secret=app.client_secret
    )
    ledger.collect(str(token), str(refreshed))
    assert refreshed["refresh_token"] != token["refresh_token"]
    assert session.get(f"{base}/t/acme/api/v1/me").status_code == 200


def test_it_refreshes_by_itself(ada: Human, app: flow.App, ledger: Ledger, base: str):
    kept: list[dict] = []
    tokens = flow.new_tokens(ada, ada.wire, app)
    session = OAuth2Session(
        app.client_id,
        token={**tokens, "expires_at": time.time() - 1},
        auto_refresh_url=f"{base}/t/acme/oauth/token",
        auto_refresh_kwargs=app.credentials,
        token_updater=kept.append,
    )
    session.trust_env = False
    answer = session.get(f"{base}/t/acme/api/v1/people")
    assert answer.status_code == 200
    assert len(kept) == 1 and kept[0]["access_token"] != tokens["access_token"]
    ledger.collect(str(kept))


def test_without_a_refresh_address_it_says_that_the_token_expired(ada: Human, app: flow.App, base: str):
    tokens = flow.new_tokens(ada, ada.wire, app)
    session = OAuth2Session(app.client_id, token={**tokens, "expires_at": time.time() - 1})
    with pytest.raises(TokenExpiredError):
        session.get(f"{base}/t/acme/api/v1/people")


def test_v1_without_pkce(ada: Human, relaxed_app: flow.App, ledger: Ledger, base: str):
    session = OAuth2Session(relaxed_app.client_id, redirect_uri=relaxed_app.callback, scope=["default"])
    session.trust_env = False
    address, _ = session.authorization_url(f"{base}/t/acme/oauth/authorize")
    token = session.fetch_token(
        f"{base}/t/acme/oauth/token",
        authorization_response=sent_back(ada, address),
        include_client_id=True,
        client_secret=relaxed_app.client_secret,
    )
    ledger.collect(str(token))
    assert "refresh_token" not in token and "expires_in" not in token
    created = session.post(f"{base}/t/acme/api/v1/people", json={"first_name": "Made", "last_name": "By-Default"})
    assert created.status_code == 201, created.text
    assert session.delete(f"{base}/t/acme/api/v1/people/{created.json()['person']['id']}").status_code in (200, 204)


def test_a_used_code_is_an_invalid_grant(ada: Human, app: flow.App, ledger: Ledger, base: str):
    session = OAuth2Session(app.client_id, redirect_uri=app.callback, scope=app.scopes, pkce="S256")
    session.trust_env = False
    address, _ = session.authorization_url(f"{base}/t/acme/oauth/authorize")
    location = sent_back(ada, address)
    basic = HTTPBasicAuth(app.client_id, app.client_secret)
    ledger.collect(str(session.fetch_token(f"{base}/t/acme/oauth/token", authorization_response=location, auth=basic)))
    with pytest.raises(InvalidGrantError):
        session.fetch_token(f"{base}/t/acme/oauth/token", authorization_response=location, auth=basic)
