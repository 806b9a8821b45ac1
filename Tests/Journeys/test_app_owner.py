"""What the owner of an app does: V1 to V2, the direct flow in a real browser, and reading why a call failed."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session as Authlib
from playwright.sync_api import expect
from requests_oauthlib import OAuth2Session

import flow
import human
from browsing import Browsing, axe, overflow
from human import Human
from ledger import Ledger
from listener import Listener
from test_authlib import sent_back


def v1_app(lin: Human) -> flow.App:
    return flow.register(
        lin, "https://moving.example/callback", scopes=("account:read", "people:read"), pkce="optional", token_format="v1"
    )


def v1_token(ada: Human, app: flow.App, ledger: Ledger, base: str) -> str:
    """What an older client holds: an access token that never ends."""
    session = OAuth2Session(app.client_id, redirect_uri=app.callback, scope=app.scopes)
    session.trust_env = False
    address, _ = session.authorization_url(f"{base}/t/acme/oauth/authorize")
    token = session.fetch_token(
        f"{base}/t/acme/oauth/token",
        authorization_response=sent_back(ada, address),
        include_client_id=True,
        client_secret=app.client_secret,
    )
    ledger.collect(str(token))
    assert "refresh_token" not in token
    return token["access_token"]


def switch(lin: Human, app: flow.App) -> None:
    answer = lin.submit(f"/apps/{app.id}/token-format", {}, action=f"/apps/{app.id}/token-format")
    assert answer.status_code == 303


def test_a_v1_client_moves_with_requests_oauthlib(lin: Human, ada: Human, ledger: Ledger, base: str):
    app = v1_app(lin)
    old = v1_token(ada, app, ledger, base)
    switch(lin, app)
    session = OAuth2Session(app.client_id, token={"access_token": old, "token_type": "bearer"})
    session.trust_env = False
    moved = session.refresh_token(
        f"{base}/t/acme/oauth/token", refresh_token=old, client_id=app.client_id, client_secret=app.client_secret
    )
    ledger.collect(str(moved))
    assert moved["expires_in"] == 86400 and moved["refresh_token"] != old
    assert session.get(f"{base}/t/acme/api/v1/people").status_code == 200
    gone = requests.get(f"{base}/t/acme/api/v1/people", headers={"Authorization": f"Bearer {old}"}, timeout=10)
    assert gone.status_code == 401


def test_a_v1_client_moves_with_authlib(lin: Human, ada: Human, ledger: Ledger, base: str):
    app = v1_app(lin)
    old = v1_token(ada, app, ledger, base)
    switch(lin, app)
    session = Authlib(app.client_id, app.client_secret, token_endpoint_auth_method="client_secret_basic")
    session.trust_env = False
    moved = session.refresh_token(f"{base}/t/acme/oauth/token", refresh_token=old)
    again = session.refresh_token(f"{base}/t/acme/oauth/token", refresh_token=moved["refresh_token"])
    ledger.collect(str(moved), str(again))
    assert again["access_token"] != moved["access_token"]
    assert "A V1 token was exchanged" in lin.page(f"/apps/{app.id}/activity")


def test_the_owner_tests_the_refresh_and_switches(browsing: Browsing, lin: Human, script: bool):
    app = v1_app(lin)
    page = browsing.open(person=lin, script=script)
    page.goto(f"/apps/{app.id}")
    page.get_by_role("link", name="Switch to V2").last.click()
    page.get_by_role("button", name="Test the refresh").click()
    expect(page.get_by_text("Passed.")).to_be_visible()
    assert page.locator("ol.steps > li").count() == 4
    page.get_by_role("button", name="Switch to V2").click()
    expect(page.get_by_role("status").first).to_contain_text("uses V2 from now on")


def test_activity_says_why_a_token_call_failed(browsing: Browsing, lin: Human, app: flow.App, wire):
    answer = wire.post(
        "/t/acme/oauth/token",
        data={"grant_type": "authorization_code", "code": "nonsense", "client_id": app.client_id, "client_secret": "no"},
    )
    assert answer.status_code == 401
    page = browsing.open(person=lin)
    page.goto(f"/apps/{app.id}")
    page.get_by_role("link", name="Activity", exact=True).click()
    page.get_by_label("Error").select_option("invalid_client")
    page.get_by_role("button", name="Apply").click()
    assert "error=invalid_client" in page.url
    page.get_by_role("link", name="Client authentication failed.").first.click()
    expect(page.get_by_text("See on the app’s page which secrets work")).to_be_visible()
    assert "nonsense" not in page.content()


@pytest.fixture
def direct(listener: Listener, base: str, ledger: Ledger, people: dict) -> flow.App:
    # A fresh sign-in: turning the flow on asks for the password when the last proof is old.
    lin = human.signed_in(base, ledger, people["lin"])
    app = flow.register(lin, listener.callback)
    answer = lin.submit(f"/apps/{app.id}/direct", {"lifetime": "900"}, action=f"/apps/{app.id}/direct")
    assert answer.status_code == 303, answer.text[:400]
    return app


def test_the_direct_flow_in_a_browser(
    browsing: Browsing, ada: Human, direct: flow.App, listener: Listener, ledger: Ledger, base: str, script: bool
):
    page = browsing.open(person=ada, script=script)
    page.goto(f"/user/oauth_allow?api_key={direct.client_id}&callback={quote(direct.callback, safe='')}&state=s-1")
    choose = page.get_by_role("link", name="Choose Acme")
    if choose.count():
        choose.click()
    expect(page.get_by_text("Its access travels in an address.")).to_be_visible()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(lambda url: url.startswith(direct.callback))
    sent = parse_qs(urlsplit(page.url).query)
    assert sorted(sent) == ["access_token", "state"] and sent["state"] == ["s-1"]
    ledger.collect(page.url)
    bearer = {"Authorization": f"Bearer {sent['access_token'][0]}"}
    answer = requests.get(f"{base}/t/acme/api/v1/people", headers=bearer, timeout=10)
    assert answer.status_code == 200 and answer.json()["meta"]["user_uri"]


def test_the_pages_are_accessible(browsing: Browsing, lin: Human, ada: Human, direct: flow.App):
    page = browsing.open(person=lin)
    problems: list[str] = []
    paths = [
        f"/apps/{direct.id}",
        f"/apps/{direct.id}/token-format",
        f"/apps/{direct.id}/grants",
        f"/apps/{direct.id}/activity",
        f"/apps/{direct.id}/direct",
        "/user/api-keys",
        "/t/northwind/test-token",
    ]
    for path in paths:
        page.goto(path)
        for theme in ("light", "dark"):
            for width in (320, 1280):
                page.emulate_media(color_scheme=theme)
                page.set_viewport_size({"width": width, "height": 900})
                problems += [f"{path} {theme} {width}: {p}" for p in axe(page, colours_only=theme == "dark")]
                wide = overflow(page)
                if wide:
                    problems.append(f"{path} {theme} {width}: {wide}")
    assert not problems, "\n".join(problems)
