"""A company's own page at an origin of its own, which uses the SDK as its documentation says."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Acme's app</title>
<link rel="icon" href="data:,"></head><body><main><h1>Acme's app</h1>
<button id="connect">Connect</button><output id="said"></output></main>"""


class AppPage:
    """Served at http://localhost:PORT, which is another origin than http://127.0.0.1:PORT."""

    def __init__(self) -> None:
        page = self
        self.script = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f'{HEAD}<script type="module">{page.script}</script></body></html>'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def uses(self, base: str, settings: str, call: str) -> None:
        """Three lines of the SDK, and a fourth that shows what came of them."""
        self.script = f"""
import Gatewright from "{base}/sdk/gatewright.js";
const gatewright = new Gatewright({settings});
const show = (text) => {{ document.getElementById("said").textContent = text; }};
document.getElementById("connect").onclick = () => {call}.then(
  (result) => show("connected " + result.providerConfigKey + " " + result.connectionId),
  (error) => show(error.type + ": " + error.message));
try {{ const back = Gatewright.takeResult(); if (back) show("back " + back.providerConfigKey + " " + back.connectionId); }}
catch (error) {{ show("back " + error.type); }}
"""

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
