"""What a page in the browser is asked: does it complain, does it overflow, is it accessible."""

from __future__ import annotations

import contextlib
import json
import re
from functools import cache

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError

from human import Human
from ledger import Ledger

# Chromium says this for every answer of 400 and more; for the page itself that is the page's business.
_FAILED_LOAD = re.compile(r"^Failed to load resource: the server responded with a status of (4\d\d)")
# Not what fills rows or boxes in, and not the hidden button that Enter presses.
MAIN_BUTTON = "button:not([type=button]):not([value=select_all]):not([value=add_callback]):not([aria-hidden=true])"
AXE_COLOURS = ["color-contrast", "link-in-text-block"]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Browsing:
    """Opens pages for one test and remembers everything they complained about."""

    def __init__(self, browser: Browser, base: str, ledger: Ledger):
        self.browser = browser
        self.base = base
        self.ledger = ledger
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self._documents: set[str] = set()

    def open(
        self, theme: str = "light", width: int = 1280, script: bool = True, person: Human | None = None, **options
    ) -> Page:
        """A page in a fresh profile; with `person`, that person's session is already in it."""
        context = self.browser.new_context(
            base_url=self.base,
            color_scheme=theme,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            ignore_https_errors=True,
            **options,
        )
        context.set_default_timeout(8000)
        self.contexts.append(context)
        if person is not None:
            person.prove()
            context.add_cookies(
                [
                    {
                        "name": "gw_session",
                        "value": person.session_cookie,
                        "url": self.base,
                        "httpOnly": True,
                        "sameSite": "Lax",
                    }
                ]
            )
        context.on("page", self._watch)
        return context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: uncaught {error}"))
        page.on("request", self._requested)
        page.on("response", self._responded)

    def _requested(self, request: Request) -> None:
        if request.is_navigation_request():
            self._documents.add(request.url.partition("#")[0])

    def _responded(self, response: Response) -> None:
        self.ledger.collect(response.url, json.dumps(response.headers))
        if response.status >= 500:
            self.complaints.append(f"{response.url}: {response.status}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if _FAILED_LOAD.match(message.text) and (message.location.get("url") or "").partition("#")[0] in self._documents:
            return
        self.complaints.append(f"{message.location.get('url')}: {message.type}: {message.text}")

    def close(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                # A popup that has done its work closes itself, perhaps now.
                with contextlib.suppress(PlaywrightError):
                    self.ledger.collect(page.url, page.content())
            self.ledger.collect(json.dumps(context.cookies()))
            context.close()


def sign_in(page: Page, person: dict, start: str = "/login") -> None:
    """Fills the sign-in form as it stands; goes to `start` first unless the page is already there."""
    if not page.url.startswith("http") or "/login" not in page.url:
        page.goto(start)
    page.locator("#field-email").fill(person["email"])
    page.locator("#field-password").fill(person["password"])
    submit(page, "/login")


def submit(page: Page, action: str, name: str | re.Pattern | None = None) -> None:
    """Presses the submit button of the form that posts to `action`; with `name`, the one that is called so."""
    form = page.locator(f"form[action='{action}'], form[action^='{action}#']")
    button = form.get_by_role("button", name=name) if name else form.locator(MAIN_BUTTON)
    button.last.click()


def heading(page: Page) -> str:
    assert page.locator("h1").count() == 1, f"{page.url} has {page.locator('h1').count()} h1"
    return page.locator("h1").inner_text()


def shown_errors(page: Page) -> list[str]:
    """The words of the error summary's links; each must lead to a field that is marked and says the same."""
    summary = page.locator("#errors[role=alert]")
    assert summary.count() == 1, f"no error summary on {page.url}: {page.locator('main').inner_text()[:400]}"
    assert page.title().startswith("Error: "), page.title()
    found = []
    for link in summary.locator("a").all():
        target = link.get_attribute("href")
        assert target and target.startswith("#field-"), target
        field = page.locator(target)
        assert field.count() == 1, f"{target} leads nowhere"
        assert page.locator(f".field.bad{target}, .field.bad:has({target})").count() >= 1, (
            f"{target} is not marked as wrong"
        )
        found.append(link.inner_text().strip())
    assert found, "an error summary without links"
    return found


@cache
def _axe_source() -> str:
    return AXE_FILE_PATH.read_text()


def axe(page: Page, colours_only: bool = False) -> list[str]:
    """WCAG A and AA of 2.0 to 2.2 and axe's own good practice. One line for each thing that is wrong.

    Needs a page with JavaScript: axe waits for timers.
    """
    if not page.evaluate("() => typeof window.axe === 'object'"):
        # Through the protocol and not as a script element: our own policy would (rightly) refuse that.
        page.evaluate(_axe_source())
    result = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})",
        {"type": "rule", "values": AXE_COLOURS} if colours_only else {"type": "tag", "values": AXE_TAGS},
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> str | None:
    """Says what is wider than the window, or None: no page scrolls sideways."""
    return page.evaluate("""() => {
        const width = document.documentElement.clientWidth
        if (document.documentElement.scrollWidth <= width) return null
        const wide = [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .map(e => e.tagName.toLowerCase() + '.' + e.className)
        return document.documentElement.scrollWidth + ' > ' + width + ': ' + wide.slice(0, 5).join(', ')
    }""")


def box(locator: Locator) -> tuple[int, int]:
    """Width and height in whole pixels."""
    found = locator.bounding_box()
    assert found is not None, "not visible"
    return round(found["width"]), round(found["height"])
