"""The authorization code flow, step by step, as a client and its user go through it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import requests

import markup
from human import Human
from wire import Wire

CLIENT_ID = re.compile(r"gw_id_[0-9A-Za-z]{22}")
CLIENT_SECRET = re.compile(r"gw_cs_[0-9A-Za-z]{36}")


@dataclass
class App:
    id: str
    name: str
    client_id: str
    client_secret: str | None
    callback: str
    scopes: list[str] = field(default_factory=list)

    @property
    def credentials(self) -> dict[str, str]:
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        return {"client_id": self.client_id, **secret}


def details(name: str, callbacks: list[str], kind: str, scopes: list[str]) -> dict[str, str | list[str]]:
    return {
        "name": name,
        "description": f"{name} keeps two lists of people in step, for the tests.",
        "homepage": "https://roster.example/",
        "callbacks": callbacks,
        "kind": kind,
        "scopes": scopes,
    }


def register(
    developer: Human,
    callbacks: str | list[str],
    name: str | None = None,
    kind: str = "confidential",
    scopes: tuple[str, ...] = ("account:read", "people:read"),
    pkce: str = "required",
    token_format: str = "v2",
) -> App:
    """Registers an app through the portal's forms and reads what the shown-once page shows."""
    callbacks = [callbacks] if isinstance(callbacks, str) else callbacks
    name = name or f"Roster {secrets.token_hex(3)}"
    values = details(name, callbacks, kind, list(scopes))
    answer = developer.submit("/apps/new", values, action="/apps")
    assert answer.status_code == 303, f"not registered: {answer.status_code}\n{markup.visible_text(answer.text)[:600]}"
    location = answer.headers["Location"]
    shown = developer.page(location)
    secret = CLIENT_SECRET.search(shown)
    assert (secret is not None) == (kind == "confidential"), "only a confidential app gets a secret"
    app = App(
        id=location.split("/")[2],
        name=name,
        client_id=CLIENT_ID.search(shown).group(),
        client_secret=secret.group() if secret else None,
        callback=callbacks[0],
        scopes=list(scopes),
    )
    if pkce != "required" or token_format != "v2":
        edited = edit(developer, app, {"pkce": pkce, "token_format": token_format})
        assert edited.status_code == 303, markup.visible_text(edited.text)[:600]
    return app


def edit(developer: Human, app: App, values: dict[str, str | list[str]]) -> requests.Response:
    return developer.submit(f"/apps/{app.id}/edit", values, action=f"/apps/{app.id}")


def pkce() -> tuple[str, str]:
    """A verifier and its S256 challenge (RFC 7636 §4.2)."""
    verifier = secrets.token_urlsafe(48)
    return verifier, challenge_of(verifier)


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorize_path(tenant: str, app: App, challenge: str | None = None, **changes: str | None) -> str:
    """The path of a correct request, with these parameters changed; None leaves one out."""
    parameters: dict[str, str | None] = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.callback,
        "scope": " ".join(app.scopes),
        "state": "st-1",
    }
    if challenge:
        parameters |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    parameters |= changes
    query = urlencode({key: value for key, value in parameters.items() if value is not None}, quote_via=quote)
    return f"/t/{tenant}/oauth/authorize?{query}"


def consent_form(page: str) -> markup.Form:
    return markup.form(page, having="ticket")


def decide(human: Human, page: str, decision: str) -> requests.Response:
    form = consent_form(page)
    return human.post(form.action, form.filled({"decision": decision}))


def authorize(human: Human, path: str, decision: str = "allow") -> dict[str, list[str]]:
    """Goes to the authorize address as a signed-in admin, decides if asked, and gives the callback's parameters."""
    answer = human.wire.get(path)
    if answer.status_code == 200 and onward(answer) is None:
        answer = decide(human, answer.text, decision)
    assert onward(answer), f"{answer.status_code}: {markup.visible_text(answer.text)[:400]}"
    return callback_parameters(answer)


def onward(answer: requests.Response) -> str | None:
    """Where an authorization request ends: by redirect, or by the link of the page that asks before it sends anybody to
    an app that nobody here has allowed (case 27). None when it is another page."""
    if answer.status_code in (302, 303):
        return answer.headers["Location"]
    links = [link for link in markup.links(answer.text) if "error=" in link and "iss=" in link]
    return links[0] if links else None


def callback_parameters(answer: requests.Response) -> dict[str, list[str]]:
    return parse_qs(urlsplit(onward(answer) or "").query, keep_blank_values=True, strict_parsing=True)


def new_code(human: Human, app: App, tenant: str = "acme", **changes: str | None) -> tuple[str, str]:
    """A fresh code and the verifier that belongs to it."""
    verifier, challenge = pkce()
    got = authorize(human, authorize_path(tenant, app, challenge, **changes))
    assert "code" in got, got
    return got["code"][0], verifier


def redeem(wire: Wire, app: App, code: str, verifier: str | None, tenant: str = "acme", **changes: str | None):
    """One token request with the client's credentials in the body; None leaves a parameter out."""
    parameters = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.callback,
        "code_verifier": verifier,
        **app.credentials,
        **changes,
    }
    return wire.post(
        f"/t/{tenant}/oauth/token", data={key: value for key, value in parameters.items() if value is not None}
    )


def refresh(wire: Wire, app: App, refresh_token: str, tenant: str = "acme", **changes: str | None):
    parameters = {"grant_type": "refresh_token", "refresh_token": refresh_token, **app.credentials, **changes}
    return wire.post(
        f"/t/{tenant}/oauth/token", data={key: value for key, value in parameters.items() if value is not None}
    )


def new_tokens(human: Human, wire: Wire, app: App, tenant: str = "acme", **changes: str | None) -> dict:
    code, verifier = new_code(human, app, tenant, **changes)
    answer = redeem(wire, app, code, verifier, tenant)
    assert answer.status_code == 200, answer.text
    return answer.json()


def works(wire: Wire, access_token: str, tenant: str = "acme") -> bool:
    """Whether the tenant's API takes this token now."""
    answer = wire.get(f"/t/{tenant}/api/v1/me", headers={"Authorization": f"Bearer {access_token}"})
    assert answer.status_code in (200, 401), f"{answer.status_code} {answer.text}"
    return answer.status_code == 200


def error_of(answer: requests.Response) -> str:
    """The `error` of a token endpoint's answer, which must have the form of RFC 6749 §5.2."""
    assert answer.headers["Content-Type"].lower().startswith("application/json"), answer.text[:300]
    body = answer.json()
    assert set(body) <= {"error", "error_description", "error_uri"}, body
    return body["error"]


def new_developer_token(
    human: Human, tenant: str, scopes: tuple[str, ...] = ("account:read", "people:read"), **values: str
) -> tuple[str, str]:
    """Makes a developer token through the form. Its ID and its text."""
    answer = human.submit(
        "/tokens/new",
        {"tenant": tenant, "description": f"Test {secrets.token_hex(3)}", "scopes": list(scopes), **values},
        action="/tokens",
    )
    assert answer.status_code == 303, markup.visible_text(answer.text)[:600]
    location = answer.headers["Location"]
    token = re.search(r"gw_dt_[0-9A-Za-z]{36}", human.page(location)).group()
    return location.split("/")[2], token
