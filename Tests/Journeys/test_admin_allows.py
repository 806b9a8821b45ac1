"""Ada, admin of Acme, is sent here by Roster Sync, signs in, understands what is asked, and allows it."""

from __future__ import annotations

import re

import requests
from playwright.sync_api import expect

import flow
from browsing import Browsing, heading, sign_in
from human import Human
from listener import Listener
from wire import Wire


def test_ada_signs_in_allows_and_the_app_reads_people(
    browsing: Browsing, wire: Wire, lin: Human, people: dict, listener: Listener, script: bool, base: str
):
    app = flow.register(lin, listener.callback)
    verifier, challenge = flow.pkce()
    page = browsing.open(script=script)
    page.goto(flow.authorize_path("acme", app, challenge, state="the state"))
    page.wait_for_url("**/login**")
    expect(page.locator("main")).to_contain_text(app.name)  # "Sign in to continue to …"
    sign_in(page, people["ada"])

    page.wait_for_url("**/t/acme/oauth/authorize**")
    assert app.name in heading(page) and "Acme" in heading(page)
    assert not listener.requests, "the app heard something before Ada decided"
    page.get_by_role("button", name=re.compile("^Allow")).click()
    page.wait_for_url(lambda url: url.startswith(listener.callback))
    expect(page.locator("h1")).to_have_text("Back at Roster")

    came = listener.last()
    issuer = requests.get(f"{base}/t/acme/.well-known/oauth-authorization-server", timeout=10).json()["issuer"]
    assert set(came) == {"code", "state", "iss"}
    assert (came["state"], came["iss"]) == (["the state"], [issuer])

    answer = flow.redeem(wire, app, came["code"][0], verifier)
    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert token["token_type"] == "Bearer" and token["expires_in"] == 86400 and isinstance(token["created_at"], int)
    assert set(token["scope"].split()) == set(app.scopes)
    people_page = wire.get("/t/acme/api/v1/people", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert people_page.status_code == 200
    assert people_page.json()["meta"]["user_uri"]
    names = people_page.text
    assert (
        wire.get("/t/globex/api/v1/people", headers={"Authorization": f"Bearer {token['access_token']}"}).status_code
        == 401
    )
    assert len(names) > 100, "Acme has sample people"

    # What was allowed is listed with its app, and ends where it is listed.
    page.goto("/account/apps")
    row = page.locator("tr, li, article, section").filter(has_text=app.name).last
    row.locator("a[href$='/revoke']").first.click()
    expect(page.locator("main")).to_contain_text(app.name)
    page.locator("main form button").last.click()
    page.wait_for_url("**/account/apps")
    assert not flow.works(wire, token["access_token"]), "revoked, and still works"
    assert flow.error_of(flow.refresh(wire, app, token["refresh_token"])) == "invalid_grant"


def test_the_demo_app_ends_at_its_own_page_with_a_curl(
    browsing: Browsing, ada: Human, demo: dict, script: bool, base: str
):
    """What `make run` points a newcomer to: the ready-made authorize address of demo.json."""
    page = browsing.open(script=script, person=ada)
    page.goto(demo["authorize_url"])
    allow = page.get_by_role("button", name=re.compile("^Allow"))
    if allow.count():  # asked once only: the second round of this test goes straight through
        allow.click()
    page.wait_for_url(lambda url: url.startswith(demo["app"]["callback"]))
    expect(page.locator("main")).to_contain_text("curl")
    code = re.search(r"gw_ac_[0-9A-Za-z]{36}", page.url).group()
    answer = requests.post(
        f"{base}/t/acme/oauth/token",
        timeout=10,
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": demo["app"]["callback"],
            "client_id": demo["app"]["client_id"],
            "client_secret": demo["app"]["client_secret"],
            "code_verifier": demo["code_verifier"],
        },
    )
    assert answer.status_code == 200, answer.text
    browsing.ledger.collect(answer.text)
