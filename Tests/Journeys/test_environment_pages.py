"""An environment in its admin's browser: variables for scripts, a test connection, and its end."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browsing import Browsing, shown_errors, submit
from environment import Environment
from human import Human

TYPED = "API_REGION=eu\nREPORT_SECRET=fjord-candle-42"


def variables(environment: Environment) -> dict[str, str]:
    answer = environment.call("GET", "/environment-variables")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["value"] for one in answer.json()}


def test_variables_for_scripts(browsing: Browsing, ada: Human, script: bool):
    environment = Environment(ada, "vars-js" if script else "vars", requires_hmac=False)
    assert variables(environment) == {}
    page = browsing.open(person=ada, script=script)
    page.goto(environment.settings)
    page.get_by_role("link", name="Add variables").click()
    box = page.get_by_label("Variables", exact=True)
    box.fill(TYPED + "\nno line at all")
    page.get_by_role("button", name="Save the variables").click()
    assert [error.split(":")[0] for error in shown_errors(page)] == ["Line 3"]
    expect(box).to_have_value(TYPED + "\nno line at all")
    assert variables(environment) == {}

    box.fill(TYPED)
    page.get_by_role("button", name="Save the variables").click()
    expect(page.locator("main")).to_contain_text("Your changes are saved.")
    assert variables(environment) == {"API_REGION": "eu", "REPORT_SECRET": "fjord-candle-42"}
    # Masked until somebody asks; and a reload asks again.
    assert "fjord" not in page.content()
    page.get_by_role("button", name="Show and change").click()
    expect(box).to_have_value(TYPED)
    page.goto(environment.settings + "/variables")
    assert "fjord" not in page.content()
    page.get_by_role("button", name="Show and change").click()
    box.fill("API_REGION=us")
    page.get_by_role("button", name="Save the variables").click()
    expect(page.locator("main")).to_contain_text("Your changes are saved.")
    assert variables(environment) == {"API_REGION": "us"}
    page.goto("/t/acme/audit?area=environment")
    expect(page.locator("main")).to_contain_text("Looked at environment variables")
    assert "fjord" not in page.content()


def delete(page: Page, environment: Environment, name: str) -> None:
    page.goto(environment.settings)
    page.get_by_role("link", name="Delete the environment").click()
    page.get_by_label("Type the environment’s name to confirm").fill(name)
    submit(page, environment.path + "/delete")


def test_an_environment_ends_at_once(browsing: Browsing, ada: Human, script: bool):
    name = "ends-js" if script else "ends"
    environment = Environment(ada, name, requires_hmac=False)
    environment.integrate("openai")
    body = {"connection_id": "u1", "provider_config_key": "openai", "api_key": "sk-0451"}
    assert environment.call("POST", "/connection", json=body).status_code == 201
    assert environment.connection("openai", "u1").status_code == 200
    page = browsing.open(person=ada, script=script)
    delete(page, environment, name)
    expect(page.locator("main")).to_contain_text("The environment is deleted")
    assert environment.connection("openai", "u1").status_code == 401
    gone = page.goto(environment.path)
    assert gone is not None and gone.status == 404
    # Its name is free, and the new one is empty.
    again = Environment(ada, name, requires_hmac=False)
    assert again.public_key != environment.public_key
    assert again.call("GET", "/connections").json() == {"connections": []}


def test_the_demo_connects_at_once(browsing: Browsing, ada: Human, script: bool):
    """Whoever tries the demo is Ada, and the first integration of the list is one that she can allow herself."""
    page = browsing.open(person=ada, script=script)
    page.goto("/t/acme/env/dev/integrations")
    page.locator("main h2 a").first.click()
    expect(page.locator("h1")).to_have_text("Acme directory")
    page.get_by_role("button", name="Connect to test").click()
    page.get_by_role("button", name="Continue to Acme directory").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("h1")).to_have_text("Acme directory is connected")
    page.get_by_role("link", name="See the connection").click()
    expect(page.get_by_role("link", name="Connections").first).to_be_visible()
    page.locator("main nav[aria-label='One level up'] a").click()
    expect(page.locator("h1")).to_have_text("Connections")


def test_nothing_lies_over_the_code_of_a_connection(browsing: Browsing, ada: Human):
    """An ID as long as ours, so that the line of the curl is longer than its box."""
    environment = Environment(ada, "long-lines", requires_hmac=False)
    environment.integrate("openai")
    body = {"connection_id": "5a1a0695-b053-45e2-bb84-d63912df8a6b" * 2, "provider_config_key": "openai", "api_key": "sk-0451"}
    assert environment.call("POST", "/connection", json=body).status_code == 201
    page = browsing.open(person=ada)
    page.goto(environment.path + "/connections")
    page.locator("main tbody a").first.click()
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for block in page.locator(".copyable:has(> pre):visible").all():
            code, button = block.locator("pre").bounding_box(), block.locator("button").bounding_box()
            assert code and button
            apart = code["x"] + code["width"] <= button["x"] or code["y"] + code["height"] <= button["y"]
            assert apart, f"{width}: {code} and {button}"


def test_the_form_for_the_first_key_is_open(browsing: Browsing, ada: Human, script: bool):
    name = "first-key-js" if script else "first-key"
    made = ada.submit("/t/acme/env/new", {"name": name, "hmac": "off"}, action="/t/acme/env")
    assert made.status_code == 303
    page = browsing.open(person=ada, script=script)
    page.goto(f"/t/acme/env/{name}")
    page.get_by_role("link", name="Make a key").click()
    page.locator("#field-key_name").fill("Backend")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("main")).to_contain_text("it is shown only this once")


def tab_to(page: Page, name: str, within: int) -> None:
    """By Tab alone, to the control that is called so; each stop on the way can be seen."""
    for _ in range(within):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "() => { const it = document.activeElement, box = it.getBoundingClientRect();"
            " return [it.textContent.trim() || it.labels?.[0]?.textContent.trim() || '', box.top < innerHeight && box.bottom > 0]; }"
        )
        assert stop[1], f"{stop[0]!r} has the focus and is not in view"
        if stop[0] == name:
            return
    raise AssertionError(f"{within} times Tab do not reach {name!r}")


def skip(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_settings_by_keyboard(browsing: Browsing, ada: Human, script: bool):
    """What a form deep in a long page changed is where its answer opens, and the keyboard goes on from there."""
    settings = "/t/acme/env/dev/settings"
    page = browsing.open(person=ada, script=script)
    page.goto("/t/acme/env/dev/integrations")
    skip(page)
    tab_to(page, "Add an integration", within=1)
    page.goto(settings)
    skip(page)
    tab_to(page, "Show the HMAC key", within=60)
    page.keyboard.press("Enter")
    heading = page.locator("#hmac-title")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    key = page.get_by_text("gw_hk_")
    expect(key).to_be_in_viewport()
    browsing.ledger.add(key.inner_text())
    page.goto(settings)
    skip(page)
    tab_to(page, "Turn it on", within=60)
    page.keyboard.press("Space")
    expect(heading).to_be_focused()
    tab_to(page, "Leave it off", within=2)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(settings) + "#hmac-title$"))
    expect(page.get_by_text("Not on yet")).to_have_count(0)
    # The scopes of a key are stops only for whoever wants to limit it.
    page.goto(settings)
    page.locator("summary", has_text="Make a secret key").focus()
    if page.locator("#field-key_name").is_hidden():
        page.keyboard.press("Enter")
    page.locator("#field-key_name").focus()
    tab_to(page, "Make the key", within=4)
    page.locator("input[name=limited][value=yes]").check()
    expect(page.locator("input[name=scopes]").first).to_be_visible()


def test_a_wrong_day_leaves_the_filters_in_their_row(browsing: Browsing, ada: Human):
    page = browsing.open(person=ada)
    for path in ("/t/acme/audit", "/t/acme/env/dev/activity"):
        page.goto(f"{path}?from=yesterday")
        first, second = page.locator("#field-from").bounding_box(), page.locator("#field-until").bounding_box()
        error = page.locator("#err-from").bounding_box()
        assert first and second and error
        assert abs(first["y"] - second["y"]) < 2, path
        assert error["y"] >= first["y"] + first["height"], path
