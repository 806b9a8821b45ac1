"""Security E and F at the live token endpoint: client authentication and refresh tokens."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import pytest
import requests

import flow
import markup
from human import Human
from ledger import Ledger
from wire import Wire, form_body, post_request, raw

TOKEN_PATH = "/t/acme/oauth/token"


def basic(user: str, password: str, scheme: str = "Basic ") -> dict[str, str]:
    return {"Authorization": scheme + base64.b64encode(f"{user}:{password}".encode()).decode()}


def attempt(wire: Wire, headers: dict | None = None, **body: str) -> requests.Response:
    """A token request whose code is made up: right credentials give invalid_grant, wrong ones invalid_client."""
    return wire.post(
        TOKEN_PATH,
        headers=headers,
        data={
            "grant_type": "authorization_code",
            "code": "gw_ac_" + "0" * 36,
            "redirect_uri": "https://roster.example/callback",
            "code_verifier": "v" * 43,
            **body,
        },
    )


def test_case_64_a_wrong_secret_by_either_way(wire: Wire, app: flow.App):
    by_basic = attempt(wire, basic(app.client_id, "wrong"))
    assert by_basic.status_code == 401 and flow.error_of(by_basic) == "invalid_client"
    assert by_basic.headers["WWW-Authenticate"].startswith("Basic")
    by_body = attempt(wire, client_id=app.client_id, client_secret="wrong")
    assert by_body.status_code == 401 and flow.error_of(by_body) == "invalid_client"
    assert flow.error_of(attempt(wire, basic(app.client_id, app.client_secret))) == "invalid_grant"
    assert flow.error_of(attempt(wire, **app.credentials)) == "invalid_grant"


def test_case_65_an_unknown_client_looks_like_a_wrong_secret(wire: Wire, app: flow.App):
    stable = lambda a: (  # noqa: E731
        a.status_code,
        a.content,
        {k: v for k, v in a.headers.items() if k.lower() not in ("date", "x-request-id")},
    )
    unknown = "gw_id_" + "0" * 22
    for headers in (lambda i: {"headers": basic(i, "wrong")}, lambda i: {"client_id": i, "client_secret": "wrong"}):
        assert stable(attempt(wire, **headers(app.client_id))) == stable(attempt(wire, **headers(unknown)))


@pytest.mark.parametrize("spelling", ["basic ", "BASIC ", "Basic  "])
def test_case_66_the_scheme_has_no_case(wire: Wire, app: flow.App, spelling: str):
    assert flow.error_of(attempt(wire, basic(app.client_id, app.client_secret, spelling))) in (
        ("invalid_grant",) if spelling != "Basic  " else ("invalid_grant", "invalid_client", "invalid_request")
    )


def test_case_66_both_halves_are_form_decoded(wire: Wire, app: flow.App):
    encoded = "".join(f"%{byte:02X}" for byte in app.client_id.encode())
    assert flow.error_of(attempt(wire, basic(encoded, quote(app.client_secret)))) == "invalid_grant"


@pytest.mark.parametrize(
    "value",
    [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xfd").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"%zz:%").decode(),
        "Basic " + base64.b64encode(b"a\0b:c").decode(),
        "Bearer x",
        "Digest x",
        "Basic " + "QQ" * 3000,
    ],
)
def test_case_66_malformed_credentials_are_refused_politely(wire: Wire, value: str):
    answer = attempt(wire, {"Authorization": value})
    assert answer.status_code in (400, 401) and flow.error_of(answer) in ("invalid_client", "invalid_request")


def test_case_66_two_authorization_headers(server, app: flow.App):

    line = f"Authorization: {basic(app.client_id, app.client_secret)['Authorization']}\r\n"
    answer = raw(
        server.port,
        post_request(server.port, TOKEN_PATH, form_body(grant_type="refresh_token", refresh_token="x"), line + line),
    )
    assert answer.status in (400, 401)


def test_case_67_credentials_in_both_places_are_refused_even_if_right(wire: Wire, app: flow.App):
    right = basic(app.client_id, app.client_secret)
    for body in ({"client_secret": app.client_secret}, app.credentials):
        answer = attempt(wire, right, **body)
        assert answer.status_code == 400 and flow.error_of(answer) == "invalid_request"


def test_case_69_a_secret_in_the_address_is_refused(wire: Wire, app: flow.App, ada: Human):
    code, verifier = flow.new_code(ada, app)
    answer = wire.post(
        f"{TOKEN_PATH}?client_secret={app.client_secret}",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.callback,
            "code_verifier": verifier,
            "client_id": app.client_id,
        },
    )
    assert answer.status_code in (400, 401)
    answer = wire.post(f"{TOKEN_PATH}?grant_type=authorization_code&code={code}", data=app.credentials)
    assert flow.error_of(answer) == "invalid_request", "parameters are read from the body only"


@pytest.mark.parametrize("secret", [None, "", " ", "\0", "null", "undefined"])
def test_case_70_a_confidential_app_cannot_act_as_a_public_one(
    wire: Wire, app: flow.App, ada: Human, secret: str | None
):
    code, verifier = flow.new_code(ada, app)
    answer = flow.redeem(wire, app, code, verifier, client_secret=secret)
    assert answer.status_code in (400, 401)
    assert flow.error_of(answer) in ("invalid_client", "invalid_request" if secret == "\0" else "invalid_client")
    assert flow.error_of(attempt(wire, basic(app.client_id, ""))) == "invalid_client"


def test_case_71_a_public_app_that_sends_a_secret_is_refused(wire: Wire, public_app: flow.App, app: flow.App):
    for headers, body in (
        (None, {"client_id": public_app.client_id, "client_secret": app.client_secret}),
        (basic(public_app.client_id, app.client_secret), {}),
        (basic(public_app.client_id, "x"), {}),
    ):
        assert flow.error_of(attempt(wire, headers, **body)) == "invalid_client"


def test_case_72_rotation_overlaps_as_long_as_was_chosen(wire: Wire, lin: Human):
    app = flow.register(lin, "https://rotated.example/callback")
    old = app.client_secret
    answer = lin.submit(f"/apps/{app.id}", {"overlap": "1h"}, action=f"/apps/{app.id}/secrets")
    new = flow.CLIENT_SECRET.search(lin.page(answer.headers["Location"])).group()
    for secret in (old, new):
        assert flow.error_of(attempt(wire, client_id=app.client_id, client_secret=secret)) == "invalid_grant"
    page = lin.page(f"/apps/{app.id}")
    assert old[-4:] in page and new[-4:] in page and old not in page and new not in page
    # Two at most: a third is neither offered nor made, and both go on working.
    assert not [form for form in markup.forms(page) if form.action == f"/apps/{app.id}/secrets"]
    csrf = markup.form(page, "/logout").value("csrf")
    third = lin.post(f"/apps/{app.id}/secrets", [("csrf", csrf), ("overlap", "24h")])
    assert third.status_code in (409, 422)
    assert not flow.CLIENT_SECRET.search(lin.page(f"/apps/{app.id}/created"))
    for secret in (old, new):
        assert flow.error_of(attempt(wire, client_id=app.client_id, client_secret=secret)) == "invalid_grant"
    # After a leak: one new secret at once, and no old one.
    leaked = lin.post(f"/apps/{app.id}/secrets", [("csrf", csrf), ("overlap", "now")])
    fresh = flow.CLIENT_SECRET.search(lin.page(leaked.headers["Location"])).group()
    for secret, error in ((old, "invalid_client"), (new, "invalid_client"), (fresh, "invalid_grant")):
        assert flow.error_of(attempt(wire, client_id=app.client_id, client_secret=secret)) == error


def test_case_73_guessing_throttles_the_guesser_and_not_the_app(wire: Wire, base: str, ledger: Ledger, app: flow.App):
    statuses = []
    for _ in range(60):
        answer = attempt(wire, client_id=app.client_id, client_secret="gw_cs_guess")
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            break
    assert statuses[-1] == 429 and len(statuses) > 10, statuses
    assert int(answer.headers["Retry-After"]) >= 1
    elsewhere = Wire(base, ledger)
    assert flow.error_of(attempt(elsewhere, **app.credentials)) == "invalid_grant"


def test_case_75_assertions_are_not_an_authentication_here(wire: Wire, app: flow.App):
    answer = attempt(
        wire,
        client_id=app.client_id,
        client_assertion="eyJhbGciOiJub25lIn0.e30.",
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    )
    assert answer.status_code in (400, 401) and flow.error_of(answer) in ("invalid_client", "invalid_request")


@pytest.fixture
def chain(ada: Human, wire: Wire, app: flow.App) -> list[dict]:
    """A token, its successor and the successor's successor."""
    tokens = [flow.new_tokens(ada, wire, app)]
    for _ in range(2):
        tokens.append(flow.refresh(wire, app, tokens[-1]["refresh_token"]).json())
    return tokens


def test_case_77_and_80_an_old_refresh_token_ends_the_family(wire: Wire, app: flow.App, chain: list[dict]):
    assert len({one["refresh_token"] for one in chain}) == 3
    assert flow.works(wire, chain[-1]["access_token"])
    assert flow.error_of(flow.refresh(wire, app, chain[0]["refresh_token"])) == "invalid_grant"
    for one in chain:
        assert not flow.works(wire, one["access_token"])
        assert flow.error_of(flow.refresh(wire, app, one["refresh_token"])) == "invalid_grant"


def test_case_79_a_lost_answer_is_given_again(ada: Human, wire: Wire, app: flow.App):
    first = flow.new_tokens(ada, wire, app)
    lost = flow.refresh(wire, app, first["refresh_token"]).json()
    again = flow.refresh(wire, app, first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] == lost["refresh_token"]
    assert flow.works(wire, again.json()["access_token"])
    assert flow.refresh(wire, app, lost["refresh_token"]).status_code == 200


def test_case_82_another_client_cannot_refresh_it(ada: Human, wire: Wire, app: flow.App, other_app: flow.App):
    tokens = flow.new_tokens(ada, wire, app)
    assert flow.error_of(flow.refresh(wire, other_app, tokens["refresh_token"])) == "invalid_grant"


def test_case_88_a_public_app_names_itself_when_it_refreshes(ada: Human, wire: Wire, public_app: flow.App):
    tokens = flow.new_tokens(ada, wire, public_app)
    answer = wire.post(TOKEN_PATH, data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert flow.error_of(answer) in ("invalid_request", "invalid_client")
    assert flow.refresh(wire, public_app, tokens["refresh_token"]).status_code == 200


def test_case_77_a_refresh_token_of_another_shape_is_refused(ada: Human, wire: Wire, app: flow.App):
    tokens = flow.new_tokens(ada, wire, app)
    right = tokens["refresh_token"]
    for bent in (right[:-1], right + "0", right.swapcase(), tokens["access_token"], "gw_ac_" + right[6:], "x"):
        answer = flow.refresh(wire, app, bent)
        assert flow.error_of(answer) == "invalid_grant", bent
    assert flow.error_of(flow.refresh(wire, app, right, tenant="globex")) == "invalid_grant"
    assert re.fullmatch(r"gw_rt_[0-9A-Za-z]{36}", right)
