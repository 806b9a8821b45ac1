"""Ada runs Acme: Grace asks her for an app and gets to use it; Ada takes the access away again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

import flow
from browsing import Browsing, axe, sign_in
from human import Human
from listener import Listener
from wire import Wire


def test_grace_asks_ada_allows_and_the_flow_finishes(
    browsing: Browsing, wire: Wire, lin: Human, ada: Human, people: dict, listener: Listener, script: bool
):
    app = flow.register(lin, listener.callback)
    verifier, challenge = flow.pkce()
    hers = browsing.open(script=script)
    hers.goto(flow.authorize_path("acme", app, challenge, state="graces state"))
    sign_in(hers, people["grace"])
    hers.wait_for_url("**/t/acme/oauth/authorize**")
    hers.get_by_label("A note (optional)").fill("For the volunteers' rota.")
    hers.get_by_role("button", name="Ask an admin").click()
    hers.wait_for_url("**/t/acme/requests/req_*")
    expect(hers.locator("main")).to_contain_text("Waiting")
    assert not listener.requests

    # Ada begins at her dashboard.
    adas = browsing.open(script=script, person=ada)
    adas.goto("/dashboard")
    adas.get_by_role("link", name="Answer").first.click()
    adas.get_by_role("link", name=re.compile(f"Decide.*{re.escape(app.name)}")).click()
    expect(adas.locator("main")).to_contain_text("For the volunteers' rota.")
    if script:
        assert axe(adas) == []
    adas.get_by_label(re.compile("A sentence")).fill("Gladly.")
    adas.get_by_role("button", name="Allow", exact=True).click()
    expect(adas.locator(".note.ok[role=status]")).to_contain_text("Allowed")

    hers.reload()
    expect(hers.locator("main")).to_contain_text("Gladly.")
    hers.get_by_role("link", name=re.compile("^Go on to")).click()
    hers.wait_for_url("**/t/acme/oauth/authorize**")
    hers.get_by_role("button", name=re.compile("^Allow")).click()
    hers.wait_for_url(lambda url: url.startswith(listener.callback))
    came = listener.last()
    assert came["state"] == ["graces state"]
    token = flow.redeem(wire, app, came["code"][0], verifier).json()
    assert flow.works(wire, token["access_token"])

    # Ada sees it under App access, and takes it away.
    adas.goto("/t/acme")
    adas.get_by_role("link", name="App access").click()
    adas.get_by_role("link", name=app.name, exact=True).click()
    expect(adas.locator("main")).to_contain_text(people["grace"]["email"])
    if script:
        assert axe(adas) == []
    adas.get_by_role("link", name="Revoke all access").click()
    adas.get_by_role("button", name="Revoke all access").click()
    expect(adas.locator(".note.ok[role=status]")).to_contain_text("revoked")
    assert not flow.works(wire, token["access_token"])
    adas.get_by_role("link", name="Audit log").click()
    expect(adas.locator("main")).to_contain_text("without a gap")
    expect(adas.locator("main")).to_contain_text(app.name)


def test_ada_finds_every_page_of_her_workspace(browsing: Browsing, ada: Human):
    page = browsing.open(script=True, person=ada)
    page.set_viewport_size({"width": 320, "height": 800})
    for name in ["Members", "App access", "Policy", "Requests", "Tokens", "Audit log", "Settings", "Overview"]:
        page.goto("/dashboard")
        page.get_by_role("link", name="Acme", exact=True).click()
        page.locator("nav[aria-label=Workspace]").get_by_role("link", name=re.compile(f"^{name}")).click()
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{name} is wider than the screen"
