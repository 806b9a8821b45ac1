"""A provider that does everything wrong: nobody is connected by it, nothing waits for it, and everybody is told why."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import human
import markup
import misbehaving
from far_providers import query
from ledger import Ledger
from misbehaving import CANARY, GONE, LIFETIMES, REFUSALS, Misbehaving
from server import Server
from test_connections import Backend
from wire import Wire

# The whole call may take ten seconds; the rest is this machine's.
PATIENCE = 25


class Scene:
    """A server whose one provider misbehaves, and a backend that uses it."""

    def __init__(self, server: Server, provider: Misbehaving, ledger: Ledger):
        self.server, self.provider, self.ledger = server, provider, ledger
        self.backend = Backend(server, ledger)
        self.backend.integrate("moody")

    def connect(self, behaviour: str) -> tuple[requests.Response, float]:
        """A whole connection in a browser of its own, and how long the callback took."""
        person = Wire(self.server.base, self.ledger)
        keys = self.backend.demo
        away = person.get(f"/oauth/connect/moody?connection_id={behaviour}&public_key={keys['public_key']}")
        assert away.status_code == 302, away.text
        began = time.monotonic()
        ended = person.get(f"/oauth/callback?code={behaviour}&state={query(away.headers['Location'])['state']}")
        return ended, time.monotonic() - began

    def expired(self, name: str, behaviour: str) -> None:
        """A connection that must be refreshed with a token that makes the provider behave so."""
        body = {
            "connection_id": name, "provider_config_key": "moody", "access_token": f"old-{name}",
            "refresh_token": behaviour, "expires_at": "2020-01-01T00:00:00Z",
        }  # fmt: skip
        assert self.backend("POST", "/connection", json=body).status_code == 201

    def fetch(self, name: str, more: str = "") -> requests.Response:
        return self.backend("GET", f"/connection/{name}?provider_config_key=moody{more}")


@pytest.fixture(scope="module")
def scene(launch, ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    provider = Misbehaving()
    server = launch(GATEWRIGHT_PROVIDERS=provider.entry(tmp_path_factory.mktemp("moody") / "entries"))
    yield Scene(server, provider, ledger)
    provider.close()


@pytest.fixture(scope="module")
def callbacks(scene: Scene) -> dict[str, tuple[requests.Response, float]]:
    """Everybody at once: the slow ones hold nobody up."""
    behaviours = [*REFUSALS, *LIFETIMES, "fine"]
    with ThreadPoolExecutor(len(behaviours)) as pool:
        return dict(zip(behaviours, pool.map(scene.connect, behaviours)))


@pytest.fixture(scope="module")
def refreshes(scene: Scene) -> dict[str, requests.Response]:
    behaviours = [*REFUSALS, *LIFETIMES, "fine"]
    for behaviour in behaviours:
        scene.expired(f"old-{behaviour}", behaviour)
    with ThreadPoolExecutor(len(behaviours)) as pool:
        return dict(zip(behaviours, pool.map(lambda one: scene.fetch(f"old-{one}"), behaviours)))


@pytest.mark.parametrize("behaviour", REFUSALS)
def test_case_210_a_callback_that_gets_no_token_says_so_and_connects_nobody(scene: Scene, callbacks, behaviour: str):
    ended, seconds = callbacks[behaviour]
    assert ended.status_code == 400 and "<code>token_err</code>" in ended.text, markup.visible_text(ended.text)
    assert f"The provider gave no token: {REFUSALS[behaviour]}." in markup.visible_text(ended.text)
    assert seconds < PATIENCE
    assert scene.provider.asked[behaviour] >= 1, "it was asked"
    gone = scene.fetch(behaviour)
    assert (gone.status_code, gone.json()["type"]) == (400, "unknown_connection")
    assert CANARY not in ended.text


@pytest.mark.parametrize("behaviour", LIFETIMES)
def test_case_211_no_lifetime_keeps_a_connection_from_being_made(scene: Scene, callbacks, behaviour: str):
    ended, _ = callbacks[behaviour]
    assert "<h1>Connected</h1>" in ended.text, markup.visible_text(ended.text)
    assert scene.fetch(behaviour).json()["credentials"]["access_token"] == f"at-{behaviour}"


def test_case_209_who_behaves_is_not_held_up_by_the_others(scene: Scene, callbacks):
    ended, seconds = callbacks["fine"]
    assert "<h1>Connected</h1>" in ended.text
    # The silent ones took their ten seconds meanwhile, in the same crowd.
    assert callbacks["silent"][1] > 9 > seconds


@pytest.mark.parametrize("behaviour", REFUSALS)
def test_case_215_a_refresh_that_fails_is_classified_and_keeps_what_there_is(scene: Scene, refreshes, behaviour: str):
    answer = refreshes[behaviour]
    assert answer.status_code == 400, answer.text
    said = answer.json()
    assert said["type"] == "refresh_token_external_error", said
    payload = said["payload"]
    assert (payload["external_message"], payload["reconnect"]) == (REFUSALS[behaviour], behaviour in GONE)
    assert payload["advice"].endswith(".") and "documentation says" not in payload["advice"]
    assert CANARY not in answer.text and "<b>" not in answer.text
    asked = scene.provider.asked[behaviour]
    assert scene.fetch(f"old-{behaviour}").status_code == 400
    assert scene.provider.asked[behaviour] == asked, "there is a pause before it is asked again"


@pytest.mark.parametrize("behaviour", LIFETIMES)
def test_case_211_no_lifetime_keeps_a_connection_from_being_refreshed(refreshes, behaviour: str):
    answer = refreshes[behaviour]
    assert answer.status_code == 200, answer.text
    assert answer.json()["credentials"]["access_token"] == f"at-{behaviour}"


def test_rotating_refresh_tokens_are_followed(scene: Scene, refreshes):
    assert refreshes["fine"].status_code == 200
    again = scene.fetch("old-fine", "&force_refresh=true&refresh_token=true").json()["credentials"]
    assert again["refresh_token"] == "fine-again"
    assert scene.provider.asked["fine-again"] >= 1, "the second refresh was made with what the first one got"


def test_case_208_no_redirect_was_followed(scene: Scene, callbacks, refreshes):
    assert scene.provider.asked["moved_307"] >= 2 and scene.provider.elsewhere == 0


def test_the_server_lives_and_has_logged_none_of_it(scene: Scene, callbacks, refreshes):
    assert scene.server.is_running
    assert requests.get(scene.server.base + "/healthz", timeout=10).status_code == 200
    assert CANARY.encode() not in scene.server.log.read_bytes()
    assert CANARY.encode() in b"".join(
        body.encode() if isinstance(body, str) else body for body in misbehaving.BODIES.values()
    ), "the search would find it"


def test_the_activity_says_what_went_wrong_and_what_to_do(scene: Scene, callbacks, refreshes):
    ada = next(one for one in scene.server.demo()["people"] if one["name"].startswith("Ada"))
    page = human.signed_in(scene.server.base, scene.ledger, ada).page("/t/acme/env/dev/activity?connection=silent")
    text = markup.main_text(page)
    assert "timedOut" in text and "It is tried again by itself" in text
