"""Connecting at real providers, whole: from the app's page to a token that the provider itself accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import far_providers
import flow
import human
import markup
from far_providers import CLIENT_ID, CLIENT_SECRET, query
from server import Server
from wire import Wire

INTEGRATIONS = {"openid": ("any", "any secret"), "django": (CLIENT_ID, CLIENT_SECRET), "old": (CLIENT_ID, CLIENT_SECRET)}


class Far:
    """A Gatewright that knows the three providers, and the keys of its demo's environment."""

    def __init__(self, server: Server, openid: str, django: str, oauth1: far_providers.OAuth1Server):
        self.server = server
        self.openid, self.django, self.oauth1 = openid, django, oauth1
        self.keys = server.demo()["broker"]
        self.backend = requests.Session()
        self.backend.trust_env = False
        self.backend.headers["Authorization"] = f"Bearer {self.keys['secret_key']}"

    def connect_path(self, integration: str, connection: str, more: str = "") -> str:
        return f"/oauth/connect/{integration}?connection_id={connection}&public_key={self.keys['public_key']}{more}"

    def connection(self, integration: str, connection: str, **parameters) -> requests.Response:
        return self.backend.get(
            f"{self.server.base}/connection/{connection}",
            params={"provider_config_key": integration, **parameters},
            timeout=20,
        )


@pytest.fixture(scope="module")
def far(launch, ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    folder: Path = tmp_path_factory.mktemp("far-providers")
    (folder / "entries").mkdir()
    oauth1 = far_providers.OAuth1Server()
    with far_providers.openid_mock() as openid, far_providers.django_toolkit(folder) as django:
        (folder / "entries" / "far.yaml").write_text(far_providers.entries(openid, django, oauth1.base))
        server = launch(GATEWRIGHT_PROVIDERS=str(folder / "entries"))
        found = Far(server, openid, django, oauth1)
        for key, (client, secret) in INTEGRATIONS.items():
            made = found.backend.post(
                f"{server.base}/integrations",
                json={
                    "provider": key,
                    "unique_key": key,
                    "credentials": {"type": "OAUTH2", "client_id": client, "client_secret": secret, "scopes": ""},
                },
                timeout=20,
            )
            assert made.status_code == 200, made.text
        made = found.backend.post(f"{server.base}/integrations", json={"provider": "keyed", "unique_key": "keyed"}, timeout=20)
        assert made.status_code == 200, made.text
        yield found
    oauth1.close()


@pytest.fixture
def person(far: Far, ledger) -> Wire:
    return Wire(far.server.base, ledger)


def finish(person: Wire, address: str) -> requests.Response:
    """The provider's redirect, followed to our callback, with the cookies of the same browser."""
    assert "/oauth/callback" in address, address
    return person.get(address)


def test_an_openid_provider_on_authlib(far: Far, person: Wire):
    away = person.get(far.connect_path("openid", "ada"))
    assert away.status_code == 302, away.text
    asked = query(away.headers["Location"])
    assert asked["scope"] == "openid email" and asked["code_challenge_method"] == "S256"
    pressed = requests.post(away.headers["Location"], data={"sub": "ada@far.example"}, allow_redirects=False, timeout=20)
    assert "<h1>Connected</h1>" in finish(person, pressed.headers["Location"]).text
    token = far.connection("openid", "ada").json()["credentials"]["access_token"]
    who = requests.get(far.openid + "/userinfo", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert who.json()["email"] == "ada@far.example"


def test_a_refusal_reaches_the_person_in_the_providers_words(far: Far, person: Wire):
    away = person.get(far.connect_path("openid", "never"))
    pressed = requests.post(away.headers["Location"], data={"action": "deny"}, allow_redirects=False, timeout=20)
    # The mock forgets our state when somebody presses Deny, as some providers do: no flow is found then.
    state = query(away.headers["Location"])["state"]
    address = pressed.headers["Location"]
    ended = person.get(address if "state=" in address else f"{address}&state={state}")
    assert ended.status_code == 400
    text = markup.visible_text(ended.text)
    assert "access_denied" in text and "You did not allow access there" in text
    assert far.connection("openid", "never").status_code == 400


def test_django_oauth_toolkit_whose_refresh_tokens_rotate(far: Far, person: Wire):
    away = person.get(far.connect_path("django", "ada"))
    browser = requests.Session()
    form = browser.get(away.headers["Location"], timeout=20)
    assert form.status_code == 200, form.text[:500]
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form.text))
    pressed = browser.post(away.headers["Location"], data={**fields, "allow": "Authorize"}, allow_redirects=False, timeout=20)
    assert pressed.status_code == 302, pressed.text[:500]
    assert "<h1>Connected</h1>" in finish(person, pressed.headers["Location"]).text
    first = far.connection("django", "ada", refresh_token="true").json()["credentials"]
    second = far.connection("django", "ada", refresh_token="true", force_refresh="true").json()["credentials"]
    assert first["access_token"] != second["access_token"] and first["refresh_token"] != second["refresh_token"]
    who = requests.get(far.django + "/whoami", headers={"Authorization": f"Bearer {second['access_token']}"}, timeout=20)
    assert who.json() == {"name": "ada"}


def test_oauth_1_whose_signatures_oauthlib_checks(far: Far, person: Wire):
    away = person.get(far.connect_path("old", "ada"))
    assert away.status_code == 302, away.text
    assert away.headers["Location"].startswith(far.oauth1.base + "/authorize?oauth_token=")
    allowed = requests.get(away.headers["Location"], allow_redirects=False, timeout=20)
    assert "<h1>Connected</h1>" in finish(person, allowed.headers["Location"]).text
    credentials = far.connection("old", "ada").json()["credentials"]
    assert credentials["type"] == "OAUTH1"
    assert far.oauth1.tokens[credentials["oauth_token"]] == credentials["oauth_token_secret"]


def signed_in_lin(far: Far, ledger) -> human.Human:
    lin = next(one for one in far.server.demo()["people"] if one["name"] == "Lin")
    return human.signed_in(far.server.base, ledger, lin)


def test_gatewright_itself_as_provider(far: Far, person: Wire, ledger):
    lin = signed_in_lin(far, ledger)
    away = person.get(far.connect_path("northwind", "lin"))
    assert away.status_code == 302, away.text
    path = away.headers["Location"].removeprefix(far.server.base)
    answer = lin.wire.get(path)
    if answer.status_code == 200:
        answer = flow.decide(lin, answer.text, "allow")
    assert "<h1>Connected</h1>" in finish(person, flow.onward(answer) or "").text
    token = far.connection("northwind", "lin").json()["credentials"]["access_token"]
    people = requests.get(
        far.server.base + "/t/northwind/api/v1/people", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )
    assert people.status_code == 200


def test_an_api_key(far: Far, person: Wire):
    path = f"/api-auth/api-key/keyed?connection_id=ada&public_key={far.keys['public_key']}&params[account]=a1"
    made = person.post(path, json={"apiKey": "k-123456789"})
    assert made.json() == {"providerConfigKey": "keyed", "connectionId": "ada"}
    stored = far.connection("keyed", "ada").json()
    assert stored["credentials"] == {"type": "API_KEY", "apiKey": "k-123456789"}
    assert stored["connection_config"] == {"account": "a1"}
