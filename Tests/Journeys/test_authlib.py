"""Authlib's client, unmodified, through the whole flow: V1 and V2, with PKCE, Basic and body authentication."""

from __future__ import annotations

import pytest
from authlib.integrations.requests_client import OAuth2Session

import flow
from human import Human
from ledger import Ledger


def client(app: flow.App, how: str, ledger: Ledger, scope: str | None = None) -> OAuth2Session:
    session = OAuth2Session(
        app.client_id,
        app.client_secret,
        scope=scope or " ".join(app.scopes),
        redirect_uri=app.callback,
        token_endpoint_auth_method=how,
        code_challenge_method="S256",
    )
    session.trust_env = False
    return session


def sent_back(ada: Human, address: str) -> str:
    """What Ada's browser would call at the app, after she allowed."""
    answer = ada.wire.get(address)
    if answer.status_code == 200:
        answer = flow.decide(ada, answer.text, "allow")
    return answer.headers["Location"]


@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
def test_v2_with_pkce_and_refresh(ada: Human, app: flow.App, ledger: Ledger, base: str, how: str):
    session = client(app, how, ledger)
    verifier, _ = flow.pkce()
    address, state = session.create_authorization_url(f"{base}/t/acme/oauth/authorize", code_verifier=verifier)
    token = session.fetch_token(
        f"{base}/t/acme/oauth/token",
        authorization_response=sent_back(ada, address),
        state=state,
        code_verifier=verifier,
    )
    ledger.collect(str(token))
    assert token["token_type"] == "Bearer" and token["expires_in"] == 86400
    assert session.get(f"{base}/t/acme/api/v1/people").status_code == 200

    refreshed = session.refresh_token(f"{base}/t/acme/oauth/token")
    ledger.collect(str(refreshed))
    assert refreshed["access_token"] != token["access_token"]
    assert refreshed["refresh_token"] != token["refresh_token"]
    assert session.get(f"{base}/t/acme/api/v1/me").status_code == 200


def test_authlib_refreshes_by_itself_when_it_thinks_the_token_is_old(
    ada: Human, app: flow.App, ledger: Ledger, base: str
):
    session = client(app, "client_secret_basic", ledger)
    session.metadata["token_endpoint"] = f"{base}/t/acme/oauth/token"
    verifier, _ = flow.pkce()
    address, _ = session.create_authorization_url(f"{base}/t/acme/oauth/authorize", code_verifier=verifier)
    first = session.fetch_token(authorization_response=sent_back(ada, address), code_verifier=verifier)
    session.token = {**first, "expires_at": 1}
    assert session.get(f"{base}/t/acme/api/v1/people").status_code == 200
    assert session.token["access_token"] != first["access_token"]
    ledger.collect(str(first), str(session.token))


@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
def test_v1_without_pkce_never_expires(ada: Human, relaxed_app: flow.App, ledger: Ledger, base: str, how: str):
    session = client(relaxed_app, how, ledger)
    address, state = session.create_authorization_url(f"{base}/t/acme/oauth/authorize")
    assert "code_challenge" not in address
    token = session.fetch_token(
        f"{base}/t/acme/oauth/token", authorization_response=sent_back(ada, address), state=state
    )
    ledger.collect(str(token))
    assert set(token) == {"access_token", "token_type", "created_at"}  # to the letter
    assert token["token_type"] == "bearer"
    assert session.get(f"{base}/t/acme/api/v1/people").status_code == 200


def test_a_public_client_needs_no_secret(ada: Human, public_app: flow.App, ledger: Ledger, base: str):
    session = OAuth2Session(
        public_app.client_id,
        scope=" ".join(public_app.scopes),
        redirect_uri="http://127.0.0.1:51004/callback",
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
    )
    session.trust_env = False
    verifier, _ = flow.pkce()
    address, _ = session.create_authorization_url(f"{base}/t/acme/oauth/authorize", code_verifier=verifier)
    location = sent_back(ada, address)
    assert location.startswith("http://127.0.0.1:51004/callback?")  # RFC 8252 §7.3: the port is the program's own
    token = session.fetch_token(f"{base}/t/acme/oauth/token", authorization_response=location, code_verifier=verifier)
    ledger.collect(str(token))
    assert session.get(f"{base}/t/acme/api/v1/me").status_code == 200
    ledger.collect(str(session.refresh_token(f"{base}/t/acme/oauth/token")))
