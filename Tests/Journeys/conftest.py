"""One server and one browser for the whole run; the cast, signed in; a way to start further servers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

import abroad as far_away
import flow
import human
from abroad import Abroad
from browsing import Browsing
from human import Human
from ledger import Ledger
from listener import Listener, self_signed
from server import Server
from wire import Wire

# oauthlib refuses http:// addresses unless told that this is a test on loopback.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

FAR_CALLBACK = "https://roster.example/callback"


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, ledger: Ledger) -> Iterator[Server]:
    """The server that nearly all tests share, in demo mode."""
    running = Server(tmp_path_factory.mktemp("gatewright") / "data").start()
    demo = running.demo()
    for person in demo["people"]:
        ledger.add(person["password"])
    ledger.add(demo["app"]["client_secret"])
    ledger.add(demo["developer_token"])
    yield running
    running.stop()


@pytest.fixture(scope="session")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts further servers: `launch(GATEWRIGHT_MODE="production")`. They are stopped at the end of the run."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        started.append(Server(tmp_path_factory.mktemp("another") / "data", settings).start())
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def base(server: Server) -> str:
    return server.base


@pytest.fixture(scope="session")
def demo(server: Server) -> dict:
    return server.demo()


@pytest.fixture(scope="session")
def people(demo: dict) -> dict[str, dict]:
    return {person["name"].split()[0].lower(): person for person in demo["people"]}


@pytest.fixture
def wire(base: str, ledger: Ledger) -> Wire:
    """A client at an address of its own, new for each test."""
    return Wire(base, ledger)


@pytest.fixture(scope="session")
def ada(base: str, ledger: Ledger, people: dict) -> Human:
    """Admin of Acme."""
    return human.signed_in(base, ledger, people["ada"])


@pytest.fixture(scope="session")
def grace(base: str, ledger: Ledger, people: dict) -> Human:
    """Member of Acme, not admin."""
    return human.signed_in(base, ledger, people["grace"])


@pytest.fixture(scope="session")
def lin(base: str, ledger: Ledger, people: dict) -> Human:
    """Developer at Northwind."""
    return human.signed_in(base, ledger, people["lin"])


@pytest.fixture(scope="session")
def mallory(base: str, ledger: Ledger, people: dict) -> Human:
    """Admin of Globex, who wants what is not hers."""
    return human.signed_in(base, ledger, people["mallory"])


@pytest.fixture(scope="session")
def olga(base: str, ledger: Ledger, people: dict) -> Human:
    """The operator."""
    return human.signed_in(base, ledger, people["olga"])


@pytest.fixture
def newcomer(base: str, ledger: Ledger, olga: Human) -> Human:
    """A developer made for this test alone, signed in, admin of a tenant of their own."""
    return human.approved(human.signed_up(base, ledger), olga)


@pytest.fixture(scope="session")
def app(lin: Human) -> flow.App:
    """Lin's confidential app: V2 tokens, PKCE required, a callback on the web."""
    return flow.register(lin, FAR_CALLBACK)


@pytest.fixture(scope="session")
def other_app(lin: Human) -> flow.App:
    return flow.register(lin, "https://other.example/callback")


@pytest.fixture(scope="session")
def public_app(lin: Human) -> flow.App:
    """Lin's public app, for installed programs: no secret, a callback on loopback."""
    return flow.register(lin, "http://127.0.0.1/callback", kind="public")


@pytest.fixture(scope="session")
def relaxed_app(lin: Human) -> flow.App:
    """As older apps are: PKCE optional, V1 tokens that never expire."""
    return flow.register(
        lin,
        "https://classic.example/callback",
        scopes=("account:read", "people:read", "default"),
        pkce="optional",
        token_format="v1",
    )


@pytest.fixture(scope="session")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """The web servers of all apps at https://….example, as the browser sees them."""
    running = Listener(self_signed(tmp_path_factory.mktemp("far")))
    yield running
    running.close()


@pytest.fixture(scope="session")
def abroad(launch: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Abroad]:
    """A server of its own that knows other people's providers, which run too."""
    with far_away.running(launch, tmp_path_factory.mktemp("abroad")) as running:
        yield running


@pytest.fixture(scope="session")
def browser(far: Listener) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell",
            args=[f"--host-resolver-rules=MAP *.example 127.0.0.1:{far.port}"],
        )
        yield running
        running.close()


@pytest.fixture
def browsing(browser: Browser, base: str, ledger: Ledger) -> Iterator[Browsing]:
    """Opens pages; at the end of the test nothing may have been complained about in any console."""
    session = Browsing(browser, base, ledger)
    yield session
    session.close()
    assert session.complaints == []


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Every journey is made twice: no task may need JavaScript."""
    return request.param


@pytest.fixture
def listener() -> Iterator[Listener]:
    """The app's own web server, at a loopback address of this test's own."""
    running = Listener()
    yield running
    running.close()
