"""The consent page is the brand page: all that it has to say stands in it, and both answers are equally easy."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

import flow
from browsing import Browsing, box, heading, overflow, sign_in
from human import Human
from listener import Listener


def open_consent(browsing: Browsing, person: Human, app: flow.App, **options) -> Page:
    page = browsing.open(person=person, **options)
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1]))
    expect(page.get_by_role("button", name=re.compile("^Allow"))).to_be_visible()
    return page


def test_it_says_who_what_where_for_whom_and_for_how_long(
    browsing: Browsing, ada: Human, lin: Human, listener: Listener, script: bool
):
    app = flow.register(
        lin, [listener.callback, "https://roster.example/callback"], scopes=("account:read", "people:write")
    )
    page = open_consent(browsing, ada, app, script=script)
    title = heading(page)
    assert app.name in title and "Acme" in title and title.endswith("?")
    text = page.locator("main").inner_text()
    assert lin.name in text, "who made it"
    assert "roster.example" in text, "the maker's domain"
    assert ada.email in text and "admin" in text.lower(), "as whom it would be allowed"
    assert "Add, change and delete people" in text and "people:write" in text, "the scope, in words and in code"
    assert text.index("people:write") < text.index("account:read"), "what is sensitive comes first"
    assert "127.0.0.1" in text, "where one goes next"
    assert re.search(r"\bcan ?not\b|can’t|not be able", text), "what the app can not do"
    assert re.search("until you|take it back", text, re.I), "how long it lasts"
    assert page.locator("main a[href^='/account/apps']").count() >= 1, "and where it can be removed"


def test_deny_is_as_visible_as_allow_and_neither_is_chosen_already(
    browsing: Browsing, ada: Human, lin: Human, listener: Listener
):
    app = flow.register(lin, listener.callback)
    for width in (320, 1280):
        page = open_consent(browsing, ada, app, width=width)
        allow = page.get_by_role("button", name=re.compile("^Allow"))
        deny = page.get_by_role("button", name=re.compile("^Deny"))
        assert box(allow) == box(deny), f"at {width}"
        assert box(allow)[1] >= 36, "a small target"
        styles = [
            b.evaluate("b => [getComputedStyle(b).fontSize, getComputedStyle(b).visibility]") for b in (allow, deny)
        ]
        assert styles[0] == styles[1]
        focused = page.evaluate("() => document.activeElement?.tagName")
        assert focused != "BUTTON", "Enter would decide"
        assert overflow(page) is None


def test_the_page_carries_the_ticket_and_no_parameters_of_the_request(ada: Human, lin: Human):
    app = flow.register(lin, "https://parameters.example/callback")
    answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1]))
    form = flow.consent_form(answer.text)
    assert form.method == "post" and form.action.split("?")[0] == "/t/acme/oauth/authorize"
    assert {name for name, _ in form.fields} == {"ticket", "csrf"}
    assert sorted(value for name, value, _ in form.buttons if name == "decision") == ["allow", "deny"]
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action" not in policy, "Chromium would block the redirect to the app after Allow"
    assert "frame-ancestors 'none'" in policy


def test_it_is_asked_again_only_for_what_is_new(browsing: Browsing, ada: Human, lin: Human):
    app = flow.register(lin, "https://again.example/callback", scopes=("account:read", "people:read", "people:write"))
    path = lambda scope: flow.authorize_path("acme", app, flow.pkce()[1], scope=scope)  # noqa: E731
    assert "code" in flow.authorize(ada, path("account:read people:read"))

    for scope in ("account:read people:read", "people:read account:read", "people:read"):
        answer = ada.wire.get(path(scope))
        assert answer.status_code in (302, 303), f"asked again for {scope}"
        assert "code" in flow.callback_parameters(answer)

    page = browsing.open(person=ada)
    page.goto(path("account:read people:read people:write"))
    expect(page.get_by_role("button", name=re.compile("^Allow"))).to_be_visible()
    rows = page.locator("main li, main tr, main fieldset div").filter(has_text="people:write")
    assert "New" in rows.first.inner_text(), "what is new is not marked"
    known = (
        page.locator("main li, main tr, main fieldset div")
        .filter(has_text="account:read")
        .filter(has_not_text="people:write")
    )
    assert "New" not in known.first.inner_text()


def test_every_admin_is_asked_and_every_tenant(ada: Human, mallory: Human, lin: Human):
    """Once for each admin who will receive tokens; what Acme allowed says nothing about Globex."""
    app = flow.register(lin, "https://each.example/callback")
    assert "code" in flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1]))
    elsewhere = mallory.wire.get(flow.authorize_path("globex", app, flow.pkce()[1]))
    assert elsewhere.status_code == 200 and "ticket" in elsewhere.text


def test_redirects_complete_in_chromium_also_through_a_second_hop(
    browsing: Browsing, people: dict, lin: Human, listener: Listener, far: Listener
):
    """Case 134: sign-in, consent, then a callback that itself redirects on; nothing is blocked on the way."""
    app = flow.register(lin, "https://hop.example/onward")
    far.redirects["/onward"] = listener.callback
    page = browsing.open()
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1]))
    sign_in(page, people["ada"])
    page.get_by_role("button", name=re.compile("^Allow")).click()
    page.wait_for_url(lambda url: url.startswith(listener.callback))
    assert "code" in listener.last()


def test_sign_in_leads_straight_on_when_nothing_is_left_to_ask(
    browsing: Browsing, people: dict, ada: Human, lin: Human, far: Listener
):
    """Case 134 again: the form that was posted is the sign-in form, and the redirect after it leaves for the app."""
    app = flow.register(lin, "https://straight.example/callback")
    assert "code" in flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1]))
    page = browsing.open()
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1], state="straight"))
    sign_in(page, people["ada"])
    page.wait_for_url(lambda url: url.startswith("https://straight.example/callback?"))
    expect(page.locator("h1")).to_have_text("Back at Roster")
    assert far.last()["state"] == ["straight"]


def test_allow_pressed_twice_gives_one_answer(ada: Human, lin: Human):
    app = flow.register(lin, "https://twice.example/callback")
    page = ada.page(flow.authorize_path("acme", app, flow.pkce()[1]))
    first = flow.decide(ada, page, "allow")
    assert first.status_code == 303 and "code" in flow.callback_parameters(first)
    second = flow.decide(ada, page, "allow")
    assert second.status_code != 303 or "code" not in flow.callback_parameters(second), "one ticket, two codes"
