"""The connection broker as a company's backend uses it, against the running server."""

from __future__ import annotations

import base64
import contextlib
import re
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from ledger import Ledger
from provider import Provider
from server import ROOT, Server, binary


class Backend:
    """Somebody who holds a secret key of Acme's `dev` environment."""

    def __init__(self, server: Server, ledger: Ledger):
        self.base = server.base
        self.demo = server.demo()["broker"]
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.demo['secret_key']}"
        ledger.add(self.demo["secret_key"])
        ledger.add(self.demo["hmac_key"])

    def __call__(self, method: str, path: str, **rest) -> requests.Response:
        return self.session.request(method, self.base + path, timeout=40, **rest)

    def integrate(self, provider: str) -> None:
        body = {"provider_config_key": provider, "provider": provider, "oauth_client_id": "id"}
        assert self("POST", "/config", json=body | {"oauth_client_secret": "provider-secret-0451"}).status_code == 200

    def connect(self, name: str, expires_in: int) -> None:
        """Imports what ends in so many seconds; less than none is over."""
        body = {
            "connection_id": name, "provider_config_key": "slow", "access_token": f"at-{name}-0",
            "refresh_token": f"rt-{name}-0", "expires_at": int(time.time()) + expires_in,
        }
        assert self("POST", "/connection", json=body).status_code == 201

    def token(self, name: str) -> str:
        answer = self("GET", f"/connection/{name}?provider_config_key=slow")
        assert answer.status_code == 200, answer.text
        return answer.json()["credentials"]["access_token"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def slow(tmp_path: Path, provider: Provider) -> Iterator[Server]:
    """A server of this test's own, which knows the provider as `slow`."""
    running = Server(tmp_path / "data", {"GATEWRIGHT_PROVIDERS": provider.entry(tmp_path / "providers")}).start()
    yield running
    if running.is_running:
        running.stop()


def test_the_demos_connection_is_fetched_and_used_through_the_proxy(server: Server, ledger: Ledger) -> None:
    backend = Backend(server, ledger)
    shown = backend("GET", "/connection/grace?provider_config_key=northwind-token").json()
    assert shown["credentials"]["type"] == "API_KEY" and shown["provider_config_key"] == "northwind-token"
    ledger.add(shown["credentials"]["apiKey"])
    headers = {"Connection-Id": "grace", "Provider-Config-Key": "northwind-token"}
    people = backend("GET", "/proxy/people?limit=3", headers=headers)
    assert people.status_code == 200 and len(people.json()["results"]) == 3
    listed = backend("GET", "/connection").json()["connections"]
    assert {(row["connection_id"], row["provider"]) for row in listed} >= {("grace", "northwind-token")}


def test_the_curl_of_the_demo_works_as_it_stands(server: Server) -> None:
    command = server.demo()["broker"]["curl"]
    assert '"connection_id":"grace"' in subprocess.run(["sh", "-c", command], capture_output=True, text=True).stdout


def test_a_thousand_fetches_of_one_expired_connection_make_one_refresh(
    slow: Server, provider: Provider, ledger: Ledger
) -> None:
    backend = Backend(slow, ledger)
    backend.integrate("slow")
    backend.connect("many", -1)
    provider.delay = 1
    with ThreadPoolExecutor(100) as pool:
        tokens = Counter(pool.map(lambda _: backend.token("many"), range(1000)))
    assert tokens == {"at-many-1": 1000}
    assert len(provider.calls) == 1


def test_case_214_killed_in_the_middle_of_a_refresh_it_is_never_silently_stale(
    slow: Server, provider: Provider, ledger: Ledger
) -> None:
    backend = Backend(slow, ledger)
    backend.integrate("slow")
    backend.connect("cut", -1)
    backend.connect("whole", -1)
    provider.delay = 3

    def fetch() -> None:
        with pytest.raises(requests.RequestException):
            backend.token("cut")

    waiting = threading.Thread(target=fetch)
    waiting.start()
    assert provider.asked.wait(10)
    slow.process.kill()
    slow.process.wait()
    slow.process = None
    waiting.join()

    # The provider has rotated, and nobody stored the new token. The lease is a row: it outlives the process.
    provider.delay = 0
    slow.start()
    answer = backend("GET", "/connection/cut?provider_config_key=slow")
    assert answer.status_code == 400
    assert answer.json()["type"] == "refresh_token_external_error"
    assert answer.json()["payload"]["external_message"] == "interrupted"
    assert answer.json()["payload"]["reconnect"] is True
    assert [call["refresh_token"] for call in provider.calls] == ["rt-cut-0", "rt-cut-0"]
    assert backend("GET", "/connection/cut?provider_config_key=slow").status_code == 400
    assert len(provider.calls) == 2, "what is gone is not asked for again"
    assert backend.token("whole") == "at-whole-1"
    backend.connect("cut", 3600)
    assert backend.token("cut") == "at-cut-0"


@pytest.mark.parametrize("forgives", [True, False], ids=["the old token still works", "the old token is dead"])
def test_case_213_a_thousand_fetches_while_the_server_is_killed_and_started_again(
    slow: Server, provider: Provider, ledger: Ledger, forgives: bool
) -> None:
    """The lease is a row: what waited is cut off with the server, and whoever comes afterwards finds the lease."""
    backend = Backend(slow, ledger)
    backend.integrate("slow")
    backend.connect("many", -1)
    time.sleep(1)
    provider.delay, provider.forgives = 30, forgives

    def fetch(_: int) -> str:
        try:
            answer = backend("GET", "/connection/many?provider_config_key=slow")
        except requests.RequestException:
            return "cut off"
        said = answer.json()
        return said["credentials"]["access_token"] if answer.status_code == 200 else said["payload"]["external_message"]

    with ThreadPoolExecutor(100) as pool:
        before = [pool.submit(fetch, number) for number in range(1000)]
        assert provider.asked.wait(20)
        time.sleep(0.5)
        slow.process.kill()
        slow.process.wait()
        slow.process = None
        assert Counter(one.result() for one in before) == {"cut off": 1000}
    assert len(provider.calls) == 1

    provider.delay = 0.5
    slow.start()
    with ThreadPoolExecutor(100) as pool:
        after = Counter(pool.map(fetch, range(1000)))
    assert after == {"at-many-1" if forgives else "interrupted": 1000}
    assert [call["refresh_token"] for call in provider.calls] == ["rt-many-0"] * 2, "the one that was cut off, and one more"


def dump(server: Server) -> str:
    """All that the database holds, as SQL."""
    with contextlib.closing(sqlite3.connect(server.database)) as database:
        return "\n".join(database.iterdump())


def test_case_226_with_another_key_or_none_it_does_not_start_and_says_why(
    slow: Server, ledger: Ledger, tmp_path: Path
) -> None:
    backend = Backend(slow, ledger)
    backend.integrate("slow")
    backend.connect("kept", 3600)
    slow.stop()
    file = slow.data / "keys" / "master.key"
    own = file.read_text()
    expected = re.search(r"^([0-9a-f]+) [0-9a-f]+$", own, re.M)[1]
    other = Server(tmp_path / "other").start()
    other.stop()

    def refused(key: str | None) -> str:
        file.unlink()
        if key is not None:
            file.write_text(key)
            file.chmod(0o400)
        before = dump(slow)
        with pytest.raises(AssertionError, match="the server ended with [1-9]") as failure:
            slow.start(within=30)
        slow.process = None
        assert dump(slow) == before and file.exists() == (key is not None), "nothing was touched or made"
        return str(failure.value)

    assert f"expects the master key {expected}" in refused((other.data / "keys" / "master.key").read_text())
    half = re.sub(r"(?m)^([0-9a-f]+) [0-9a-f]{64}$", lambda found: f"{found[1]} {'ab' * 32}", own)
    assert half != own and expected in refused(half)
    assert "there is no key file at" in refused(None)
    file.write_text(own)
    file.chmod(0o400)
    slow.start()
    assert backend.token("kept") == "at-kept-0"


def test_case_221_no_credential_stands_in_the_database(slow: Server, provider: Provider, ledger: Ledger) -> None:
    backend = Backend(slow, ledger)
    backend.integrate("slow")
    backend.connect("canary-7f3a", -1)
    assert backend.token("canary-7f3a") == "at-canary-7f3a-1"
    # Said by the provider only, so that they cannot be there as names.
    secrets = ["at-canary-7f3a-0", "at-canary-7f3a-1", "rt-canary-7f3a-0", "rt-canary-7f3a-1", "provider-secret-0451",
               backend.demo["secret_key"], backend.demo["hmac_key"]]
    slow.stop()
    files = [path for path in slow.data.iterdir() if path.name.startswith("gatewright.sqlite")]
    assert files
    for path in files:
        content = path.read_bytes()
        for secret in secrets:
            for spelling in (secret.encode(), secret[::-1].encode(), secret.encode().hex().encode()):
                assert spelling not in content, f"{secret} is in {path.name}"
    # Sealed values stand in a dump as hexadecimal; what they seal does not.
    sql = dump(slow)
    for secret in secrets:
        for spelling in (secret, secret.encode().hex(), secret.encode().hex().upper(), base64.b64encode(secret.encode()).decode()):
            assert spelling.rstrip("=") not in sql
    assert "canary-7f3a" in sql and "X'" in sql
    assert b"canary-7f3a" in b"".join(path.read_bytes() for path in files), "the search would find it"
    log = slow.log.read_bytes()
    assert not [secret for secret in secrets[:5] if secret.encode() in log]


def test_providers_check_explains_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text("ours:\n  title: Ours\n  auth: oauth2\n  authorize: {url: http://x.example}\n  token: {urls: a}\n")
    run = subprocess.run([str(binary()), "providers", "check", str(file)], capture_output=True, text=True)
    assert run.returncode == 1
    said = run.stdout
    assert "ours.docs: is missing" in said and "line 4: ours.authorize.url: must begin with https://" in said
    assert "ours.token.url: is missing" in said and "ours.token.urls: is not a key that this place knows" in said
    catalogue = sorted(str(path) for path in (ROOT / "Providers").glob("*.yaml"))
    whole = subprocess.run([str(binary()), "providers", "check", *catalogue], capture_output=True, text=True)
    assert whole.returncode == 0, whole.stdout
    assert sum(int(line.split()[-5]) for line in whole.stdout.splitlines()) >= 80


def test_a_file_with_mistakes_keeps_the_server_from_starting_and_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "providers"
    folder.mkdir()
    (folder / "a.yaml").write_text("ours:\n  titel: Ours\n")
    with pytest.raises(AssertionError, match="titel: is not a key that this place knows"):
        Server(tmp_path / "data", {"GATEWRIGHT_PROVIDERS": str(folder)}).start(within=20)
