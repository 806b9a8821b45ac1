"""Other people's authorization servers, run here: two OAuth 2 servers that have nothing in common, one of OAuth 1.0a."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from oauthlib.oauth1 import AccessTokenEndpoint, AuthorizationEndpoint, RequestTokenEndpoint, RequestValidator
from oauthlib.oauth1 import ResourceEndpoint

from server import free_port

CLIENT_ID = "gatewright"
CLIENT_SECRET = "far-away-secret-0123456789"


@contextlib.contextmanager
def openid_mock() -> Iterator[str]:
    """oidc-provider-mock, which stands on Authlib: an OpenID provider that knows every client."""
    import oidc_provider_mock

    with oidc_provider_mock.run_server_in_thread() as running:
        yield f"http://localhost:{running.server_port}"


@contextlib.contextmanager
def django_toolkit(folder: Path) -> Iterator[str]:
    """django-oauth-toolkit, which stands on oauthlib: one confidential client, PKCE required, refresh tokens rotate."""
    port = free_port()
    environment = {
        **os.environ, "FAR_PORT": str(port), "FAR_FOLDER": str(folder), "FAR_ID": CLIENT_ID, "FAR_SECRET": CLIENT_SECRET,
    }  # fmt: skip
    log = (folder / "django.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("django_provider.py"))], env=environment, stdout=log, stderr=log
    )
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 90
        while not is_alive(base):
            assert process.poll() is None and time.monotonic() < deadline, (folder / "django.log").read_text()[-2000:]
            time.sleep(0.2)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=10)
        log.close()


def is_alive(base: str) -> bool:
    with contextlib.suppress(OSError), urlopen(base + "/alive", timeout=2):
        return True
    return False


class OAuth1Server(RequestValidator):
    """A provider of OAuth 1.0a, whose signatures oauthlib checks. Everybody who comes is Ada, and allows."""

    enforce_ssl = False
    client_key_length = request_token_length = access_token_length = verifier_length = (3, 60)
    dummy_client = dummy_request_token = dummy_access_token = "dummy"

    def __init__(self) -> None:
        self.requests: dict[str, dict] = {}
        self.tokens: dict[str, str] = {}
        self.nonces: set[tuple] = set()
        endpoints = RequestTokenEndpoint(self), AuthorizationEndpoint(self), AccessTokenEndpoint(self), ResourceEndpoint(self)
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                url = f"http://127.0.0.1:{provider.port}{self.path}"
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                headers = dict(self.headers)
                path = urlsplit(self.path).path
                ask, allow, access, resource = endpoints
                if path == "/request":
                    found = ask.create_request_token_response(url, "POST", body, headers)
                elif path == "/access":
                    found = access.create_access_token_response(url, "POST", body, headers)
                elif path == "/authorize":
                    found = allow.create_authorization_response(url, "GET", body, headers, credentials={"user": "ada"})
                else:
                    valid, _ = resource.validate_protected_resource_request(url, self.command, body, headers)
                    found = {"Content-Type": "application/json"}, '{"name": "Ada"}' if valid else "{}", 200 if valid else 401
                self.send_response(found[2])
                for name, value in found[0].items():
                    self.send_header(name, value)
                content = (found[1] or "").encode()
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *arguments) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.base = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # What oauthlib asks.
    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        seen = (client_key, timestamp, nonce, request_token, access_token)
        if seen in self.nonces or abs(time.time() - int(timestamp)) > 600:
            return False
        self.nonces.add(seen)
        return True

    def check_client_key(self, client_key):
        return client_key == CLIENT_ID

    def check_request_token(self, request_token):
        return bool(request_token)

    check_access_token = check_verifier = check_request_token

    def validate_client_key(self, client_key, request):
        return client_key == CLIENT_ID

    def get_client_secret(self, client_key, request):
        return CLIENT_SECRET

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return "/oauth/callback" in redirect_uri

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def verify_realms(self, token, realms, request):
        return True

    def save_request_token(self, token, request):
        self.requests[token["oauth_token"]] = {
            "secret": token["oauth_token_secret"], "callback": request.redirect_uri, "verifier": None,
        }  # fmt: skip

    def verify_request_token(self, token, request):
        return token in self.requests

    def get_redirect_uri(self, token, request):
        return self.requests[token]["callback"]

    def save_verifier(self, token, verifier, request):
        self.requests[token]["verifier"] = verifier["oauth_verifier"]

    def validate_request_token(self, client_key, token, request):
        return token in self.requests

    def get_request_token_secret(self, client_key, token, request):
        return self.requests.get(token, {}).get("secret", "none")

    def validate_verifier(self, client_key, token, verifier, request):
        return verifier and self.requests[token]["verifier"] == verifier

    def save_access_token(self, token, request):
        self.tokens[token["oauth_token"]] = token["oauth_token_secret"]

    def invalidate_request_token(self, client_key, request_token, request):
        self.requests.pop(request_token, None)

    def validate_access_token(self, client_key, token, request):
        return token in self.tokens

    def get_access_token_secret(self, client_key, token, request):
        return self.tokens.get(token, "none")


def entries(openid: str, django: str, oauth1: str) -> str:
    """The providers' own file, as an operator would write it."""
    return f"""
openid:
  title: Open ID
  docs: {openid}/
  auth: oauth2
  authorize: {{url: "{openid}/oauth2/authorize", default_scopes: [openid, email]}}
  token: {{url: "{openid}/oauth2/token"}}
  api: {{base: "{openid}"}}
django:
  title: Django Toolkit
  docs: {django}/
  auth: oauth2
  authorize: {{url: "{django}/o/authorize/", default_scopes: [read]}}
  token: {{url: "{django}/o/token/", client: basic, revocation_url: "{django}/o/revoke_token/"}}
  api: {{base: "{django}"}}
old:
  title: Old and Signed
  docs: {oauth1}/
  auth: oauth1
  request_token: {{url: "{oauth1}/request"}}
  authorize: {{url: "{oauth1}/authorize"}}
  token: {{url: "{oauth1}/access"}}
  api: {{base: "{oauth1}"}}
keyed:
  title: Keyed
  docs: {openid}/
  auth: api_key
  api: {{base: "{openid}"}}
  fields: {{account: {{title: Account, format: word}}}}
named:
  title: Named
  docs: {openid}/
  auth: basic
free:
  title: Free
  docs: {openid}/
  auth: none
  api: {{base: "{openid}"}}
machine:
  title: Machine
  docs: {django}/
  auth: client_credentials
  token: {{url: "{django}/o/token/"}}
signed:
  title: Signed
  docs: {openid}/
  auth: jwt
  credentials: {{privateKey: {{title: Key, shape: pair, secret: true}}}}
  jwt: {{algorithm: HS256, key: "{{privateKey.secret}}", key_encoding: hex, header: {{kid: "{{privateKey.id}}"}}, lifetime: 300}}
  api: {{base: "{openid}"}}
store:
  title: Store
  docs: {openid}/
  auth: app_store
  jwt: {{key: "{{privateKey}}", header: {{kid: "{{privateKeyId}}"}}, claims: {{iss: "{{issuerId}}"}}, lifetime: 1200}}
  api: {{base: "{openid}"}}
brought:
  title: Brought
  docs: {oauth1}/
  auth: tba
  api: {{base: "{oauth1}"}}
login:
  title: Login
  docs: {django}/
  auth: two_step
  credentials: {{user: {{title: User}}, password: {{title: Password, secret: true}}}}
  token:
    url: "{django}/o/token/"
    body: form
    parameters: {{grant_type: client_credentials, client_id: "{{user}}", client_secret: "{{password}}"}}
    token_at: access_token
    expires_in_at: expires_in
installed:
  title: Installed
  docs: {openid}/
  auth: app
  install: {{url: "{openid}/apps/mine/installations/new"}}
  token: {{url: "{openid}/app/installations/{{installation_id}}/access_tokens"}}
  fields: {{installation_id: {{title: Installation, format: digits, from: callback}}}}
"""


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
