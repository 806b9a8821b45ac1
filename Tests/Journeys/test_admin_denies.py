"""Ada says no. The app is told so and gets nothing."""

from __future__ import annotations

import re

import flow
from browsing import Browsing
from human import Human
from listener import Listener


def test_deny_sends_access_denied_and_nothing_else(
    browsing: Browsing, ada: Human, lin: Human, listener: Listener, script: bool, base: str
):
    app = flow.register(lin, listener.callback)
    page = browsing.open(script=script, person=ada)
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1], state="no & no"))
    page.get_by_role("button", name=re.compile("^Deny")).click()
    page.wait_for_url(lambda url: url.startswith(listener.callback))
    came = listener.last()
    assert came["error"] == ["access_denied"] and came["state"] == ["no & no"] and came["iss"] == [f"{base}/t/acme"]
    assert set(came) <= {"error", "error_description", "state", "iss"}

    # A no is for this once: nothing is listed, and the next time the question is asked again.
    page.goto("/account/apps")
    assert app.name not in page.locator("main").inner_text()
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1]))
    assert page.get_by_role("button", name=re.compile("^Deny")).count() == 1
