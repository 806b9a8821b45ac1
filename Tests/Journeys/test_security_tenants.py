"""Security K: one tenant, one person, never sees or touches what is another's; names and hosts cannot be faked."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable

import pytest
import requests

import flow
import human
import markup
from human import Human
from ledger import Ledger
from server import Server
from wire import Wire


def without_request_id(answer: requests.Response) -> str:
    return re.sub(r"\b[0-9a-f]{16,}\b", "", markup.main_text(answer.text))


def same_as_missing(answer: requests.Response, missing: requests.Response, own: str, none: str) -> None:
    """404, and the very page that an ID which never existed gets."""
    assert answer.status_code == missing.status_code == 404, (answer.url, answer.status_code, missing.status_code)
    assert without_request_id(answer) == without_request_id(missing)
    assert own not in markup.main_text(answer.text)


@pytest.fixture(scope="module")
def belongings(lin: Human, ada: Human, app: flow.App, wire_of_module: Wire) -> dict[str, str]:
    """IDs of things that are Lin's or Ada's."""
    token_id, _ = flow.new_developer_token(lin, "northwind")
    flow.new_tokens(ada, wire_of_module, app)
    grant = re.search(r"/account/apps/acme/(gr_[0-9A-Za-z]+)/revoke", ada.page("/account/apps")).group(1)
    session = re.search(r"/account/sessions/(ses_[0-9A-Za-z]+)/end", lin.page("/account"))
    secret = re.search(r"/secrets/(sec_[0-9A-Za-z]+)/revoke", lin.page(f"/apps/{app.id}"))
    return {
        "app": app.id,
        "token": token_id,
        "grant": grant,
        "session": session.group(1) if session else "",
        "secret": secret.group(1) if secret else "sec_" + "0" * 16,
    }


@pytest.fixture(scope="module")
def wire_of_module(base: str, ledger: Ledger) -> Wire:
    return Wire(base, ledger)


GETS = [
    "/apps/{app}",
    "/apps/{app}/created",
    "/apps/{app}/edit",
    "/apps/{app}/delete",
    "/apps/{app}/secrets/{secret}/revoke",
    "/tokens/{token}/created",
    "/tokens/{token}/revoke",
    "/account/apps/acme/{grant}/revoke",
    "/account/apps/globex/{grant}/revoke",
]
POSTS = [
    "/apps/{app}",
    "/apps/{app}/secrets",
    "/apps/{app}/secrets/{secret}/revoke",
    "/apps/{app}/delete",
    "/tokens/{token}/revoke",
    "/account/apps/acme/{grant}/revoke",
    "/account/apps/globex/{grant}/revoke",
    "/account/sessions/{session}/end",
]


@pytest.mark.parametrize("who", ["mallory", "grace", "olga"])
@pytest.mark.parametrize("path", GETS)
def test_case_139_others_things_look_like_nothing(
    request: pytest.FixtureRequest, belongings: dict, path: str, who: str
):
    stranger: Human = request.getfixturevalue(who)
    none = {kind: identifier.split("_")[0] + "_" + "0" * 16 for kind, identifier in belongings.items()}
    kind = re.search(r"{(\w+)}", path).group(1)
    same_as_missing(
        stranger.wire.get(path.format(**belongings)),
        stranger.wire.get(path.format(**none)),
        belongings[kind],
        none[kind],
    )


@pytest.mark.parametrize("path", POSTS)
def test_case_139_and_cannot_be_changed(
    mallory: Human, lin: Human, ada: Human, belongings: dict, path: str, app: flow.App, wire: Wire
):
    csrf = markup.form(mallory.page("/account"), "/logout").value("csrf")
    fields = {
        "csrf": csrf,
        "confirm_name": app.name,
        "overlap": "now",
        **flow.details("Stolen", ["https://evil.example/"], "confidential", ["account:read"]),
    }
    if "{session}" in path and not belongings["session"]:
        belongings = belongings | {"session": "ses_" + "0" * 16}
    answer = mallory.post(path.format(**belongings), list(fields.items()))
    assert answer.status_code == 404 or ("session" in path and answer.status_code == 303), answer.status_code
    assert lin.is_signed_in and ada.is_signed_in
    assert app.name in lin.page(f"/apps/{app.id}")
    body = {"grant_type": "refresh_token", "refresh_token": "x", **app.credentials}
    assert flow.error_of(wire.post("/t/acme/oauth/token", data=body)) == "invalid_grant", "the secret was ended"
    assert belongings["grant"] in ada.page("/account/apps")


def test_case_139_pages_that_need_a_role(wire: Wire, ada: Human, mallory: Human, grace: Human):
    for path in ("/operator", "/operator/outbox"):
        for person in (ada, mallory, grace):
            assert person.wire.get(path).status_code in (403, 404)
        assert wire.get(path).status_code in (302, 303)
    assert mallory.wire.get("/t/acme").status_code == mallory.wire.get("/t/nosuchtenant").status_code == 404
    for path in ("/dashboard", "/account", "/tokens", "/tokens/new", "/apps", "/apps/new", "/tenants/new", "/t/acme"):
        answer = wire.get(path)
        assert answer.status_code in (302, 303, 404), path
        if answer.status_code != 404:
            assert answer.headers["Location"].startswith("/login?next="), path


def test_case_140_a_child_of_another_tenant_is_not_found(wire: Wire, ada: Human, mallory: Human):
    _, token = flow.new_developer_token(mallory, "globex", ("people:read", "people:write"))
    bearer = {"Authorization": f"Bearer {token}"}
    mine = wire.post("/t/globex/api/v1/people", headers=bearer, json={"first_name": "Only", "last_name": "Globex"})
    assert mine.status_code == 201, mine.text
    number = mine.json()["person"]["id"]
    acme_token = flow.new_developer_token(ada, "acme", ("people:read", "people:write"))[1]
    theirs = {"Authorization": f"Bearer {acme_token}"}
    seen = wire.get(f"/t/acme/api/v1/people/{number}", headers=theirs)
    assert seen.status_code in (200, 404) and "Only" not in seen.text
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert wire.request(method, f"/t/globex/api/v1/people/{number}", headers=theirs, json={}).status_code == 401
    assert wire.get(f"/t/globex/api/v1/people/{number}", headers=bearer).json()["person"]["first_name"] == "Only"


@pytest.mark.parametrize(
    "slug",
    [
        "Acme2",
        "ACME2",
        "\u0430cme",
        "\uff41cme",
        "ac\u212ae",
        "acme\u200d",
        "acme2.",
        "xn--acme",
        "-acme",
        "acme-",
        "a--b",
        "ab",
        "a" * 41,
        "a" * 64,
        "acme_2",
        "acme 2",
        "acme/2",
        "a.b.c",
        "acme2\n",
        "",
        "\u0661\u0662\u0663",
    ],
)
def test_case_144_slugs_are_plain_and_never_folded(newcomer_of_module: Human, slug: str):
    answer = newcomer_of_module.submit("/tenants/new", {"name": "Look-alike", "slug": slug}, action="/tenants")
    assert answer.status_code == 422 and "#field-slug" in answer.text


@pytest.mark.parametrize(
    "slug",
    [
        "admin",
        "api",
        "oauth",
        "login",
        "logout",
        "static",
        "assets",
        "well-known",
        "health",
        "www",
        "mail",
        "support",
        "security",
        "root",
        "system",
        "new",
        "settings",
        "null",
        "undefined",
        "gatewright",
        "acme",
        "operator",
        "dev",
    ],
)
def test_case_145_reserved_and_taken_names_are_refused_in_the_same_words(newcomer_of_module: Human, slug: str):
    answer = newcomer_of_module.submit("/tenants/new", {"name": "Claims", "slug": slug}, action="/tenants")
    assert answer.status_code == 422
    assert "not available" in markup.visible_text(answer.text)


@pytest.fixture(scope="module")
def newcomer_of_module(base: str, ledger: Ledger) -> Human:
    return human.signed_up(base, ledger)


def test_case_145_a_good_name_opens_a_tenant(newcomer_of_module: Human, wire: Wire):
    slug = "choir-" + human.new_email().split("-")[1].split("@")[0]
    answer = newcomer_of_module.submit("/tenants/new", {"name": "The Choir", "slug": slug}, action="/tenants")
    assert answer.status_code == 303
    assert "The Choir" in newcomer_of_module.page(f"/t/{slug}")
    assert wire.get(f"/t/{slug}/.well-known/oauth-authorization-server").status_code == 200


def test_case_148_a_token_of_one_tenant_at_another(wire: Wire, ada: Human, app: flow.App, demo: dict):
    access = flow.new_tokens(ada, wire, app)["access_token"]
    for token in (demo["developer_token"], access):
        bearer = {"Authorization": f"Bearer {token}"}
        assert wire.get("/t/acme/api/v1/people", headers=bearer).status_code == 200
        for slug in ("globex", "northwind", "nosuchtenant"):
            assert wire.get(f"/t/{slug}/api/v1/people", headers=bearer).status_code in (401, 404)


def test_case_149_a_cursor_cannot_be_forged(wire: Wire, demo: dict):
    bearer = {"Authorization": f"Bearer {demo['developer_token']}"}
    first = wire.get("/t/acme/api/v1/people?limit=2", headers=bearer).json()
    assert len(first["results"]) == 2 and first["next"] and not first["prev"]
    second = wire.get(first["next"], headers=bearer)
    assert second.status_code == 200 and second.json()["prev"]
    ids = [row["id"] for row in first["results"] + second.json()["results"]]
    assert len(set(ids)) == 4
    back = wire.get(second.json()["prev"], headers=bearer).json()
    assert [row["id"] for row in back["results"]] == ids[:2]
    for query in ("limit=0", "limit=-1", "limit=99999999999999999999", "limit=x", "limit=1e3"):
        assert wire.get(f"/t/acme/api/v1/people?{query}", headers=bearer).status_code in (200, 400), query


def test_case_146_a_name_that_was_given_up_rests_before_it_is_given_out_again(
    launch: Callable[..., Server], ledger: Ledger
):
    """Deleting tenants comes later; what was given up is written as that will write it, while the server rests."""
    server = launch()
    lin = human.signed_in(server.base, ledger, next(p for p in server.demo()["people"] if p["name"] == "Lin"))
    server.stop()
    now = int(time.time())
    with sqlite3.connect(server.database) as stored:
        stored.execute("INSERT INTO quarantined_slugs VALUES ('given-up', ?), ('rested', ?)", (now + 86_400, now - 1))
    stored.close()
    server.start()
    refused = lin.submit("/tenants/new", {"name": "Claims", "slug": "given-up"}, action="/tenants")
    assert refused.status_code == 422 and "not available" in markup.visible_text(refused.text)
    assert lin.submit("/tenants/new", {"name": "Claims", "slug": "rested"}, action="/tenants").status_code == 303
