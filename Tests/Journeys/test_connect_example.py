"""examples/connect as it is shipped, and the code of `/docs/connect`: both are run, against the demo, as they stand."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

import human
from human import Human
from ledger import Ledger
from server import ROOT, Server
from test_docs import NODE, examples

VECTOR = "661d23fa831cdabc6cdb4902417911b4917ee4ff61d094da0ab50a5981fd310a"
RUNS = [("curl", "call.sh", ["bash"]), ("python", "call.py", [sys.executable]), ("javascript", "call.mjs", [str(NODE)])]
SIGNING_KEY = re.compile(r"gw_wk_\w+")


@pytest.fixture
def own(launch: Callable[..., Server]) -> Server:
    """A demo of this test's own, whose webhook address may change."""
    return launch()


@pytest.fixture
def owner(own: Server, ledger: Ledger) -> Human:
    (ada,) = [person for person in own.demo()["people"] if person["name"] == "Ada"]
    return human.signed_in(own.base, ledger, ada)


class Example:
    """`python3 examples/connect/app.py` on a free port; what it prints is read line by line."""

    def __init__(self, server: Server, webhook_key: str = ""):
        self.process = subprocess.Popen(
            [sys.executable, "-u", "examples/connect/app.py", "0"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "GATEWRIGHT_DATA": str(server.data), "APP_WEBHOOK_KEY": webhook_key},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.address = self.line().removeprefix("Open ")

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()


@pytest.fixture
def example(own: Server, owner: Human, ledger: Ledger) -> Iterator[Example]:
    shown = owner.submit(f"{DEV}/webhooks", {}, action=f"{DEV}/webhooks/key/reveal")
    key = ledger.add(SIGNING_KEY.search(shown.text).group())
    running = Example(own, key)
    yield running
    running.close()


DEV = "/t/acme/env/dev"


def test_the_example_hears_a_webhook_and_nobody_elses(example: Example, owner: Human):
    hook = f"{example.address}/webhook"
    forged = {"Gatewright-Id": "whk_1", "Gatewright-Signature": f"t={int(time.time())},v1={'0' * 64}"}
    assert requests.post(hook, data=b'{"type":"auth"}', headers=forged, timeout=10).status_code == 403
    assert requests.post(hook, data=b'{"type":"auth"}', timeout=10).status_code == 403
    saved = owner.submit(f"{DEV}/webhooks", {"address": hook}, action=f"{DEV}/webhooks")
    assert saved.status_code == 303, saved.text[:400]
    assert owner.submit(f"{DEV}/webhooks", {}, action=f"{DEV}/webhooks/test").status_code == 303
    assert example.line().startswith("Webhook: ")


def test_the_page_of_the_example_holds_no_secret(example: Example, own: Server):
    page = requests.get(example.address, timeout=10).text
    broker = own.demo()["broker"]
    assert broker["public_key"] in page and own.base in page and "%" not in page.replace("100%", "")
    assert broker["secret_key"] not in page and broker["hmac_key"] not in page


def ran(language: str, code: str, folder: Path, **environment: str) -> str:
    ((name, command),) = [(name, command) for key, name, command in RUNS if key == language]
    (folder / name).write_text(code)
    answer = subprocess.run(
        [*command, name],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize("language", ["curl", "python", "javascript"])
def test_the_guide_runs_as_it_stands(ada: Human, demo: dict, tmp_path: Path, language: str):
    broker = demo["broker"]
    page = ada.page("/docs/connect?for=acme/dev/northwind-token")
    assert broker["public_key"] in page and broker["secret_key"] not in page and broker["hmac_key"] not in page
    vouch, session, fetch, proxy, check = examples(page, language)
    made = hmac.new(broker["hmac_key"].encode(), b"northwind-token:grace", hashlib.sha256).hexdigest()
    assert ran(language, vouch, tmp_path, GATEWRIGHT_HMAC_KEY=broker["hmac_key"]).split() == [VECTOR, made]
    secret = {"GATEWRIGHT_SECRET_KEY": broker["secret_key"]}
    assert "connect_link" in ran(language, session, tmp_path, **secret)
    assert "API_KEY" in ran(language, fetch, tmp_path, **secret)
    assert "Amina" in ran(language, proxy, tmp_path, **secret)
    assert checked(language, check, tmp_path) == ["yes", "no", "no", "no"]


def checked(language: str, code: str, folder: Path) -> list[str]:
    """What the guide's check says of a delivery as it was sent, a changed one, an old one, and one of another key."""
    body = '{"from":"nango","type":"auth"}'.encode()
    now = int(time.time())
    old = now - 301

    def signature(key: str, at: int) -> str:
        return f"t={at},v1={hmac.new(key.encode(), f'{at}.whk_1.'.encode() + body, hashlib.sha256).hexdigest()}"

    said = []
    for sent, header in [
        (body, signature("gw_wk_1", now)),
        (body + b" ", signature("gw_wk_1", now)),
        (body, signature("gw_wk_1", old)),
        (body, signature("gw_wk_2", now)),
    ]:
        (folder / "body").write_bytes(sent)
        call = {
            "curl": f'\nis_ours body whk_1 "{header}" && echo yes || echo no\n',
            "python": f"""
headers = {{"gatewright-id": "whk_1", "gatewright-signature": "{header}"}}
print("yes" if is_ours(headers, open("body", "rb").read()) else "no")
""",
            "javascript": f"""
import {{ readFileSync }} from "node:fs";
const headers = {{ "gatewright-id": "whk_1", "gatewright-signature": "{header}" }};
console.log(isOurs(headers, readFileSync("body")) ? "yes" : "no");
""",
        }[language]
        said.append(ran(language, code + call, folder, GATEWRIGHT_WEBHOOK_KEY="gw_wk_1").strip())
    return said


def test_the_guide_shows_strangers_and_members_nobodys_keys(grace: Human, demo: dict, base: str):
    for page in [grace.page("/docs/connect?for=acme/dev/northwind"), requests.get(f"{base}/docs/connect", timeout=10).text]:
        assert "YOUR_PUBLIC_KEY" in page and demo["broker"]["public_key"] not in page and "/t/acme/env" not in page
