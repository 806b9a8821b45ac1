"""Somebody else's token endpoint, on this machine: rotates its refresh token, as slowly as it is told."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs


class Provider:
    """`calls` is what the token endpoint was asked; `delay` how many seconds it thinks.

    Only the newest token works; if it `forgives`, so does the one before, and gets the same successor.
    """

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.delay = 0.0
        self.forgives = False
        self.newest: dict[str, str] = {}
        self.asked = threading.Event()
        self._lock = threading.Lock()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, answer = provider.answer({name: values[0] for name, values in form.items()})
                body = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked was killed

            def log_message(self, *_: object) -> None:
                pass

        class Crowd(ThreadingHTTPServer):
            request_queue_size = 1024
            daemon_threads = True

        self._server = Crowd(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, form: dict[str, str]) -> tuple[int, dict]:
        with self._lock:
            self.calls.append(form)
            # rt-NAME-NUMBER: each connection has a family of its own.
            token = form.get("refresh_token", "")
            name, _, number = token.removeprefix("rt-").rpartition("-")
            newest = self.newest.get(name, f"rt-{name}-0")
            following = f"{name}-{int(number) + 1}"
            if token != newest and not (self.forgives and newest == f"rt-{following}"):
                return 400, {"error": "invalid_grant"}
            self.newest[name] = f"rt-{following}"
        self.asked.set()
        time.sleep(self.delay)
        return 200, {"access_token": f"at-{following}", "refresh_token": f"rt-{following}", "expires_in": 3600}

    def entry(self, folder: Path) -> str:
        """A folder for GATEWRIGHT_PROVIDERS with this provider in it, under the key `slow`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "slow.yaml").write_text(
            "slow:\n  title: Slow\n  docs: https://slow.example/docs\n  auth: oauth2\n"
            f"  authorize: {{url: {self.url}/authorize}}\n  token: {{url: {self.url}/token}}\n"
        )
        return str(folder)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
