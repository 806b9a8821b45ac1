"""Grace is a member of Acme, not an admin; Mallory is not in Acme at all. Neither can let an app in."""

from __future__ import annotations

import re

import flow
from browsing import Browsing, axe, heading, sign_in
from human import Human
from listener import Listener


def test_grace_is_told_to_ask_an_admin(browsing: Browsing, lin: Human, people: dict, listener: Listener, script: bool):
    app = flow.register(lin, listener.callback)
    page = browsing.open(script=script)
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1]))
    sign_in(page, people["grace"])
    page.wait_for_url("**/t/acme/oauth/authorize**")
    text = page.locator("main").inner_text()
    assert "admin" in text.lower() and app.name in text and "Acme" in text
    assert people["ada"]["name"].split()[0] in text or people["ada"]["email"] in text, "it names nobody to ask"
    assert page.get_by_role("button", name=re.compile("^Allow")).count() == 0
    if script:  # axe itself needs it
        assert axe(page) == []
    assert not listener.requests
    back = page.get_by_role("button", name=re.compile("without access"))
    if back.count():  # she may tell the app no, at once
        back.click()
        page.wait_for_url(lambda url: url.startswith(listener.callback))
        assert listener.last()["error"] == ["access_denied"]


def test_mallory_is_told_that_she_is_not_in_acme(
    browsing: Browsing, lin: Human, mallory: Human, listener: Listener, script: bool
):
    app = flow.register(lin, listener.callback)
    page = browsing.open(script=script, person=mallory)
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1]))
    assert heading(page)
    assert page.get_by_role("button", name=re.compile("^Allow")).count() == 0
    assert mallory.email in page.locator("body").inner_text(), "it does not say as whom she is signed in"
    assert not listener.requests


def test_graces_token_reads_but_does_not_write(wire, grace: Human, ada: Human):
    """A token is bounded by its owner's own rights, whatever scopes it has (case 118)."""
    _, token = flow.new_developer_token(grace, "acme", ("account:read", "people:read"))
    bearer = {"Authorization": f"Bearer {token}"}
    assert wire.get("/t/acme/api/v1/people", headers=bearer).status_code == 200
    refused = wire.post("/t/acme/api/v1/people", headers=bearer, json={"first_name": "Eve"})
    assert refused.status_code == 403
    assert "people:write" in refused.text or "people:write" in refused.headers.get("WWW-Authenticate", "")
