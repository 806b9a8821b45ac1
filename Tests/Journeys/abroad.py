"""A Gatewright that knows providers of other people, and whoever connects there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import requests

import far_providers
import human
from far_providers import CLIENT_ID, CLIENT_SECRET
from ledger import Ledger
from server import Server

INTEGRATIONS = {"openid": ("any", "any secret"), "django": (CLIENT_ID, CLIENT_SECRET), "old": (CLIENT_ID, CLIENT_SECRET)}


class Abroad:
    """The server, the providers it knows, and the keys of its demo's environment."""

    def __init__(self, server: Server, openid: str, django: str, oauth1: far_providers.OAuth1Server):
        self.server = server
        self.openid, self.django, self.oauth1 = openid, django, oauth1
        self.keys = server.demo()["broker"]
        self.backend = requests.Session()
        self.backend.trust_env = False
        self.backend.headers["Authorization"] = f"Bearer {self.keys['secret_key']}"

    def connect_path(self, integration: str, connection: str, more: str = "") -> str:
        return f"/oauth/connect/{integration}?connection_id={connection}&public_key={self.keys['public_key']}{more}"

    def connection(self, integration: str, connection: str, **parameters) -> requests.Response:
        return self.backend.get(
            f"{self.server.base}/connection/{connection}",
            params={"provider_config_key": integration, **parameters},
            timeout=20,
        )

    def integrate(self, key: str, client: str, secret: str) -> None:
        credentials = {"type": "OAUTH2", "client_id": client, "client_secret": secret, "scopes": ""} if client else None
        body = {"provider": key, "unique_key": key} | ({"credentials": credentials} if credentials else {})
        made = self.backend.post(f"{self.server.base}/integrations", json=body, timeout=20)
        assert made.status_code == 200, made.text

    def person(self, name: str, ledger: Ledger) -> human.Human:
        """One of the demo's people, signed in here."""
        found = next(one for one in self.server.demo()["people"] if one["name"].split()[0] == name)
        return human.signed_in(self.server.base, ledger, found)


@contextlib.contextmanager
def running(launch: Callable[..., Server], folder: Path) -> Iterator[Abroad]:
    (folder / "entries").mkdir()
    oauth1 = far_providers.OAuth1Server()
    with far_providers.openid_mock() as openid, far_providers.django_toolkit(folder) as django:
        (folder / "entries" / "far.yaml").write_text(far_providers.entries(openid, django, oauth1.base))
        abroad = Abroad(launch(GATEWRIGHT_PROVIDERS=str(folder / "entries")), openid, django, oauth1)
        for key, (client, secret) in INTEGRATIONS.items():
            abroad.integrate(key, client, secret)
        abroad.integrate("keyed", "", "")
        yield abroad
    oauth1.close()
