"""Step by step: Welcome, Create a Token, New, a description, all scopes, Create, copy it now, curl."""

from __future__ import annotations

import re
import subprocess

from playwright.sync_api import Page, expect

import human
from browsing import Browsing, heading, shown_errors, submit
from human import Human
from wire import Wire

TOKEN = re.compile(r"gw_dt_[0-9A-Za-z]{36}")


def fill_and_create(page: Page, script: bool) -> str:
    """From the Welcome page to the page that shows the token."""
    page.goto("/dashboard")
    page.get_by_role("link", name=re.compile("Create a Token", re.I)).first.click()
    if page.url.endswith("/tokens"):
        page.get_by_role("link", name=re.compile("^New")).first.click()
    page.wait_for_url("**/tokens/new")

    submit(page, "/tokens", re.compile("^Create"))
    assert len(shown_errors(page)) == 2  # no description, no scope

    page.locator("#field-description").fill("Nightly export")
    page.locator("button[value=select_all]").click()
    boxes = page.locator("input[name=scopes]:not([disabled]):not([value=default])")
    expect(boxes.first).to_be_checked()
    assert boxes.count() >= 3 and all(box.is_checked() for box in boxes.all())
    # What stands for all of them, now and in future, is ticked by nobody unasked.
    expect(page.locator("input[name=scopes][value=default]")).not_to_be_checked()
    expect(page.locator("#field-description")).to_have_value("Nightly export")
    submit(page, "/tokens", re.compile("^Create"))
    page.wait_for_url("**/created")
    return TOKEN.search(page.locator("main").inner_text()).group()


def test_a_token_is_made_shown_once_used_listed_and_revoked(
    browsing: Browsing, newcomer: Human, wire: Wire, script: bool, base: str
):
    page = browsing.open(script=script, person=newcomer)
    token = fill_and_create(page, script)
    token_id = page.url.split("/")[-2]
    assert token not in page.url and token not in page.title()
    shown = page.locator("main").inner_text()
    assert "Nightly export" in shown and "once" in shown

    # The curl line is there to be pasted, so it is pasted.
    line = next(one for one in page.locator("pre, code").all_inner_texts() if one.strip().startswith("curl"))
    assert token in line
    ran = subprocess.run(["bash", "-c", line + " -sS -w '\\n%{http_code}'"], capture_output=True, text=True, timeout=20)
    assert ran.stdout.strip().endswith("200"), ran
    assert newcomer.email in ran.stdout

    page.reload()
    assert not TOKEN.search(page.content()), "shown twice"
    expect(page.locator("main")).to_contain_text(re.compile("already shown", re.I))

    letter = next(text for text in human.letters(wire, newcomer.email) if "token was created" in text)
    assert "people:read" in letter and "Nightly export" in letter and token not in letter

    page.goto("/tokens")
    row = page.locator("tr, li, article").filter(has_text="Nightly export").first
    text = row.inner_text()
    assert token[-4:] in text and token not in page.content()
    assert "people:read" in row.text_content()

    row.locator(f"a[href='/tokens/{token_id}/revoke']").first.click()
    expect(page.locator("main")).to_contain_text("Nightly export")
    assert wire.get("/v2/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    submit(page, f"/tokens/{token_id}/revoke")
    page.wait_for_url("**/tokens**")
    refused = wire.get("/v2/me", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    page.goto("/tokens?status=revoked")
    expect(page.locator("main")).to_contain_text("Nightly export")
    page.goto("/tokens?status=active")
    expect(page.locator("main")).not_to_contain_text("Nightly export")


def test_regenerate_is_the_form_filled_from_the_old_token(
    browsing: Browsing, newcomer: Human, wire: Wire, script: bool
):
    page = browsing.open(script=script, person=newcomer)
    old = fill_and_create(page, script)
    token_id = page.url.split("/")[-2]
    page.goto("/tokens")
    page.locator(f"a[href*='from={token_id}']").first.click()
    page.wait_for_url("**/tokens/new?**")
    expect(page.locator("#field-description")).to_have_value(re.compile("Nightly export"))
    expect(page.locator("input[name=scopes][value='people:read']")).to_be_checked()
    page.locator("#field-description").fill("Nightly export, again")
    submit(page, "/tokens", re.compile("^Create"))
    page.wait_for_url("**/created")
    new = TOKEN.search(page.locator("main").inner_text()).group()
    assert new != old
    assert wire.get("/v2/me", headers={"Authorization": f"Bearer {new}"}).status_code == 200
    assert wire.get("/v2/me", headers={"Authorization": f"Bearer {old}"}).status_code == 401, "its place was taken"


def test_a_link_can_fill_the_form_but_not_send_it(browsing: Browsing, newcomer: Human, script: bool):
    page = browsing.open(script=script, person=newcomer)
    page.goto("/tokens/new?description=From+a+link&scopes=people:read+account:read&expires=7")
    expect(page.locator("#field-description")).to_have_value("From a link")
    expect(page.locator("input[name=scopes][value='people:read']")).to_be_checked()
    expect(page.locator("input[name=scopes][value='default']")).not_to_be_checked()
    page.goto("/tokens")
    assert heading(page)
    expect(page.locator("main")).not_to_contain_text("From a link")


def test_a_custom_expiry_is_shown_to_the_day(browsing: Browsing, newcomer: Human, script: bool):
    page = browsing.open(script=script, person=newcomer)
    page.goto("/tokens/new")
    page.locator("#field-description").fill("Until spring")
    page.locator("input[name=scopes][value='account:read']").check()
    if page.locator("select[name=expires]").count():
        page.locator("select[name=expires]").select_option("custom")
    else:
        page.locator("input[name=expires][value=custom]").check()
    page.locator("#field-expires_on").fill("2020-01-01")
    submit(page, "/tokens", re.compile("^Create"))
    assert shown_errors(page)
    page.locator("#field-expires_on").fill("2027-03-31")
    submit(page, "/tokens", re.compile("^Create"))
    page.wait_for_url("**/created")
    expect(page.locator("main")).to_contain_text(re.compile("31 March 2027|March 31, 2027|2027-03-31"))
