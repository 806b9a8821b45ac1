"""Connecting at real providers, whole: from the app's page to a token that the provider itself accepts."""

from __future__ import annotations

import re

import pytest
import requests

import flow
import markup
from abroad import Abroad
from far_providers import query
from wire import Wire

@pytest.fixture
def person(abroad: Abroad, ledger) -> Wire:
    return Wire(abroad.server.base, ledger)


def finish(person: Wire, address: str) -> requests.Response:
    """The provider's redirect, followed to our callback, with the cookies of the same browser."""
    assert "/oauth/callback" in address, address
    return person.get(address)


def test_an_openid_provider_on_authlib(abroad: Abroad, person: Wire):
    away = person.get(abroad.connect_path("openid", "ada"))
    assert away.status_code == 302, away.text
    asked = query(away.headers["Location"])
    assert asked["scope"] == "openid email" and asked["code_challenge_method"] == "S256"
    pressed = requests.post(away.headers["Location"], data={"sub": "ada@far.example"}, allow_redirects=False, timeout=20)
    assert "<h1>Connected</h1>" in finish(person, pressed.headers["Location"]).text
    token = abroad.connection("openid", "ada").json()["credentials"]["access_token"]
    who = requests.get(abroad.openid + "/userinfo", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert who.json()["email"] == "ada@far.example"


def test_a_refusal_reaches_the_person_in_the_providers_words(abroad: Abroad, person: Wire):
    away = person.get(abroad.connect_path("openid", "never"))
    pressed = requests.post(away.headers["Location"], data={"action": "deny"}, allow_redirects=False, timeout=20)
    # The mock forgets our state when somebody presses Deny, as some providers do: no flow is found then.
    state = query(away.headers["Location"])["state"]
    address = pressed.headers["Location"]
    ended = person.get(address if "state=" in address else f"{address}&state={state}")
    assert ended.status_code == 400
    text = markup.visible_text(ended.text)
    assert "access_denied" in text and "You did not allow access there" in text
    assert abroad.connection("openid", "never").status_code == 400


def test_django_oauth_toolkit_whose_refresh_tokens_rotate(abroad: Abroad, person: Wire):
    away = person.get(abroad.connect_path("django", "ada"))
    browser = requests.Session()
    form = browser.get(away.headers["Location"], timeout=20)
    assert form.status_code == 200, form.text[:500]
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form.text))
    pressed = browser.post(away.headers["Location"], data={**fields, "allow": "Authorize"}, allow_redirects=False, timeout=20)
    assert pressed.status_code == 302, pressed.text[:500]
    assert "<h1>Connected</h1>" in finish(person, pressed.headers["Location"]).text
    first = abroad.connection("django", "ada", refresh_token="true").json()["credentials"]
    second = abroad.connection("django", "ada", refresh_token="true", force_refresh="true").json()["credentials"]
    assert first["access_token"] != second["access_token"] and first["refresh_token"] != second["refresh_token"]
    who = requests.get(abroad.django + "/whoami", headers={"Authorization": f"Bearer {second['access_token']}"}, timeout=20)
    assert who.json() == {"name": "ada"}


def test_oauth_1_whose_signatures_oauthlib_checks(abroad: Abroad, person: Wire):
    away = person.get(abroad.connect_path("old", "ada"))
    assert away.status_code == 302, away.text
    assert away.headers["Location"].startswith(abroad.oauth1.base + "/authorize?oauth_token=")
    allowed = requests.get(away.headers["Location"], allow_redirects=False, timeout=20)
    assert "<h1>Connected</h1>" in finish(person, allowed.headers["Location"]).text
    credentials = abroad.connection("old", "ada").json()["credentials"]
    assert credentials["type"] == "OAUTH1"
    assert abroad.oauth1.tokens[credentials["oauth_token"]] == credentials["oauth_token_secret"]


def test_gatewright_itself_as_provider(abroad: Abroad, person: Wire, ledger):
    lin = abroad.person("Lin", ledger)
    away = person.get(abroad.connect_path("northwind", "lin-herself"))
    assert away.status_code == 302, away.text
    path = away.headers["Location"].removeprefix(abroad.server.base)
    answer = lin.wire.get(path)
    if answer.status_code == 200:
        answer = flow.decide(lin, answer.text, "allow")
    assert "<h1>Connected</h1>" in finish(person, flow.onward(answer) or "").text
    token = abroad.connection("northwind", "lin-herself").json()["credentials"]["access_token"]
    people = requests.get(
        abroad.server.base + "/t/northwind/api/v1/people", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )
    assert people.status_code == 200


def test_an_api_key(abroad: Abroad, person: Wire):
    path = f"/api-auth/api-key/keyed?connection_id=ada&public_key={abroad.keys['public_key']}&params[account]=a1"
    made = person.post(path, json={"apiKey": "k-123456789"})
    assert made.json() == {"providerConfigKey": "keyed", "connectionId": "ada"}
    stored = abroad.connection("keyed", "ada").json()
    assert stored["credentials"] == {"type": "API_KEY", "apiKey": "k-123456789"}
    assert stored["connection_config"] == {"account": "a1"}
