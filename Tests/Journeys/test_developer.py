"""From the front page to a registered app, as a developer who has never been here: Nora signs up by herself."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

import flow
import human
from browsing import Browsing, heading, shown_errors, submit
from ledger import Ledger
from wire import Wire

SECRET = re.compile(r"gw_cs_[0-9A-Za-z]{36}")


def choose(page: Page, name: str, value: str) -> None:
    """Picks a value of a list or of a group of buttons, whichever the page has."""
    if page.locator(f"select[name={name}]").count():
        page.locator(f"select[name={name}]").select_option(value)
    else:
        page.locator(f"input[name={name}][value='{value}']").check()


def shown_secret(page: Page) -> str:
    found = SECRET.findall(page.locator("main").inner_text())
    assert found, f"no secret on {page.url}: {page.locator('main').inner_text()[:400]}"
    return found[0]


def accepts(wire: Wire, client_id: str, secret: str) -> bool:
    """Whether the client authenticates: a made-up code is then `invalid_grant`, not `invalid_client`."""
    answer = wire.post(
        "/t/acme/oauth/token",
        data={
            "grant_type": "authorization_code",
            "code": "gw_ac_made_up",
            "redirect_uri": "https://roster.example/callback",
            "client_id": client_id,
            "client_secret": secret,
        },
    )
    error = flow.error_of(answer)
    assert error in ("invalid_grant", "invalid_client"), answer.text
    return error == "invalid_grant"


def sign_up(page: Page, wire: Wire, ledger: Ledger) -> dict:
    page.goto("/")
    page.locator("a[href='/signup']").first.click()
    page.locator("#field-name").fill("Nora Newcomer")
    page.locator("#field-email").fill("not an address")
    page.locator("#field-password").fill("short")
    submit(page, "/signup")
    assert len(shown_errors(page)) == 2
    expect(page.locator("#field-name")).to_have_value("Nora Newcomer")
    expect(page.locator("#field-email")).to_have_value("not an address")
    expect(page.locator("#field-password")).to_have_value("")  # a password is never sent back

    person = {"name": "Nora Newcomer", "email": human.new_email("nora"), "password": human.new_password(ledger)}
    page.locator("#field-email").fill(person["email"])
    page.locator("#field-password").fill(person["password"])
    submit(page, "/signup")
    page.wait_for_url("**/signup/sent")
    page.locator("main a[href='/demo/mail']").first.click()
    row = page.locator("tr, li, article").filter(has_text=person["email"]).first
    row.locator("a[href^='/demo/mail/']").first.click()
    expect(page.locator("main")).to_contain_text("Confirm your email address")

    # Opening the link uses nothing up, pressing the button does.
    page.goto(human.mail_link(wire, person["email"], "verify"))
    page.locator("#field-password").fill("not the one of the sign-up")
    page.get_by_role("button", name="Confirm and sign in").click()
    expect(page.locator("#errors")).to_contain_text("not the password of the sign-up")
    page.locator("#field-password").fill(person["password"])
    page.get_by_role("button", name="Confirm and sign in").click()
    page.wait_for_url("**/dashboard")
    expect(page.locator("main")).to_contain_text("Your email address is confirmed")
    assert "Welcome" in heading(page)
    return person


def become_a_developer(page: Page, olga: human.Human, person: dict) -> None:
    page.goto("/dashboard")
    page.get_by_role("link", name=re.compile("Register an app", re.I)).first.click()
    page.wait_for_url("**/apps")
    expect(page.locator("main")).to_contain_text("approved developers")
    page.locator("main a[href='/developer/apply']").first.click()
    page.locator("#field-organization").fill("Nora Apps")
    page.locator("#field-website").fill("nora.example")
    page.locator("button[value=submit]").click()
    assert len(shown_errors(page)) == 3  # the website, who they are, what they build
    expect(page.locator("#field-organization")).to_have_value("Nora Apps")
    page.locator("#field-website").fill("https://nora.example")
    page.locator("#field-about").fill("I write software for choirs, on my own.")
    page.locator("#field-building").fill("A roster that follows the list of people of a tenant, for conductors.")
    page.locator("button[value=submit]").click()
    expect(page.locator("main")).to_contain_text("Waiting for an operator")
    human.decide(olga, person["email"], "changes_requested", "Say for how many choirs.")
    page.goto("/developer/apply")
    expect(page.locator("main")).to_contain_text("Say for how many choirs.")
    page.locator("#field-building").fill("A roster that follows the list of people of a tenant, for twelve choirs.")
    page.locator("button[value=submit]").click()
    expect(page.locator("main")).to_contain_text("Waiting for an operator")
    human.decide(olga, person["email"], "approved")
    page.goto("/dashboard")
    expect(page.locator("main")).to_contain_text("sandbox")


def register_with_errors_first(page: Page) -> None:
    page.goto("/dashboard")
    page.get_by_role("link", name=re.compile("Register an app", re.I)).first.click()
    page.wait_for_url("**/apps/new")
    page.locator("#field-name").fill("Choir Roster")
    page.locator("#field-description").fill("Too short")
    page.locator("#field-homepage").fill("https://choir.example/")
    choose(page, "kind", "confidential")
    page.locator("input[name=scopes][value='account:read']").check()
    page.locator("input[name=scopes][value='people:read']").check()
    page.locator("#field-callbacks").fill("http://choir.example/callback")
    rows = page.locator("input[name=callbacks]").count()
    page.locator("button[value=add_callback]").click()
    expect(page.locator("input[name=callbacks]")).not_to_have_count(rows)
    expect(page.locator("#field-callbacks")).to_have_value("http://choir.example/callback")
    page.locator("#field-callbacks-2").fill("https://choir.example/callback#part")
    submit(page, "/apps")

    errors = shown_errors(page)
    assert len(errors) == 3, errors  # the description and each callback, each in its own words
    assert len(set(errors)) == 3, errors
    expect(page.locator("#field-name")).to_have_value("Choir Roster")
    expect(page.locator("#field-description")).to_have_value("Too short")
    expect(page.locator("#field-callbacks")).to_have_value("http://choir.example/callback")
    expect(page.locator("#field-callbacks-2")).to_have_value("https://choir.example/callback#part")
    expect(page.locator("input[name=scopes][value='people:read']")).to_be_checked()

    page.locator("#field-description").fill("Keeps the choir's own list of singers in step with theirs.")
    page.locator("#field-callbacks").fill("https://choir.example/callback")
    page.locator("#field-callbacks-2").fill("https://staging.choir.example/callback")
    submit(page, "/apps")
    page.wait_for_url("**/created")


def test_from_the_front_page_to_an_app_that_is_deleted_again(
    browsing: Browsing, wire: Wire, ledger: Ledger, olga: human.Human, script: bool
):
    page = browsing.open(script=script)
    become_a_developer(page, olga, sign_up(page, wire, ledger))
    register_with_errors_first(page)

    app_id = page.url.split("/")[-2]
    client_id = re.search(r"gw_id_[0-9A-Za-z]{22}", page.locator("main").inner_text()).group()
    first = shown_secret(page)
    assert first not in page.url and first not in page.title()
    assert accepts(wire, client_id, first)

    page.reload()
    assert not SECRET.search(page.content()), "shown twice"
    expect(page.locator("main")).to_contain_text(re.compile("already shown", re.I))

    page.goto(f"/apps/{app_id}")
    assert not SECRET.search(page.content())
    expect(page.locator("main")).to_contain_text(client_id)
    expect(page.locator("main")).to_contain_text(first[-4:])  # prefix and last four, to recognise it by

    choose(page, "overlap", "24h")
    submit(page, f"/apps/{app_id}/secrets")
    page.wait_for_url("**/created")
    second = shown_secret(page)
    assert second != first
    assert accepts(wire, client_id, first) and accepts(wire, client_id, second), "no overlap"
    assert any(
        "secret" in letter.lower() and first not in letter and second not in letter
        for letter in human.letters(wire, "nora-")
    ), "no mail about the new secret"

    page.goto(f"/apps/{app_id}")
    row = page.locator("tr, li").filter(has_text=first[-4:]).filter(has=page.locator("a[href*='/secrets/']")).first
    row.locator("a[href*='/secrets/'][href$='/revoke']").click()
    page.locator("main form button").last.click()
    page.wait_for_url(f"**/apps/{app_id}")
    assert not accepts(wire, client_id, first), "a revoked secret still works"
    assert accepts(wire, client_id, second), "the other secret ended with it"

    page.goto(f"/apps/{app_id}/edit")
    page.locator("#field-name").fill("Choir Roster Two")
    page.locator("#field-callbacks-2").fill("")
    submit(page, f"/apps/{app_id}")
    page.wait_for_url(f"**/apps/{app_id}")
    expect(page.locator("main")).to_contain_text("Choir Roster Two")
    assert "staging.choir.example" not in page.content()

    page.goto(f"/apps/{app_id}/delete")
    page.locator("#field-confirm_name").fill("Choir Roster")  # the old name
    delete = page.locator(f"form[action='/apps/{app_id}/delete'] button").last
    if delete.is_enabled():
        delete.click()
        assert shown_errors(page)
    page.locator("#field-confirm_name").fill("Choir Roster Two")
    delete.click()
    page.wait_for_url("**/apps")
    assert client_id not in page.content()
    assert not accepts(wire, client_id, second), "a deleted app still authenticates"
    assert page.goto(f"/apps/{app_id}").status == 404


def test_a_public_app_gets_no_secret(browsing: Browsing, newcomer: human.Human, script: bool):
    page = browsing.open(script=script, person=newcomer)
    page.goto("/apps/new")
    page.locator("#field-name").fill("Pocket Roster")
    page.locator("#field-description").fill("The list of people on your phone, also without a network.")
    page.locator("#field-homepage").fill("https://pocket.example/")
    page.locator("#field-callbacks").fill("example.pocket:/callback")
    choose(page, "kind", "public")
    page.locator("input[name=scopes][value='people:read']").check()
    submit(page, "/apps")
    page.wait_for_url("**/created")
    expect(page.locator("main")).to_contain_text(re.compile(r"gw_id_[0-9A-Za-z]{22}"))
    assert not SECRET.search(page.content())
