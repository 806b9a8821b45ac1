"""What a newcomer meets first, with and without script: the demo's people, the menu on a phone, a form too late."""

from __future__ import annotations

import re

from playwright.sync_api import expect

import flow
from browsing import Browsing, axe, overflow, submit
from human import Human


def test_the_demos_people_fill_the_form_in_and_go_on_where_they_wanted(browsing: Browsing, people: dict, script: bool):
    page = browsing.open(script=script)
    page.goto("/login?next=/tokens")
    cast = page.get_by_role("region", name="People of this demo")
    cast.get_by_role("link", name=people["ada"]["name"], exact=True).click()
    expect(page.locator("#field-email")).to_have_value(people["ada"]["email"])
    submit(page, "/login")
    page.wait_for_url("**/tokens")


def test_who_deleted_their_account_is_no_longer_among_them(launch, ledger):
    server = launch()
    demo = server.demo()
    mallory = next(one for one in demo["people"] if one["name"].startswith("Mallory"))
    someone = Human(server.base, ledger)
    assert mallory["email"] in someone.page("/login")
    someone.sign_in(mallory["email"], mallory["password"])
    left = someone.submit("/t/globex/delete", {"confirm_name": "Globex"}, having="confirm_name")
    assert left.status_code == 303, left.text[:400]
    gone = someone.submit("/account/delete", {"confirm_name": mallory["email"]}, having="confirm_name")
    assert gone.status_code == 303, gone.text[:400]
    assert mallory["email"] not in Human(server.base, ledger).page("/login")


def test_on_a_phone_the_menu_is_folded_up_and_the_head_is_one_row(browsing: Browsing, olga: Human, script: bool):
    page = browsing.open(width=320, script=script, person=olga)
    page.goto("/operator")
    link = page.get_by_role("navigation", name="Portal").get_by_role("link", name="Tokens")
    expect(link).to_be_hidden()
    assert page.locator("h1").bounding_box()["y"] < 480
    assert page.locator("header.top").bounding_box()["height"] < 80
    page.locator("summary", has_text="Menu").click()
    expect(link).to_be_visible()
    if script:
        assert not axe(page) and not overflow(page)
    link.click()
    page.wait_for_url("**/tokens")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("navigation", name="Portal").get_by_role("link", name="Tokens")).to_be_visible()
    expect(page.locator("summary", has_text="Menu")).to_be_hidden()


def test_a_form_sent_after_the_session_ended_says_what_became_of_it(browsing: Browsing, newcomer: Human, script: bool):
    page = browsing.open(script=script, person=newcomer)
    page.goto("/account/name")
    page.context.clear_cookies()
    submit(page, "/account/name")
    page.wait_for_url("**/login")
    expect(page.get_by_role("status").first).to_contain_text("nothing was changed")


def test_back_after_every_scope_was_ticked_is_a_page(browsing: Browsing, newcomer: Human):
    page = browsing.open(script=False, person=newcomer)
    page.goto("/tokens/new")
    page.locator("#field-description").fill("Nightly export")
    page.locator("button[value=select_all]").click()
    expect(page.locator("#scope-people\\:read")).to_be_checked()
    expect(page.locator("#scope-default")).not_to_be_checked()
    expect(page.locator("#field-description")).to_have_value("Nightly export")
    assert "Nightly" not in page.url
    page.locator("a[href='/scopes']").first.click()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Create a token")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Create a token")


def test_a_wrong_callback_is_said_on_a_card(browsing: Browsing, app: flow.App):
    page = browsing.open()
    page.goto(flow.authorize_path("acme", app, redirect_uri="https://evil.example/"))
    expect(page.locator(".card.raised h1")).to_contain_text(re.compile("cannot be answered"))
    expect(page.locator(".card").nth(1)).to_contain_text("https://evil.example/")
