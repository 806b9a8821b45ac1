"""Connecting in a real browser, over two origins: popup, blocked popup, cut line, key. The page has three lines of the SDK."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from abroad import Abroad
from app_page import AppPage
from browsing import Browsing


@pytest.fixture
def app() -> Iterator[AppPage]:
    page = AppPage()
    yield page
    page.close()


@pytest.fixture
def pages(abroad: Abroad, browser, ledger):
    session = Browsing(browser, abroad.server.base, ledger)
    yield session
    session.close()
    # The providers' own pages ask for style sheets that are not here.
    assert [said for said in session.complaints if abroad.server.base in said] == []


def opened(page: Page, app: AppPage, abroad: Abroad, call: str, settings: str | None = None) -> Page:
    app.uses(abroad.server.base, settings or json.dumps({"publicKey": abroad.keys["public_key"]}), call)
    page.goto(app.origin + "/")
    return page


def said(page: Page):
    return page.locator("#said")


def test_a_popup(pages, abroad: Abroad, app: AppPage):
    page = opened(pages.open(), app, abroad, 'gatewright.auth("openid", "popup")')
    with page.expect_popup() as popped:
        page.click("#connect")
    popup = popped.value
    popup.fill("input[name=sub]", "popup@far.example")
    popup.click("text=Authorize >> nth=-1")
    expect(said(page)).to_have_text("connected openid popup", timeout=15_000)
    if not popup.is_closed():
        popup.wait_for_event("close", timeout=5000)
    assert abroad.connection("openid", "popup").status_code == 200


def test_a_provider_that_cuts_the_popup_off(pages, abroad: Abroad, app: AppPage, ledger):
    """Gatewright as provider says Cross-Origin-Opener-Policy: same-origin, so only the socket can bring the result."""
    page = pages.open(person=abroad.person("Lin", ledger))
    # Playwright tells every page that it has the focus; here the popup has it.
    page.add_init_script("document.hasFocus = () => false")
    opened(page, app, abroad, 'gatewright.auth("northwind", "severed")')
    with page.expect_popup() as popped:
        page.click("#connect")
    popup = popped.value
    popup.get_by_role("button", name="Allow").click(timeout=10_000)
    expect(said(page)).to_have_text("connected northwind severed", timeout=20_000)


def test_no_at_the_provider(pages, abroad: Abroad, app: AppPage):
    page = opened(pages.open(), app, abroad, 'gatewright.auth("nowhere", "no")')
    with page.expect_popup() as popped:
        page.click("#connect")
    expect(said(page)).to_have_text(re.compile("^provider_config_err: "), timeout=15_000)
    expect(popped.value.get_by_role("heading", name="Not connected")).to_be_visible()
    assert "provider_config_err" in popped.value.content()


def test_a_window_that_the_person_closes(pages, abroad: Abroad, app: AppPage):
    page = opened(pages.open(), app, abroad, 'gatewright.auth("openid", "closed")')
    with page.expect_popup() as popped:
        page.click("#connect")
    popped.value.wait_for_selector("input[name=sub]")
    popped.value.close()
    page.bring_to_front()
    expect(said(page)).to_have_text(re.compile("^window_closed: "), timeout=20_000)


def test_a_blocked_popup_becomes_a_redirect(pages, abroad: Abroad, app: AppPage):
    page = pages.open()
    page.add_init_script("window.open = () => null")
    opened(page, app, abroad, 'gatewright.auth("openid", "redirected")')
    page.click("#connect")
    page.fill("input[name=sub]", "redirected@far.example")
    page.click("text=Authorize >> nth=-1")
    page.wait_for_url(app.origin + "/**")
    expect(said(page)).to_have_text("back openid redirected")
    assert "signature" not in page.url and "connection_id" not in page.url
    assert abroad.connection("openid", "redirected").status_code == 200


def test_a_blocked_popup_where_only_a_popup_will_do(pages, abroad: Abroad, app: AppPage):
    page = pages.open()
    page.add_init_script("window.open = () => null")
    opened(page, app, abroad, 'gatewright.auth("openid", "x", { mode: "popup" })')
    page.click("#connect")
    expect(said(page)).to_have_text(re.compile("^blocked_by_browser: "))


@pytest.mark.parametrize("way", ["cut", "never"])
def test_a_line_that_is_cut(pages, abroad: Abroad, app: AppPage, way: str):
    """The socket is closed once, or never opens; the popup's own message is silenced. The result still comes."""
    page = pages.open()
    page.add_init_script(
        """
        addEventListener("message", (event) => event.stopImmediatePropagation(), true);
        const Real = WebSocket;
        window.sockets = 0;
        window.WebSocket = function (url) {
          window.sockets += 1;
          if (WAY === "never") throw new Error("no sockets here");
          const socket = new Real(url);
          if (window.sockets === 1) socket.addEventListener("open", () => socket.close());
          return socket;
        };
        window.WebSocket.OPEN = 1;
        """.replace("WAY", json.dumps(way))
    )
    opened(page, app, abroad, f'gatewright.auth("openid", "line-{way}")')
    with page.expect_popup() as popped:
        page.click("#connect")
    popup = popped.value
    popup.fill("input[name=sub]", "line@far.example")
    page.wait_for_function("window.sockets >= 1")
    popup.click("text=Authorize >> nth=-1")
    expect(said(page)).to_have_text(f"connected openid line-{way}", timeout=20_000)
    if way == "cut":
        assert page.evaluate("window.sockets") >= 2


def test_an_api_key_without_a_popup(pages, abroad: Abroad, app: AppPage):
    call = 'gatewright.auth("keyed", "key", { credentials: { apiKey: "k-1" }, params: { account: "a" } })'
    page = opened(pages.open(), app, abroad, call)
    page.click("#connect")
    expect(said(page)).to_have_text("connected keyed key")
    assert abroad.connection("keyed", "key").json()["credentials"]["apiKey"] == "k-1"


def test_errors_have_names(pages, abroad: Abroad, app: AppPage):
    page = opened(pages.open(), app, abroad, 'gatewright.auth("keyed", "key", { credentials: { username: "a" }, params: { account: "a" } })')
    page.click("#connect")
    expect(said(page)).to_have_text(re.compile("^invalid_auth_mode: "))
    pages.complaints.clear()  # The browser says of every 400 that a resource did not load.


def session(abroad: Abroad, **more) -> str:
    made = abroad.backend.post(
        abroad.server.base + "/connect/sessions", json={"end_user": {"id": "ada", "display_name": "Ada"}, **more}, timeout=20
    )
    assert made.status_code == 201, made.text
    return made.json()["data"]["token"]


def test_a_session(pages, abroad: Abroad, app: AppPage):
    settings = json.dumps({"sessionToken": session(abroad)})
    page = opened(pages.open(), app, abroad, 'gatewright.auth("openid")', settings)
    with page.expect_popup() as popped:
        page.click("#connect")
    popped.value.fill("input[name=sub]", "session@far.example")
    popped.value.click("text=Authorize >> nth=-1")
    expect(said(page)).to_have_text(re.compile("^connected openid [0-9a-f-]{36}$"), timeout=15_000)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_hosted_page(pages, abroad: Abroad, script: bool):
    page = pages.open(script=script)
    page.goto(f"/connect?session_token={session(abroad)}")
    page.get_by_role("link", name="Keyed").click()
    page.get_by_label("Account").fill("a b")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("Account")
    expect(page.get_by_label("Account")).to_have_value("a b")
    page.get_by_label("Account").fill("a1")
    page.get_by_label("API key", exact=True).fill("k-2")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", name="Connected")).to_be_visible()


def test_a_link_in_somebodys_mail_asks_first(pages, abroad: Abroad):
    page = pages.open(script=False)
    page.goto(abroad.connect_path("openid", "mailed"))
    expect(page.get_by_role("heading", name="Connect Open ID to Acme?")).to_be_visible()
    page.get_by_role("button", name="Continue to Open ID").click()
    page.fill("input[name=sub]", "mailed@far.example")
    page.click("text=Authorize >> nth=-1")
    expect(page.get_by_role("heading", name="Connected")).to_be_visible()
