"""A client's own web server: takes the callback and keeps what came. Over TLS it plays any host on the web."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PAGE = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Roster</title>
<link rel="icon" href="data:,"></head><body><main><h1>Back at Roster</h1></main></body></html>"""


class Listener:
    def __init__(self, certificate: Path | None = None) -> None:
        listener = self
        self.requests: list[str] = []
        self.redirects: dict[str, str] = {}
        """Path → where to send browsers on to, with the query that came."""
        self._arrived = threading.Condition()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with listener._arrived:
                    listener.requests.append(self.path)
                    listener._arrived.notify_all()
                path, _, query = self.path.partition("?")
                if path in listener.redirects:
                    self.send_response(302)
                    self.send_header("Location", f"{listener.redirects[path]}?{query}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(PAGE)))
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
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


def self_signed(folder: Path) -> Path:
    """A certificate that only a browser which was told to look away will take."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "roster.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
