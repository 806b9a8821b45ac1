"""A client's own web server on loopback: takes the callback and keeps what came."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Roster</title>
<link rel="icon" href="data:,"></head><body><main><h1>Back at Roster</h1></main></body></html>"""


class Listener:
    def __init__(self) -> None:
        listener = self
        self.requests: list[str] = []
        self._arrived = threading.Condition()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with listener._arrived:
                    listener.requests.append(self.path)
                    listener._arrived.notify_all()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(PAGE)))
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.callback = f"{self.origin}/callback"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def last(self, within: float = 8) -> dict[str, list[str]]:
        """The parameters of the newest callback; waits for the first one."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: self.requests, timeout=within)
            assert arrived, "nobody came back to the app"
            return parse_qs(urlsplit(self.requests[-1]).query, keep_blank_values=True)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(timeout=5)
