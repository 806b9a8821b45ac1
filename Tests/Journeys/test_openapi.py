"""What /openapi.json says is what the server does: schemathesis sends what the document allows, and what it forbids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import requests

import flow
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
