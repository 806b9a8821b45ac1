"""What /openapi.json says is what the server does: schemathesis sends what the document allows, and what it forbids."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema_rs
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import flow
from environment import Environment
from human import Human
from ledger import Ledger
from server import Server

# Everything that schemathesis checks but this: cursors and tokens are authenticated, so no made-up one can be accepted.
LEFT_OUT = "positive_data_acceptance"
# These end the token that everything else is called with; they are called by themselves, with one to spare.
ENDING = ["--exclude-operation-id", "endOwnToken", "--exclude-operation-id", "endToken"]
# The connection broker's addresses, which an environment's key opens and no token does.
BROKER = (
    "^/(connections?|config|integrations|providers?|proxy|connect|environment-variables|api-auth|unauth|oauth2|health"
    "|app-store-auth|auth/unauthenticated|auth/jwt|auth/tba|auth/two-step)(/|$)"
)
# Connection IDs may hold anything, "/metadata" at their end too: what follows /connection/ answers every method.
GREEDY = f"{LEFT_OUT},unsupported_method,allow_header_conformance"


def schemathesis(
    base: str, token: str, folder: Path, *more: str, left_out: str = LEFT_OUT
) -> subprocess.CompletedProcess[str]:
    """One bounded run: the same data each time, at most a few examples for each operation and phase."""
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run", f"{base}/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--exclude-checks", left_out),
        *("--max-examples", "8", "--seed", "7", "--generation-deterministic", "--phases", "examples,coverage,fuzzing"),
        *("--rate-limit", "20/s", "--max-time", "50", "--request-timeout", "10", "--warnings", "off", *more),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)


def test_schemathesis_finds_no_difference(server: Server, ada: Human, ledger: Ledger, tmp_path: Path):
    _, token = flow.new_developer_token(ada, "acme", ("account:read", "people:read", "people:write"))
    ran = schemathesis(server.base, token, tmp_path, *ENDING, "--exclude-path-regex", BROKER)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    # It must have reached the API and not only its door.
    assert requests.get(f"{server.base}/v2/me", headers={"Authorization": f"Bearer {token}"}, timeout=10).ok


def test_schemathesis_ends_tokens(server: Server, ada: Human, ledger: Ledger, tmp_path: Path):
    _, token = flow.new_developer_token(ada, "acme", ("account:read",))
    ran = schemathesis(server.base, token, tmp_path, "--include-operation-id", "endOwnToken")
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]


def test_schemathesis_finds_no_difference_at_the_broker(server: Server, ledger: Ledger, tmp_path: Path):
    key = ledger.add(server.demo()["broker"]["secret_key"])
    only = ("--include-path-regex", BROKER)
    # One run for what writes and one for what reads: each has its own time.
    for method in ("GET", "POST|PUT|PATCH|DELETE"):
        ran = schemathesis(server.base, key, tmp_path, *only, "--include-method-regex", method, left_out=GREEDY)
        assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    headers = {"Authorization": f"Bearer {key}"}
    assert requests.get(f"{server.base}/connections", headers=headers, timeout=10).ok


class Described:
    """What the document says of one operation, as JSON Schema."""

    def __init__(self, base: str, method: str, path: str):
        self.document = requests.get(f"{base}/openapi.json", timeout=10).json()
        self.operation = self.document["paths"][path][method]

    def _check(self, schema: dict, value: object) -> None:
        whole = schema | {"components": self.document["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(value)

    def takes(self, body: object) -> None:
        self._check(self.operation["requestBody"]["content"]["application/json"]["schema"], body)

    def takes_not(self, body: object) -> None:
        with pytest.raises(jsonschema_rs.ValidationError):
            self.takes(body)

    def answers(self, response: requests.Response) -> None:
        said = self.operation["responses"][str(response.status_code)]
        while "$ref" in said:
            said = self.document["components"]["responses"][said["$ref"].rsplit("/", 1)[1]]
        self._check(said["content"]["application/json"]["schema"], response.json())


@pytest.fixture
def far() -> Iterator[str]:
    """A provider that gives a token for the right password, and takes every token."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            right = b"fjord" in self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"token": "t-1"}' if right else b"{}"
            self.send_response(200 if right else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()


KINDS = """
store: {title: Store, docs: https://store.example/, auth: app_store,
  jwt: {key: "{privateKey}", header: {kid: "{privateKeyId}"}, claims: {iss: "{issuerId}"}, lifetime: 600}}
blog: {title: Blog, docs: https://blog.example/, auth: jwt,
  credentials: {privateKey: {title: Admin key, shape: pair, secret: true}},
  jwt: {algorithm: HS256, key: "{privateKey.secret}", header: {kid: "{privateKey.id}"}, lifetime: 300}}
login: {title: Login, docs: https://login.example/, auth: two_step,
  credentials: {username: {title: User name}, password: {title: Password, secret: true}},
  token: {url: "FAR/login", parameters: {username: "{username}", password: "{password}"}, token_at: token}}
suite: {title: Suite, docs: https://suite.example/, auth: tba}
"""


def test_each_kind_of_credentials_connects_and_is_refused_as_described(far: str, tmp_path: Path, ledger: Ledger):
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder = tmp_path / "providers"
    folder.mkdir()
    (folder / "kinds.yaml").write_text(KINDS.replace("FAR", far))
    running = Server(tmp_path / "data", {"GATEWRIGHT_PROVIDERS": str(folder)}).start()
    try:
        demo = running.demo()["broker"]
        backend = {"Authorization": f"Bearer {ledger.add(demo['secret_key'])}"}
        registration = {"type": "OAUTH1", "client_id": "ck", "client_secret": "cs-0451"}
        for provider in ("store", "blog", "login", "suite"):
            more = {"credentials": registration} if provider == "suite" else {}
            body = {"provider": provider, "unique_key": provider} | more
            made = requests.post(f"{running.base}/integrations", json=body, headers=backend, timeout=20)
            assert made.status_code == 200, made.text
        for path, integration, good, bad in (
            ("/app-store-auth", "store", {"privateKeyId": "K", "issuerId": "I", "privateKey": key.decode()}, {"issuerId": "I"}),
            ("/auth/jwt", "blog", {"privateKey": {"id": "k1", "secret": "fjord"}}, {"privateKey": {"id": "k1"}}),
            ("/auth/two-step", "login", {"username": "ada", "password": "fjord"}, {"username": "ada", "password": "no"}),
            ("/auth/tba", "suite", {"token_id": "ti", "token_secret": "ts"}, {"token_id": "ti"}),
        ):  # fmt: skip
            described = Described(running.base, "post", path + "/{integration}")
            address = f"{running.base}{path}/{integration}?connection_id=u1&public_key={demo['public_key']}"
            refused = requests.post(address, json=bad, timeout=20)
            assert 400 <= refused.status_code < 500, f"{path}: {refused.text}"
            described.answers(refused)
            described.takes(good)
            connected = requests.post(address, json=good, timeout=20)
            assert connected.status_code == 200, f"{path}: {connected.text}"
            described.answers(connected)
            shown = requests.get(
                f"{running.base}/connection/u1?provider_config_key={integration}", headers=backend, timeout=20
            )
            assert shown.status_code == 200, shown.text
            Described(running.base, "get", "/connection/{connection_id}").answers(shown)
        described = Described(running.base, "post", "/app-store-auth/{integration}")
        described.takes_not({"issuerId": "I"})
    finally:
        running.stop()


def test_environment_variables_are_answered_as_described(ada: Human):
    environment = Environment(ada, "described", requires_hmac=False)
    described = Described(ada.base, "get", "/environment-variables")
    variables = environment.settings + "/variables"
    assert ada.submit(variables, {"variables": "API_REGION=eu\nEMPTY="}, action=variables).status_code == 303
    answer = environment.call("GET", "/environment-variables")
    assert answer.json() == [{"name": "API_REGION", "value": "eu"}, {"name": "EMPTY", "value": ""}]
    described.answers(answer)
    described.answers(requests.get(f"{ada.base}/environment-variables", timeout=20))
