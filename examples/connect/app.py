"""A company's app: a page whose users connect an account, a backend that uses it, and an ear for webhooks.

Python's standard library alone. Against the demo: `python3 examples/connect/app.py [PORT]`, from the top of the repository.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
# Who is signed in to this app. A real one has a session here, and never takes this from the browser.
USER = "singer-7"


def settings() -> dict[str, str]:
    """From the environment; what is not there, from the demo."""
    file = Path(os.environ.get("GATEWRIGHT_DATA", "var")) / "demo.json"
    demo = json.loads(file.read_text()) if file.exists() else {"broker": {}}
    found = {
        "GATEWRIGHT": demo.get("base_url"),
        "INTEGRATION": demo["broker"].get("integration"),
        "PUBLIC_KEY": demo["broker"].get("public_key"),
        "SECRET_KEY": demo["broker"].get("secret_key"),
        "HMAC_KEY": demo["broker"].get("hmac_key"),
        "WEBHOOK_KEY": "",
    }
    found = {name: os.environ.get(f"APP_{name}", value) for name, value in found.items()}
    missing = [f"APP_{name}" for name, value in found.items() if value is None]
    if missing:
        sys.exit(f"Start the demo (make run) first, or set {', '.join(missing)}.")
    return found


SETTINGS = settings()


def digest(integration: str, connection: str) -> str:
    """Proof for the page: this backend wants this connection to be made."""
    return hmac.new(SETTINGS["HMAC_KEY"].encode(), f"{integration}:{connection}".encode(), hashlib.sha256).hexdigest()


def gatewright(path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Asks Gatewright with the secret key, which the browser never sees."""
    request = urllib.request.Request(
        SETTINGS["GATEWRIGHT"] + path, headers={"Authorization": f"Bearer {SETTINGS['SECRET_KEY']}", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def is_ours(headers, body: bytes) -> bool:
    """Whether Gatewright sent this, and lately: `body` is what came, before anything has parsed it."""
    first, *signatures = headers.get("gatewright-signature", "").split(",")
    seconds = first.removeprefix("t=")
    if not seconds.isdigit() or abs(time.time() - int(seconds)) > 300:
        return False
    message = f"{seconds}.{headers.get('gatewright-id')}.".encode() + body
    made = "v1=" + hmac.new(SETTINGS["WEBHOOK_KEY"].encode(), message, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(made, one) for one in signatures)


class App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/people":
            # Gatewright puts a token that works now into the call, and the provider's answer comes back as it is.
            headers = {"Connection-Id": USER, "Provider-Config-Key": SETTINGS["INTEGRATION"]}
            return self.answer(*gatewright("/proxy/people?limit=5", headers), "application/json")
        if self.path.split("?")[0] != "/":
            return self.answer(404, b"Not here\n", "text/plain")
        page = (HERE / "index.html").read_text()
        values = {name: SETTINGS[name] for name in ("GATEWRIGHT", "INTEGRATION", "PUBLIC_KEY")}
        for name, value in {**values, "USER": USER, "HMAC": digest(SETTINGS["INTEGRATION"], USER)}.items():
            page = page.replace(f"%{name}%", quote(value, safe=":/"))
        self.answer(200, page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/webhook" or not is_ours(self.headers, body):
            return self.answer(403, b"Not from Gatewright\n", "text/plain")
        said = json.loads(body)
        print(f"Webhook: {said['type']} {said.get('operation', '')} {said.get('connectionId', '')}".strip(), flush=True)
        self.answer(200, b"Thank you\n", "text/plain")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments) -> None:
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    server = ThreadingHTTPServer(("127.0.0.1", port), App)
    # `localhost` is another origin than 127.0.0.1, as a company's own page is.
    print(f"Open http://localhost:{server.server_port}", flush=True)
    server.serve_forever()
