"""Olga runs this installation: she decides who may build for it, and what has to stop."""

from __future__ import annotations

import re

import flow
import human
import markup
from browsing import Browsing, sign_in
from human import Human
from ledger import Ledger
from playwright.sync_api import expect


def markup_fields(person: Human) -> list[tuple[str, str]]:
    form = markup.form(person.page("/developer/apply"), "/developer/apply")
    return [(name, value) for name, value in form.filled({}) if name == "csrf"]


def test_olga_reads_an_application_with_its_hints_and_rejects_it(
    browsing: Browsing, base: str, ledger: Ledger, people: dict, olga: Human, script: bool
):
    applicant = human.signed_up(base, ledger, "Eve Imitator")
    answers = human.APPLICATION | {"organization": "Acm3"}
    fields = markup_fields(applicant)
    assert applicant.post("/developer/apply", [*fields, *answers.items(), ("action", "submit")]).status_code == 303
    page = browsing.open(script=script)
    page.goto("/login?next=/operator")
    sign_in(page, people["olga"])
    page.locator("main a[href='/operator/applications']").last.click()
    while not page.locator("tr").filter(has_text=applicant.email).count():
        page.get_by_role("link", name="Next page").click()
    page.locator("tr").filter(has_text=applicant.email).get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("“Acm3” looks like the tenant “Acme”.")
    page.locator("button[value=rejected]").click()
    expect(page.locator("#errors")).to_be_visible()
    page.locator("#field-reason").fill("You are not Acme.")
    page.locator("button[value=rejected]").click()
    page.wait_for_url("**/operator/applications")
    assert "You are not Acme." in applicant.page("/developer/apply")
    assert any("You are not Acme." in letter for letter in human.letters(applicant.wire, applicant.email))
    assert applicant.wire.get("/apps/new").headers["Location"] == "/apps"


def test_a_suspended_app_is_refused_at_the_next_request(browsing: Browsing, ada: Human, lin: Human, people: dict):
    app = flow.register(lin, "https://stopped.example/callback")
    request = flow.authorize_path("acme", app, flow.pkce()[1])
    assert ada.wire.get(request).status_code == 200
    page = browsing.open()
    page.goto("/login?next=/operator/apps")
    sign_in(page, people["olga"])
    page.locator("#filter-q").fill(app.name)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=app.name, exact=True).click()
    page.locator("#field-reason").fill("It asks for more than it needs.")
    page.get_by_role("button", name="Suspend").click()
    expect(page.locator("main")).to_contain_text("It asks for more than it needs.")
    assert ada.wire.get(request).status_code == 400
    assert "It asks for more than it needs." in lin.page(f"/apps/{app.id}")
    page.get_by_role("button", name="Reinstate").click()
    expect(page.locator("main")).to_contain_text("Reinstated, with effect")
    assert ada.wire.get(request).status_code == 200
    page.goto("/operator/audit?area=app")
    expect(page.locator("main")).to_contain_text(re.compile("Suspended an app"))
