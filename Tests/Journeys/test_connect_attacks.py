"""Somebody who wants another's account, or our network: at the running server, with a provider that counts what it is asked."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest

import human
import markup
from environment import Environment
from far_providers import query
from ledger import Ledger
from misbehaving import Misbehaving
from server import Server
from test_connections import Backend
from wire import Wire

FORGED = "gw_fs_" + "7" * 36


class Stage:
    """Acme has an integration at an honest provider; Mallory of Globex has one at a provider of her own."""

    def __init__(self, server: Server, honest: Misbehaving, evil: Misbehaving, ledger: Ledger):
        self.server, self.honest, self.evil, self.ledger = server, honest, evil, ledger
        self.backend = Backend(server, ledger)
        self.backend.integrate("moody")
        self.backend.integrate("named")
        self.mallory = Environment(person(server, "Mallory", ledger), "evil", tenant="globex", requires_hmac=False)
        self.custom = custom(self.mallory, "trap", evil.url + "/authorize", evil.url + "/token")

    def browser(self) -> Wire:
        return Wire(self.server.base, self.ledger)

    def begin(self, browser: Wire, connection: str, key: str = "moody", more: str = "") -> dict[str, str]:
        keys = self.backend.demo
        away = browser.get(f"/oauth/connect/{key}?connection_id={connection}&public_key={keys['public_key']}{more}")
        assert away.status_code == 302, away.text
        return query(away.headers["Location"])

    def exists(self, connection: str, key: str = "moody") -> bool:
        return self.backend("GET", f"/connection/{connection}?provider_config_key={key}").status_code == 200


def person(server: Server, name: str, ledger: Ledger) -> human.Human:
    found = next(one for one in server.demo()["people"] if one["name"].split()[0] == name)
    return human.signed_in(server.base, ledger, found)


def custom(environment: Environment, key: str, authorize: str, token: str) -> str | None:
    """Describes a provider on the page. Its integration's path, or None when an address was refused there."""
    made = environment.admin.submit(
        environment.path + "/integrations/new/custom",
        {
            "custom-title": "Ours", "custom-authorize": authorize, "custom-token": token, "client_id": "id",
            "secret": "own-secret-0451", "key": key,
        },
        action=environment.path + "/integrations",
    )  # fmt: skip
    if made.status_code == 303:
        return made.headers["Location"].split("?")[0]
    assert made.status_code in (200, 400, 422) and "custom-token" in made.text and "circle-alert" not in made.text
    assert markup.element_by_id(made.text, "err-custom-token") is not None, markup.visible_text(made.text)[:600]
    return None


@pytest.fixture(scope="module")
def stage(launch, ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    honest, evil = Misbehaving(), Misbehaving()
    folder = tmp_path_factory.mktemp("stage") / "entries"
    honest.entry(folder)
    (folder / "named.yaml").write_text((folder / "moody.yaml").read_text().replace("moody:", "named:", 1).replace(
        "/authorize}", '/authorize, issuer: "https://honest.example"}'
    ))  # fmt: skip
    yield Stage(launch(GATEWRIGHT_PROVIDERS=str(folder)), honest, evil, ledger)
    honest.close()
    evil.close()


def code_of(answer) -> str:
    return markup.text_of(next(markup.parse(answer.text).iter("code")))


@pytest.mark.parametrize(
    "forged",
    ["", "state=", "state=x", f"state={FORGED}", "state=%00", "state=../../etc", f"state={FORGED}&state={FORGED}", f"state={'a' * 5000}"],
)
def test_case_197_a_forged_state_gets_a_page_and_no_call(stage: Stage, forged: str):
    browser = stage.browser()
    stage.begin(browser, "forged")
    asked = stage.honest.asked.total()
    ended = browser.get(f"/oauth/callback?code=fine&{forged}")
    assert (ended.status_code, code_of(ended)) == (400, "state_err")
    assert stage.honest.asked.total() == asked and not stage.exists("forged")


def test_case_197_a_state_counts_once(stage: Stage):
    browser = stage.browser()
    state = stage.begin(browser, "once")["state"]
    assert "<h1>Connected</h1>" in browser.get(f"/oauth/callback?code=fine&state={state}").text
    asked = stage.honest.asked.total()
    assert code_of(browser.get(f"/oauth/callback?code=fine&state={state}")) == "state_err"
    assert stage.honest.asked.total() == asked


def test_case_198_nobody_finishes_what_another_browser_began(stage: Stage):
    """Mallory begins, and sends Ada the address that her provider would lead to; or the other way round."""
    attacker, victim = stage.browser(), stage.browser()
    state = stage.begin(attacker, "mallorys")["state"]
    stage.begin(victim, "adas")
    asked = stage.honest.asked.total()
    lured = victim.get(f"/oauth/callback?code=fine&state={state}")
    assert (lured.status_code, code_of(lured)) == (403, "state_cookie_err")
    # Nor with a cookie of a flow of her own, under the name of this one.
    name = next(cookie for cookie in attacker.cookies.keys() if "gw_flow_" in cookie)
    own = next(value for key, value in victim.cookies.items() if "gw_flow_" in key)
    stolen = stage.browser().get(f"/oauth/callback?code=fine&state={state}", headers={"Cookie": f"{name}={own}"})
    assert stolen.status_code == 403
    assert stage.honest.asked.total() == asked and not stage.exists("mallorys")
    assert "<h1>Connected</h1>" in attacker.get(f"/oauth/callback?code=fine&state={state}").text


def test_case_199_a_code_of_the_honest_provider_never_reaches_mallorys(stage: Stage):
    """Her provider leads the victim on to the honest one, with the state of the flow at hers."""
    victim = stage.browser()
    away = victim.get(stage.mallory.address("/oauth/connect", "trap", "victim"))
    sent = query(away.headers["Location"])
    assert stage.custom and sent["redirect_uri"].startswith(stage.server.base + "/oauth/callback/")
    assert sent["redirect_uri"].rpartition("/")[2] in stage.custom
    mixed = victim.get(f"/oauth/callback?code=honest-code&state={sent['state']}")
    assert (mixed.status_code, code_of(mixed)) == (400, "state_err")
    # And an honest flow's code at Mallory's address.
    own = stage.begin(victim, "mixed")
    there = sent["redirect_uri"].removeprefix(stage.server.base)
    assert code_of(victim.get(f"{there}?code=fine&state={own['state']}")) == "state_err"
    assert stage.evil.asked.total() == 0 and not stage.exists("mixed")


@pytest.mark.parametrize("said", ["", "&iss=https%3A%2F%2Fevil.example", "&iss=https%3A%2F%2Fhonest.example%2F"])
def test_case_201_another_issuer_or_none_ends_it(stage: Stage, said: str):
    browser = stage.browser()
    asked = stage.honest.asked.total()
    state = stage.begin(browser, "issuer", key="named")["state"]
    assert code_of(browser.get(f"/oauth/callback?code=fine&state={state}{said}")) == "state_err"
    assert stage.honest.asked.total() == asked and not stage.exists("issuer", "named")
    state = stage.begin(browser, "issuer-right", key="named")["state"]
    right = browser.get(f"/oauth/callback?code=fine&state={state}&iss=https%3A%2F%2Fhonest.example")
    assert "<h1>Connected</h1>" in right.text


def test_case_203_an_error_wins_over_a_code_and_is_shown_as_text(stage: Stage):
    browser = stage.browser()
    asked = stage.honest.asked.total()
    state = stage.begin(browser, "both")["state"]
    ended = browser.get(f"/oauth/callback?code=fine&state={state}&error=odd&error_description=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E")
    assert ended.status_code == 400 and "<img" not in ended.text and "<img src=x" in markup.visible_text(ended.text)
    long = browser.get(f"/oauth/callback?state={stage.begin(browser, 'long')['state']}&error=odd&error_description={'a' * 3000}")
    assert long.status_code == 400 and "a" * 300 in long.text and "a" * 301 not in long.text
    assert stage.honest.asked.total() == asked


def test_case_218_the_end_holds_no_token_for_page_or_address(stage: Stage):
    browser = stage.browser()
    state = stage.begin(browser, "clean", more="&origin=http%3A%2F%2Flocalhost%3A3000")["state"]
    ended = browser.get(f"/oauth/callback?code=forever&state={state}")
    assert "<h1>Connected</h1>" in ended.text
    token = stage.backend("GET", "/connection/clean?provider_config_key=moody").json()["credentials"]["access_token"]
    assert token == "at-forever" and token not in ended.text and token not in str(ended.headers)
    # Its own address, with the code in it, is told to nobody elsewhere.
    assert ended.headers["Referrer-Policy"] in ("no-referrer", "same-origin")


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "https://acme.example@evil.example/", "https://evil.example\\@acme.example"],
)
def test_case_219_the_browser_goes_back_to_listed_origins_only(stage: Stage, address: str):
    from urllib.parse import quote

    keys = stage.backend.demo
    answer = stage.browser().get(
        f"/oauth/connect/moody?connection_id=u&public_key={keys['public_key']}&return_url={quote(address, safe='')}"
    )
    assert (answer.status_code, code_of(answer)) == (400, "return_url_not_allowed") and "Location" not in answer.headers


class Canary:
    """Something of ours that listens on loopback, and counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            line.close()

    def close(self) -> None:
        self._socket.close()


PRIVATE = [
    "127.0.0.1", "localhost", "127.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1",
    "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254",
    "100.64.0.1", "198.18.0.1", "192.0.0.1", "224.0.0.1", "240.0.0.1", "[fc00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]",
    "user@127.0.0.1", "127.0.0.1%2f.evil.example", "①②⑦.0.0.1", "127。0。0。1",
]  # fmt: skip


class Fence:
    """A server that may call nothing on this machine but 127.0.0.9, which nobody is."""

    def __init__(self, server: Server, ledger: Ledger):
        self.server, self.ledger = server, ledger
        self.environment = Environment(person(server, "Ada", ledger), "fenced", requires_hmac=False)
        self.canary = Canary()


@pytest.fixture(scope="module")
def fence(launch, ledger: Ledger) -> Iterator[Fence]:
    found = Fence(launch(GATEWRIGHT_OUTBOUND_ALLOW="127.0.0.9"), ledger)
    yield found
    found.canary.close()


@pytest.mark.parametrize("host", PRIVATE)
def test_case_205_and_207_no_spelling_of_a_private_address_is_a_token_endpoint(fence: Fence, host: str):
    key = f"fence-{PRIVATE.index(host)}"
    for scheme in ("https", "http"):
        token = f"{scheme}://{host}:{fence.canary.port}/token"
        if custom(fence.environment, f"{key}-{scheme}", "https://far.example/authorize", token) is None:
            continue
        browser = Wire(fence.server.base, fence.ledger)
        away = browser.get(fence.environment.address("/oauth/connect", f"{key}-{scheme}", "u"))
        assert away.status_code == 302, markup.visible_text(away.text)
        sent = query(away.headers["Location"])
        ended = browser.get(sent["redirect_uri"].removeprefix(fence.server.base) + f"?code=c&state={sent['state']}")
        assert code_of(ended) == "token_err"
        text = markup.visible_text(ended.text)
        assert any(word in text for word in ("refusedAddress", "unreachable", "malformed")), text
    assert fence.canary.visits == 0


@pytest.mark.parametrize("host", PRIVATE)
def test_case_205_and_207_nor_where_the_proxy_goes_or_a_webhook(fence: Fence, host: str):
    environment = fence.environment
    if environment.connection("openai", "u").status_code != 200:
        environment.integrate("openai")
        made = environment.call("POST", "/connection", json={"connection_id": "u", "provider_config_key": "openai", "api_key": "k"})
        assert made.status_code == 201, made.text
    headers = {"Connection-Id": "u", "Provider-Config-Key": "openai"}
    for scheme in ("https", "http"):
        address = f"{scheme}://{host}:{fence.canary.port}"
        answer = environment.call("GET", "/proxy/x", headers={**headers, "Base-Url-Override": address.encode()})
        assert answer.status_code >= 400, answer.text
        assert re.match("proxy_|base_url|invalid", answer.json()["type"]), answer.text
        webhooks = environment.path + "/webhooks"
        saved = environment.admin.submit(webhooks, {"address": address + "/hook"}, action=webhooks)
        if saved.status_code == 303:
            assert environment.admin.submit(webhooks, {}, action=webhooks + "/test").status_code == 303
        else:
            assert markup.element_by_id(saved.text, "err-address") is not None, markup.visible_text(saved.text)
    assert fence.canary.visits == 0


def test_case_205_every_test_delivery_was_refused_and_says_so(fence: Fence):
    webhooks = fence.environment.path + "/webhooks"
    deadline = time.monotonic() + 30
    rows: list[tuple[str, str]] = []
    while time.monotonic() < deadline:
        page = markup.parse(fence.environment.admin.page(webhooks))
        rows = [(markup.text_of(row), next(row.iter("a")).get("href")) for body in page.iter("tbody") for row in body.iter("tr")]
        if rows and all(re.search(r"[1-9]\d* attempt", row) for row, _ in rows):
            break
        time.sleep(0.5)
    assert len(rows) >= 10 and not [row for row, _ in rows if "Delivered" in row or "No attempt" in row], rows
    for _, path in rows[:5]:
        told = markup.main_text(fence.environment.admin.page(path))
        assert any(word in told for word in ("refusedAddress", "unreachable", "malformed")), told
    assert fence.canary.visits == 0


def test_case_205_the_canary_is_there_to_be_found(fence: Fence):
    socket.create_connection(("127.0.0.1", fence.canary.port)).close()
    for _ in range(100):
        if fence.canary.visits:
            break
        threading.Event().wait(0.02)
    assert fence.canary.visits == 1
