"""Bad input, wrong addresses, spent links, too many attempts: each says what happened and what to do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import expect

import flow
import human
import markup
from browsing import Browsing, heading, shown_errors, submit
from human import Human
from ledger import Ledger
from server import Server
from wire import Wire


def test_bad_input_is_shown_again_as_it_was_typed(browsing: Browsing, newcomer: Human, script: bool):
    page = browsing.open(script=script, person=newcomer)
    page.goto("/tenants/new")
    page.locator("#field-name").fill('Quotes "and" <b>tags</b> & more')
    page.locator("#field-slug").fill("Not A Slug")
    submit(page, "/tenants")
    assert len(shown_errors(page)) == 1
    expect(page.locator("#field-name")).to_have_value('Quotes "and" <b>tags</b> & more')
    expect(page.locator("#field-slug")).to_have_value("Not A Slug")
    expect(page.locator("#field-slug")).to_have_attribute("aria-invalid", "true")
    described = page.locator("#field-slug").get_attribute("aria-describedby")
    assert described and any(page.locator(f"#{one}").count() for one in described.split())


def test_wrong_password_says_one_thing_for_all_reasons(browsing: Browsing, people: dict, script: bool):
    page = browsing.open(script=script)
    said = []
    for email in (people["grace"]["email"], "nobody@acme.example"):
        page.goto("/login")
        page.locator("#field-email").fill(email)
        page.locator("#field-password").fill("wrong password here")
        submit(page, "/login")
        said.append(page.locator("#errors").inner_text())
        expect(page.locator("#field-email")).to_have_value(email)
        expect(page.locator("#field-password")).to_have_value("")
    assert said[0] == said[1]


@pytest.mark.parametrize("path", ["/nowhere", "/apps/app_0000000000000000/edit", "/t/nosuchtenant", "/demo/mail/none"])
def test_404_is_a_page_with_a_way_on(browsing: Browsing, lin: Human, path: str):
    page = browsing.open(person=lin)
    answer = page.goto(path)
    assert answer is not None and answer.status == 404
    assert heading(page)
    assert page.locator("a[href='/'], a[href='/dashboard']").count() >= 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/scopes", {"GET"}),
        ("DELETE", "/login", {"GET", "POST"}),
        ("PUT", "/apps", {"GET", "POST"}),
        ("GET", "/logout", {"POST"}),
        ("GET", "/theme", {"POST"}),
        ("POST", "/t/acme/api/v1/people/me", {"GET"}),
    ],
)
def test_405_names_what_is_allowed(wire: Wire, base: str, method: str, path: str, allowed: set[str]):
    answer = wire.request(method, path, headers={"Origin": base})
    assert answer.status_code == 405
    named = {one.strip() for one in answer.headers["Allow"].split(",")}
    assert allowed <= named <= allowed | {"HEAD", "OPTIONS"}, named


@pytest.mark.parametrize(
    "path",
    [
        "/verify/gw_ml_000000000000000000000000000000000000",
        "/reset/gw_ml_000000000000000000000000000000000000",
        "/verify/nonsense",
        "/reset/nonsense",
    ],
)
def test_a_link_that_does_not_work_offers_a_new_one(browsing: Browsing, path: str):
    page = browsing.open()
    answer = page.goto(path)
    assert answer is not None and answer.status in (404, 410)
    wanted = "/verify/resend" if "verify" in path else "/forgot"
    assert page.locator(f"main a[href='{wanted}']").count() == 1


def test_a_spent_link_says_so(base: str, ledger: Ledger):
    person = Human(base, ledger)
    email = human.new_email()
    password = human.new_password(ledger)
    person.submit("/signup", {"name": "Nora", "email": email, "password": password}, action="/signup")
    link = human.mail_link(person.wire, email, "verify")
    assert person.submit(link, {"password": password}, having="password").status_code == 303
    again = person.wire.get(link)
    assert again.status_code in (404, 410)
    assert "/verify/resend" in again.text


def test_after_ten_wrong_passwords_sign_in_waits_and_says_how_long(browsing: Browsing, base: str, ledger: Ledger):
    person = Human(base, ledger)
    email = human.new_email("locked")
    statuses = []
    for _ in range(12):
        answer = person.sign_in(email, "wrong password here")
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            break
    assert statuses == [422] * 10 + [429]
    assert 1 <= int(answer.headers["Retry-After"]) <= 900
    text = markup.visible_text(answer.text)
    assert re.search(r"minute|second", text), "it does not say when to try again"
    assert markup.form(answer.text, "/login").value("email") == email, "what was typed is lost"


def test_what_ran_out_says_so_and_refreshing_helps(launch: Callable[..., Server], ledger: Ledger):
    """Time is moved by moving what is stored, while the server rests: a day for tokens, an hour for a reset link."""

    away = launch()
    demo = away.demo()
    cast = {person["name"].split()[0].lower(): person for person in demo["people"]}
    ada, lin = (human.signed_in(away.base, ledger, cast[name]) for name in ("ada", "lin"))
    app = flow.register(lin, "https://late.example/callback")
    wire = Wire(away.base, ledger)
    tokens = flow.new_tokens(ada, wire, app)
    late_code, verifier = flow.new_code(ada, app)
    ada.submit("/forgot", {"email": ada.email}, action="/forgot")
    link = human.mail_link(wire, ada.email, "reset")
    assert flow.works(wire, tokens["access_token"]) and wire.get(link).status_code == 200

    away.stop()
    with sqlite3.connect(away.database) as stored:
        stored.execute("UPDATE access_tokens SET expires_at = expires_at - 86401")
        stored.execute("UPDATE authorization_codes SET expires_at = expires_at - 601")
        stored.execute("UPDATE mail_links SET expires_at = expires_at - 86401")
    stored.close()
    away.start()

    answer = wire.get("/t/acme/api/v1/people", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.status_code == 401
    body = answer.json()
    # The very words; it shows the status beside the body.
    assert body == {"code": "token_expired", "message": "Your access token has expired."}
    assert wire.get(link).status_code in (404, 410)
    assert flow.error_of(flow.redeem(wire, app, late_code, verifier)) == "invalid_grant"
    refreshed = flow.refresh(wire, app, tokens["refresh_token"])
    assert refreshed.status_code == 200, "refresh tokens do not expire"
    assert flow.works(wire, refreshed.json()["access_token"])


@pytest.mark.parametrize("path", ["/t/acme/api/v1/people", "/v2/me"])
def test_the_api_explains_itself_in_json(wire: Wire, base: str, path: str):
    missing = wire.get(path)
    assert missing.status_code == 401 and missing.headers["WWW-Authenticate"].startswith("Bearer")
    assert "error=" not in missing.headers["WWW-Authenticate"], "RFC 6750 §3.1: no code when nothing was sent"
    assert missing.headers["Content-Type"].startswith("application/json")
    wrong = wire.get(path, headers={"Authorization": "Bearer gw_dt_000000000000000000000000000000000000"})
    assert wrong.status_code == 401 and 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]


def test_the_api_speaks_json_only(wire: Wire, demo: dict):
    bearer = {"Authorization": f"Bearer {demo['developer_token']}"}
    refused = wire.get("/t/acme/api/v1/people", headers=bearer | {"Accept": "text/html"})
    assert refused.status_code == 406
    for accept in ("application/json", "*/*", "application/*", "text/html, application/json;q=0.5"):
        assert wire.get("/t/acme/api/v1/people", headers=bearer | {"Accept": accept}).status_code == 200, accept


def test_a_missing_scope_is_named(wire: Wire, newcomer: Human):
    _, token = flow.new_developer_token(newcomer, newcomer.tenant, ("account:read",))
    bearer = {"Authorization": f"Bearer {token}"}
    answer = wire.get(f"/t/{newcomer.tenant}/api/v1/people", headers=bearer)
    assert answer.status_code == 403
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge and 'scope="people:read"' in challenge


def test_health_is_plain(base: str):
    for path, word in (("/healthz", "ok"), ("/readyz", "ready")):
        answer = requests.get(base + path, timeout=10)
        assert (answer.status_code, answer.text.strip()) == (200, word)
