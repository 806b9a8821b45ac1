"""A small API that knows nothing of tokens: whoever reaches it was let through by the proxy, which says who it is.

The standard library is enough.  python3 examples/nginx/api.py [port]
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ORDERS = {
    "acme": [{"id": 1, "item": "40 folding chairs"}, {"id": 2, "item": "A banner"}],
    "globex": [{"id": 1, "item": "One death ray"}],
}


class Orders(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        # The tenant comes from the token, never from the address: no caller can ask for another one.
        tenant = self.headers.get("X-Auth-Tenant", "")
        self.answer(200, {"orders": ORDERS.get(tenant, []), "seen": self.seen()})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer(201, {"ordered": True, "seen": self.seen()})

    def seen(self):
        """What arrived, so that one can look whether a token or a forged header did."""
        names = ("X-Auth-Tenant", "X-Auth-Person", "X-Auth-App", "X-Auth-Scopes", "Authorization")
        return {name: self.headers.get_all(name) or [] for name in names}

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8082
    # Only the proxy may reach it: whoever gets here is believed.
    ThreadingHTTPServer(("127.0.0.1", port), Orders).serve_forever()
