"""Security H and I: how the API reads bearer tokens, and how scopes are read."""

from __future__ import annotations

import pytest

import flow
from human import Human
from wire import Wire, get_request, raw


def test_case_109_a_bearer_token_comes_once_and_in_the_header(wire: Wire, server, demo: dict):
    token = demo["developer_token"]
    assert wire.get("/v2/me", headers={"Authorization": f"bEaReR {token}"}).status_code == 200
    line = f"Authorization: Bearer {token}\r\n"
    assert raw(server.port, get_request(server.port, "/v2/me", line + line)).status == 400
    both = wire.post(
        "/t/acme/api/v1/people", headers={"Authorization": f"Bearer {token}"}, data={"access_token": token}
    )
    assert both.status_code in (400, 403, 415)
    alone = wire.post("/t/acme/api/v1/people", data={"access_token": token})
    assert alone.status_code in (400, 401)
    query = wire.get(f"/v2/me?access_token={token}")
    assert query.status_code in (400, 401), "a token in the address (case 102)"
    for bent in (
        "Bearer",
        "Bearer ",
        f"Bearer {token} x",
        f"Bearer {token},",
        f"Token {token}",
        f"Bearer {token[:-1]}",
        f"Bearer {token.swapcase()}",
    ):
        assert wire.get("/v2/me", headers={"Authorization": bent}).status_code in (400, 401), bent


def test_case_110_no_ambient_authority_on_the_api_and_none_by_bearer_on_pages(ada: Human, wire: Wire, demo: dict):
    for path in ("/v2/me", "/t/acme/api/v1/people", "/t/acme/api/v1/me"):
        assert ada.wire.get(path).status_code == 401
    bearer = {"Authorization": f"Bearer {demo['developer_token']}"}
    for path in ("/dashboard", "/tokens", "/account"):
        answer = wire.get(path, headers=bearer)
        assert answer.status_code in (302, 303) and "/login" in answer.headers["Location"]


def scope_answer(ada: Human, app: flow.App, scope: str | None) -> str:
    answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], scope=scope))
    if flow.onward(answer) is None:
        return "asked" if answer.status_code == 200 else f"page {answer.status_code}"
    got = flow.callback_parameters(answer)
    return got["error"][0] if "error" in got else "code"


def test_case_112_unknown_scopes_and_scopes_of_other_apps(ada: Human, app: flow.App):
    for scope in ("nonsense", "account:read nonsense", "people:write", "account:read people:write", "default"):
        assert scope_answer(ada, app, scope) == "invalid_scope", scope


def test_case_113_a_scope_sent_with_the_code_changes_nothing(ada: Human, app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app, scope="account:read")
    answer = flow.redeem(wire, app, code, verifier, scope="account:read people:read default")
    if answer.status_code == 200:
        assert answer.json()["scope"] == "account:read"
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert wire.get("/t/acme/api/v1/people", headers=bearer).status_code == 403
    else:
        assert flow.error_of(answer) in ("invalid_scope", "invalid_request")


@pytest.mark.parametrize(
    "scope",
    [
        "account:read\tpeople:read",
        "account:read\npeople:read",
        '"account:read"',
        "account:read\\",
        "account:réad",
        "account:read \u0301people:read",
        "account:read\u0301",
        "\u2000account:read",
        " ".join(["account:read"] * 10 + ["x"]),
        " ".join(f"s{i}" for i in range(1500)),
    ],
    ids=range(10),
)
def test_case_115_scope_syntax_is_bytes(ada: Human, app: flow.App, scope: str):
    assert scope_answer(ada, app, scope) in ("invalid_scope", "page 400", "page 414", "invalid_request")


def test_case_115_a_nul_and_a_very_long_list(ada: Human, app: flow.App):
    assert scope_answer(ada, app, "account:read\0people:read").split()[0] in (
        "page",
        "invalid_scope",
        "invalid_request",
    )
    assert scope_answer(ada, app, "  account:read") in ("invalid_scope", "code", "asked", "invalid_request")


def test_case_116_names_are_exact_and_order_is_nothing(ada: Human, app: flow.App, wire: Wire):
    for scope in ("Account:Read", "account", "account:rea", "account:reads", "people"):
        assert scope_answer(ada, app, scope) == "invalid_scope", scope
    tokens = flow.new_tokens(ada, wire, app, scope="people:read account:read people:read")
    assert sorted(tokens["scope"].split()) == ["account:read", "people:read"]


def test_case_117_an_omitted_scope_has_one_meaning(ada: Human, app: flow.App, wire: Wire):
    """What it defaults to is the app's registered set; the answer says so, and refreshing keeps it."""
    tokens = flow.new_tokens(ada, wire, app, scope=None)
    again = flow.new_tokens(ada, wire, app, scope="")
    assert set(tokens["scope"].split()) == set(again["scope"].split()) == set(app.scopes)
    assert set(flow.refresh(wire, app, tokens["refresh_token"]).json()["scope"].split()) == set(app.scopes)
