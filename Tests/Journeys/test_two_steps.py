"""Two-step sign-in with a real authenticator's library, its QR code read as a camera would read it, and step-up."""

from __future__ import annotations

import io
import re
import sqlite3
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pyotp
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from browsing import Browsing
from human import Human, signed_in
from ledger import Ledger
from server import Server


def scan(page: Page) -> str:
    """What a phone sees when it is held before the screen: other kinds of code could be read into a QR code's rows by chance."""
    picture = Image.open(io.BytesIO(page.locator("svg.qr").screenshot()))
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1, "no QR code, or more than one, on the picture"
    return found[0].text


def next_code(authenticator: pyotp.TOTP) -> str:
    """Of the next half minute, which counts already: nobody has to wait for it."""
    return authenticator.at(int(time.time()) + 30)


def test_turned_on_by_qr_code_and_used(browsing: Browsing, newcomer: Human, ledger: Ledger, script: bool):
    page = browsing.open(script=script, person=newcomer, theme="dark" if script else "light")
    page.goto("/account")
    page.get_by_role("link", name="Turn it on").click()
    page.get_by_role("button", name="Set it up").click()

    address = scan(page)
    asked = urlsplit(address)
    key = parse_qs(asked.query)["secret"][0]
    ledger.add(key)
    assert asked.scheme == "otpauth" and asked.netloc == "totp"
    assert page.locator(".secret code").inner_text().replace(" ", "") == key
    authenticator = pyotp.parse_uri(address)
    assert authenticator.name == newcomer.email and authenticator.issuer == "Gatewright"

    page.locator("#field-code").fill("000000" if authenticator.now() != "000000" else "000001")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#errors")).to_contain_text("This code is not right")
    page.locator("#field-code").fill(authenticator.now())
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_url("**/second-factor/codes")
    codes = page.locator("pre").inner_text().split()
    assert len(codes) == 10
    for code in codes:
        ledger.add(code)
    page.reload()
    assert codes[0] not in page.content(), "shown twice"

    # Somewhere else, the password alone is half the way.
    other = browsing.open(script=script)
    other.goto("/login?next=/tokens")
    other.locator("#field-email").fill(newcomer.email)
    other.locator("#field-password").fill(newcomer.password)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Enter the code")).to_be_visible()
    other.locator("#field-code").fill(next_code(authenticator))
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/tokens")

    lost = browsing.open(script=script)
    lost.goto("/login")
    lost.locator("#field-email").fill(newcomer.email)
    lost.locator("#field-password").fill(newcomer.password)
    lost.get_by_role("button", name="Sign in").click()
    lost.locator("#field-code").fill(codes[4].upper().replace("-", " "))
    lost.get_by_role("button", name="Sign in").click()
    lost.wait_for_url("**/dashboard")
    lost.goto("/account/activity")
    expect(lost.locator("main")).to_contain_text("Used a recovery code")

    page.goto("/account/second-factor")
    expect(page.locator("main")).to_contain_text("9 recovery codes left")
    page.get_by_role("link", name="Turn it off").click()
    page.get_by_role("button", name="Turn it off").click()
    expect(page.locator(".note[role=status]")).to_contain_text("Two-step sign-in is off")


def test_case_164_an_old_session_is_asked_and_what_was_typed_is_kept(
    launch: Callable[..., Server], browsing: Browsing, ledger: Ledger
):
    server = launch()
    ada = next(one for one in server.demo()["people"] if one["name"].startswith("Ada"))
    person = signed_in(server.address, ledger, ada)
    page = browsing.open(script=False)
    page.context.add_cookies([{"name": "gw_session", "value": person.session_cookie, "url": server.address}])
    page.goto(server.address + "/tokens/new")
    page.locator("#field-description").fill("Nightly export")
    page.locator("input[name=scopes]").first.check()

    # Lunch: the form stays open. (The server is down meanwhile, because only it may write to its database.)
    server.stop()
    with sqlite3.connect(server.database) as database:
        database.execute("UPDATE sessions SET confirmed_at = confirmed_at - 3600, authenticated_at = authenticated_at - 3600")
    database.close()
    server.start()

    page.get_by_role("button", name=re.compile("^Create token")).click()
    expect(page.get_by_role("heading", name="Confirm it is you")).to_be_visible()
    assert "Nightly export" not in page.content(), "kept, not shown"
    page.locator("#field-confirm_password").fill("not it at all")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#errors")).to_contain_text("This is not your password")
    page.locator("#field-confirm_password").fill(ada["password"])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/created")
    expect(page.locator("main")).to_contain_text("Nightly export")
    # The old cookie is dead; the browser went on with a new one.
    assert not person.is_signed_in
    page.goto(server.address + "/account")
    expect(page.locator("main")).to_contain_text(ada["email"])
    server.stop()
