"""Every page, light and dark, 320 and 1280 wide: axe finds nothing, nothing overflows; and the keyboard is enough."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

import flow
from browsing import Browsing, axe, overflow, submit
from human import Human
from listener import Listener

LOOKS = [(theme, width) for width in (320, 1280) for theme in ("light", "dark")]
# Colours do not depend on the width: of hundreds of samples one dark look is enough.
SAMPLE_LOOKS = [("light", 320), ("light", 1280), ("dark", 1280)]
PARTS = 8


def look_at(page: Page, problems: list[str], looks: list[tuple[str, int]] = LOOKS) -> None:
    """Judges the page that is open in all its looks, without loading it again."""
    assert page.title().endswith("Gatewright"), f"{page.url}: title {page.title()!r}"
    assert page.locator("h1").count() == 1, f"{page.url}: {page.locator('h1').count()} h1"
    for theme, width in looks:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        where = f"{urlsplit(page.url).path} {theme} {width}"
        # The themes differ in colours only, so the dark looks are asked about colours only.
        problems += [f"{where}: {problem}" for problem in axe(page, colours_only=theme == "dark")]
        wide = overflow(page)
        if wide:
            problems.append(f"{where}: overflows: {wide}")


def walk(browsing: Browsing, person: Human | None, paths: list[str], statuses: tuple[int, ...] = (200,)) -> None:
    page = browsing.open(person=person)
    problems: list[str] = []
    for path in paths:
        answer = page.goto(path)
        assert answer is not None and answer.status in statuses, f"{path}: {answer and answer.status}"
        look_at(page, problems)
    assert not problems, "\n".join(problems)


def test_pages_that_anyone_can_open(browsing: Browsing):
    walk(
        browsing,
        None,
        [
            "/",
            "/signup",
            "/signup/sent",
            "/login",
            "/forgot",
            "/forgot/sent",
            "/verify/resend",
            "/scopes",
            "/demo/mail",
            "/demo/callback?error=access_denied&state=x",
        ],
    )


def test_error_pages(browsing: Browsing, app: flow.App):
    walk(
        browsing,
        None,
        [
            "/nowhere",
            "/verify/gw_ml_000000000000000000000000000000000000",
            "/reset/gw_ml_000000000000000000000000000000000000",
            "/t/acme/oauth/authorize?client_id=gw_id_0000000000000000000000&response_type=code",
            flow.authorize_path("acme", app, redirect_uri="https://evil.example/"),
        ],
        statuses=(400, 404, 410),
    )


def test_a_developers_pages(browsing: Browsing, lin: Human, app: flow.App, public_app: flow.App):
    token_id, _ = flow.new_developer_token(lin, "northwind")
    walk(
        browsing,
        lin,
        [
            "/dashboard",
            "/account",
            "/account/apps",
            "/tokens",
            "/tokens?status=all",
            "/tokens?q=nothing+like+it",
            "/tokens/new",
            f"/tokens/{token_id}/created",
            f"/tokens/{token_id}/revoke",
            "/apps",
            "/apps/new",
            f"/apps/{app.id}",
            f"/apps/{app.id}/created",
            f"/apps/{app.id}/edit",
            f"/apps/{app.id}/delete",
            f"/apps/{public_app.id}",
            "/tenants/new",
            "/t/northwind",
        ],
    )


def test_a_newcomers_empty_pages(browsing: Browsing, newcomer: Human):
    walk(browsing, newcomer, ["/dashboard", "/tokens", "/apps", "/account/apps", "/developer/apply", f"/t/{newcomer.tenant}"])


def test_the_operators_pages(browsing: Browsing, olga: Human):
    page = browsing.open(person=olga)
    problems: list[str] = []
    for path in (
        "/operator",
        "/operator/applications",
        "/operator/applications?state=approved",
        "/operator/people",
        "/operator/apps",
        "/operator/tenants?q=nothing+like+it",
        "/operator/tenants",
        "/operator/scopes",
        "/operator/scopes/new",
        "/operator/scopes/people:read",
        "/operator/rules",
        "/operator/audit",
        "/operator/health",
    ):
        page.goto(path)
        look_at(page, problems)
    for path in ("/operator/applications", "/operator/people", "/operator/apps", "/operator/tenants"):
        page.goto(path)
        page.locator(f"th a[href^='{path}/']").first.click()
        look_at(page, problems)
    page.goto("/operator/outbox")
    look_at(page, problems)
    page.locator("a[href^='/operator/outbox/']").first.click()
    look_at(page, problems)
    assert not problems, "\n".join(problems)


def test_consent_and_what_a_member_sees_instead(browsing: Browsing, ada: Human, grace: Human, lin: Human):
    app = flow.register(
        lin, "https://look.example/callback", scopes=("account:read", "people:read", "people:write", "default")
    )
    path = flow.authorize_path("acme", app, flow.pkce()[1])
    walk(browsing, ada, [path, "/t/acme", "/account/apps"])
    walk(browsing, grace, [path, "/t/acme"], statuses=(200, 403))


def test_the_brokers_pages(browsing: Browsing, ada: Human):
    env = "/t/acme/env/dev"
    walk(
        browsing,
        ada,
        [
            env,
            "/t/acme/env/prod",
            "/t/acme/env/new",
            f"{env}/integrations",
            f"{env}/integrations/new",
            f"{env}/integrations/new?q=nothing+like+it",
            f"{env}/integrations/new/github",
            f"{env}/integrations/new/openai",
            f"{env}/integrations/new/custom",
            f"{env}/connections",
            f"{env}/activity",
            f"{env}/webhooks",
            f"{env}/settings",
            f"{env}/settings/variables",
        ],
    )


def test_the_brokers_pages_of_one_thing(browsing: Browsing, ada: Human, demo: dict):
    """An integration, a connection, what happened, a key: as the lists lead there."""
    env = "/t/acme/env/dev"
    keys = demo["broker"]
    # Something that failed, so that there is a trace with advice.
    ada.wire.get(f"/oauth/connect/nowhere?connection_id=u1&public_key={keys['public_key']}")
    page = browsing.open(person=ada)
    problems: list[str] = []
    for path in (f"{env}/integrations", f"{env}/connections", f"{env}/activity"):
        page.goto(path)
        first = page.locator(f"main a[href^='{path}/']:not([href*='/new'])").first
        for _ in range(20):
            if first.count():
                break
            page.wait_for_timeout(500)
            page.goto(path)
        look_at(page, problems)
        first.click()
        look_at(page, problems)
        for link in page.locator("main a[href$='/delete']").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
            page.goto(link)
            look_at(page, problems)
    page.goto(f"{env}/settings")
    for link in page.locator("main a[href$='/delete'], main a[href$='/revoke']").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )[:2]:
        page.goto(link)
        look_at(page, problems)
    assert not problems, "\n".join(problems)


def test_the_pages_of_somebody_who_connects(browsing: Browsing, demo: dict):
    keys = demo["broker"]
    headers = {"Authorization": f"Bearer {keys['secret_key']}"}

    def session(*integrations: str) -> str:
        body = {"end_user": {"id": "7", "display_name": "Ada"}, "allowed_integrations": list(integrations)}
        made = requests.post(f"{browsing.base}/connect/sessions", json=body, headers=headers, timeout=20)
        assert made.status_code == 201, made.text
        return f"/connect?session_token={made.json()['data']['token']}"

    asked = f"/oauth/connect/northwind?connection_id=u1&public_key={keys['public_key']}"
    walk(browsing, None, [session("northwind", "northwind-token"), session("northwind"), session("northwind-token"), asked])
    walk(
        browsing, None,
        ["/connect", "/connect?session_token=x", "/oauth/callback?state=x", asked.replace("/northwind?", "/nowhere?")],
        statuses=(400, 401),
    )  # fmt: skip


def test_forms_with_errors(browsing: Browsing, newcomer: Human):
    page = browsing.open(person=newcomer)
    problems: list[str] = []
    for path, action in (("/apps/new", "/apps"), ("/tokens/new", "/tokens"), ("/tenants/new", "/tenants")):
        page.goto(path)
        submit(page, action)
        expect(page.locator("#errors")).to_be_visible()
        look_at(page, problems)
    assert not problems, "\n".join(problems)


@pytest.fixture
def gallery(browsing: Browsing) -> tuple[Page, list[str]]:
    page = browsing.open()
    page.goto("/dev/pages")
    found = page.locator("a[href^='/dev/pages/']").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    return page, sorted(set(found))


@pytest.mark.parametrize("part", range(PARTS))
def test_the_gallery_of_every_pages_sample(gallery: tuple[Page, list[str]], part: int):
    """The samples show states that are hard to reach: long names, warnings, empty lists, everything at once."""
    page, paths = gallery
    assert len(paths) >= 20 * PARTS, paths
    problems: list[str] = []
    for path in paths[part::PARTS]:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        look_at(page, problems, SAMPLE_LOOKS)
    assert not problems, "\n".join(problems)


def focus_by_tab(page: Page, selector: str, most: int = 60) -> None:
    """Presses Tab until the element has the focus, and sees that the focus is visible on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """selector => {
            const e = document.activeElement, s = getComputedStyle(e)
            const visible = e === document.body || s.outlineStyle !== 'none' || s.boxShadow !== 'none'
            return [e.matches(selector), visible, e.outerHTML.slice(0, 120)]
        }""",
            selector,
        )
        assert state[1], f"no visible focus on {state[2]}"
        if state[0]:
            return
    raise AssertionError(f"{selector} is not reached with {most} tabs")


def test_sign_in_and_consent_with_the_keyboard_alone(browsing: Browsing, people: dict, lin: Human, listener: Listener):
    app = flow.register(lin, listener.callback)
    page = browsing.open()
    page.goto(flow.authorize_path("acme", app, flow.pkce()[1]))
    if page.evaluate("() => document.activeElement.id") != "field-email":
        focus_by_tab(page, "#field-email")
    page.keyboard.type(people["ada"]["email"])
    focus_by_tab(page, "#field-password")
    page.keyboard.type(people["ada"]["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Allow"))).to_be_visible()
    # Allow rests for half a second after it was painted, so that nobody is tricked into it (case 135).
    expect(page.locator("button[value=allow]")).to_be_enabled()
    focus_by_tab(page, "button[value=allow]")
    page.keyboard.press("Space")
    page.wait_for_url(lambda url: url.startswith(listener.callback))
    assert "code" in listener.last()


def test_the_first_tab_offers_to_skip_to_the_content(browsing: Browsing):
    page = browsing.open()
    page.goto("/scopes")
    page.keyboard.press("Tab")
    target = page.evaluate("() => document.activeElement.getAttribute('href')")
    assert target and target.startswith("#") and page.locator(f"main{target}, main {target}").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_stays(browsing: Browsing, theme: str, script: bool):
    page = browsing.open(theme="dark" if theme == "light" else "light", script=script)
    page.goto("/scopes")
    form = page.locator("form[action='/theme']").first
    if form.locator("select[name=theme]").count():
        form.locator("select[name=theme]").select_option(theme)
        form.locator("button").first.click()
    else:
        form.locator(f"button[name=theme][value={theme}]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.goto("/login")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
