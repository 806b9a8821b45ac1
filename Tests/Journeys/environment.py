"""An environment of a company, made by its admin on the portal's own pages, and its keys."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
import uuid
from urllib.parse import quote, urlencode

import requests

import markup
from human import Human

SHOWN_KEY = re.compile(r"gw_sk_[0-9A-Za-z]+")


class Environment:
    """`public_key`, `secret_key` and, once asked for, `hmac_key`, as an admin would copy them from the pages."""

    def __init__(self, admin: Human, name: str, tenant: str = "acme", requires_hmac: bool = True):
        self.admin, self.path = admin, f"/t/{tenant}/env/{name}"
        self.settings = self.path + "/settings"
        values = {"name": name, "hmac": "required" if requires_hmac else "off"}
        made = admin.submit(f"/t/{tenant}/env/new", values, action=f"/t/{tenant}/env")
        assert made.status_code == 303, markup.visible_text(made.text)
        self.public_key = re.search(r"gw_pk_[0-9A-Za-z]{30}", admin.page(self.settings)).group()
        page = self.pressed("/keys", {"key_name": "Backend"}).headers["Location"]
        self.secret_key = admin.ledger.add(SHOWN_KEY.search(admin.page(page)).group())
        self.backend = requests.Session()
        self.backend.trust_env = False
        self.backend.headers["Authorization"] = f"Bearer {self.secret_key}"

    def pressed(self, action: str, values: dict[str, str | list[str]] | None = None, status: int = 303) -> requests.Response:
        answer = self.admin.submit(self.settings, values or {}, action=self.settings + action)
        assert answer.status_code == status, markup.visible_text(answer.text)[:600]
        return answer

    def shown_hmac_key(self) -> str:
        """Asks the page to show it, or to make it."""
        offered = [one.action for one in markup.forms(self.admin.page(self.settings))]
        way = "/hmac/reveal" if self.settings + "/hmac/reveal" in offered else "/hmac"
        shown = markup.parse(self.pressed(way, status=200).text)
        codes = [markup.text_of(code) for box in shown.iter("div") if box.get("class") == "secret copyable" for code in box.iter("code")]
        self.hmac_key = self.admin.ledger.add(next(one for one in codes if one != self.public_key))
        return self.hmac_key

    def call(self, method: str, path: str, **rest) -> requests.Response:
        return self.backend.request(method, self.admin.base + path, timeout=20, **rest)

    def integrate(self, key: str, client: str = "", secret: str = "", provider: str | None = None) -> None:
        credentials = {"type": "OAUTH2", "client_id": client, "client_secret": secret, "scopes": ""}
        body = {"provider": provider or key, "unique_key": key} | ({"credentials": credentials} if client else {})
        made = self.call("POST", "/integrations", json=body)
        assert made.status_code == 200, made.text

    def connection(self, integration: str, connection: str) -> requests.Response:
        return self.call("GET", f"/connection/{quote(connection, safe='')}", params={"provider_config_key": integration})

    def digest(self, integration: str, connection: str, key: str | None = None) -> str:
        message = f"{integration}:{connection}".encode()
        return hmac.new((key or self.hmac_key).encode(), message, hashlib.sha256).hexdigest()

    def address(self, entry: str, integration: str, connection: str, more: str = "") -> str:
        query = urlencode({"connection_id": connection, "public_key": self.public_key})
        return f"{entry}/{quote(integration)}?{query}{more}"

    def signed(self, entry: str, integration: str, connection: str, **changes: str) -> str:
        """The address of a request of which every parameter is signed, as docs/connecting.md says."""
        fields = {
            "connection_id": connection, "public_key": self.public_key, "nonce": uuid.uuid4().hex,
            "expires": str(int(time.time()) + 120), **changes,
        }  # fmt: skip
        signed = {**fields, "integration": integration}
        lines = ["connect.v1", *(f"{name}={quote(signed[name], safe='-._~')}" for name in sorted(signed))]
        signature = hmac.new(self.hmac_key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        return f"{entry}/{quote(integration)}?{urlencode({**fields, 'signature': signature})}"

    def activity(self, count: int, **narrowed: str) -> list[str]:
        """The rows of the activity page, as text, newest first: so many, as soon as they are written."""
        deadline = time.monotonic() + 20
        while True:
            page = self.admin.page(f"{self.path}/activity?{urlencode(narrowed)}")
            rows = [markup.text_of(row) for body in markup.parse(page).iter("tbody") for row in body.iter("tr")]
            if len(rows) >= count or time.monotonic() > deadline:
                return rows
            time.sleep(0.5)
