"""Security B, C and D at the live endpoints: the authorization request, codes, PKCE."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes, urlsplit

import pytest
import requests

import flow
import markup
from human import Human
from wire import Wire


def refusal(answer: requests.Response, app: flow.App) -> str:
    """The error a signed-in person's request ends with: on the way to the registered callback, or on our page."""
    location = flow.onward(answer)
    if location is None:
        assert answer.status_code == 400, f"{answer.status_code}\n{markup.visible_text(answer.text)[:300]}"
        return "page"
    assert location.startswith(app.callback + "?"), location
    got = flow.callback_parameters(answer)
    assert "code" not in got
    return got["error"][0]


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "none", "code id_token", "CODE", None, ""])
def test_case_34_only_codes_leave_by_the_front_channel(ada: Human, app: flow.App, kind: str | None):
    answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], response_type=kind))
    assert refusal(answer, app) in ("unsupported_response_type", "invalid_request")
    assert "access_token" not in str(answer.headers)


@pytest.mark.parametrize("mode", ["fragment", "form_post", "web_message", "query.jwt"])
def test_case_35_no_other_response_mode(ada: Human, app: flow.App, mode: str):
    assert refusal(ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], response_mode=mode)), app) in (
        "invalid_request",
        "page",
    )


@pytest.mark.parametrize(
    "name", ["client_id", "redirect_uri", "scope", "state", "response_type", "code_challenge", "code_challenge_method"]
)
def test_case_36_a_parameter_sent_twice_is_refused(ada: Human, app: flow.App, name: str):
    path = flow.authorize_path("acme", app, flow.pkce()[1])
    value = next(part for part in path.split("?")[1].split("&") if part.startswith(name + "=")).partition("=")[2]
    for again in (value, "other", ""):
        got = refusal(ada.wire.get(f"{path}&{name}={again}"), app)
        assert got == ("page" if name in ("client_id", "redirect_uri") else "invalid_request"), (name, again)


def test_case_36_empty_is_omitted_and_unknown_is_ignored(ada: Human, app: flow.App):
    path = flow.authorize_path("acme", app, flow.pkce()[1], state="")
    got = flow.authorize(ada, path + "&prompt=&resource=x&nonce=1&foo%5B%5D=bar")
    assert set(got) == {"code", "iss"}


@pytest.mark.parametrize(
    "state",
    [
        "%",
        "a+b",
        "a%2Bb",
        '"quoted"',
        "<script>alert(1)</script>",
        "\U0001f511 key",
        "a=b&c=d",
        "é",
        "e\u0301",
        "s" * 2000,
        "#frag",
        "\\",
    ],
    ids=lambda s: s[:12].encode("unicode_escape").decode(),
)
def test_case_38_state_comes_back_byte_for_byte(ada: Human, app: flow.App, state: str):
    answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], state=state, prompt="consent"))
    assert "<script>alert" not in answer.text
    location = flow.decide(ada, answer.text, "allow").headers["Location"]
    came = [part[6:] for part in urlsplit(location).query.split("&") if part.startswith("state=")]
    assert [unquote_to_bytes(one.replace("+", " ")) for one in came] == [state.encode()]


def test_case_38_a_state_of_more_than_4_kb_is_refused(ada: Human, app: flow.App):
    assert refusal(ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], state="s" * 4097)), app)


@pytest.mark.parametrize("name", ["request", "request_uri"])
def test_case_39_request_objects_are_refused_and_not_fetched(ada: Human, app: flow.App, listener, name: str):
    answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], **{name: listener.callback}))
    assert refusal(answer, app) in ("request_not_supported", "request_uri_not_supported", "invalid_request")
    assert not listener.requests


def test_case_40_no_cors_at_the_authorization_endpoint(wire: Wire, app: flow.App):
    path = flow.authorize_path("acme", app, flow.pkce()[1])
    for answer in (
        wire.get(path, headers={"Origin": "https://roster.example"}),
        wire.options(path, headers={"Origin": "https://roster.example", "Access-Control-Request-Method": "GET"}),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_case_43_a_replayed_code_is_refused_and_ends_what_it_gave(ada: Human, app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app)
    first = flow.redeem(wire, app, code, verifier).json()
    refreshed = flow.refresh(wire, app, first["refresh_token"]).json()
    assert flow.works(wire, refreshed["access_token"])
    assert flow.error_of(flow.redeem(wire, app, code, verifier)) == "invalid_grant"
    assert not flow.works(wire, first["access_token"]) and not flow.works(wire, refreshed["access_token"])
    assert flow.error_of(flow.refresh(wire, app, refreshed["refresh_token"])) == "invalid_grant"


def test_case_44_an_invalid_replay_ends_nothing(ada: Human, app: flow.App, other_app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app)
    tokens = flow.redeem(wire, app, code, verifier).json()
    assert flow.error_of(flow.redeem(wire, app, code, flow.pkce()[0])) == "invalid_grant"
    assert flow.error_of(flow.redeem(wire, app, code, verifier, client_secret="wrong")) == "invalid_client"
    assert flow.error_of(flow.redeem(wire, other_app, code, verifier, redirect_uri=app.callback)) == "invalid_grant"
    assert (
        flow.error_of(flow.redeem(wire, app, code, verifier, redirect_uri="https://evil.example/")) == "invalid_grant"
    )
    assert flow.works(wire, tokens["access_token"])


@pytest.mark.parametrize("thief", ["other_app", "public_app"])
@pytest.mark.parametrize("owner", ["app", "public_app"])
def test_case_46_a_code_is_bound_to_its_client(
    ada: Human, lin: Human, wire: Wire, request: pytest.FixtureRequest, owner: str, thief: str
):
    mine = request.getfixturevalue(owner)
    yours = request.getfixturevalue(thief)
    if mine is yours:
        yours = flow.register(lin, mine.callback, kind="public")
    code, verifier = flow.new_code(ada, mine)
    for uri in (mine.callback, yours.callback):
        assert flow.error_of(flow.redeem(wire, yours, code, verifier, redirect_uri=uri)) == "invalid_grant"
    assert flow.redeem(wire, mine, code, verifier).status_code == 200, "the thief's attempt used it up"


def test_case_49_a_bent_code_is_refused(ada: Human, app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app)
    tokens = flow.new_tokens(ada, wire, app)
    swapped = code[:10] + ("a" if code[10] != "a" else "b") + code[11:]
    for bent in (
        code[:-1],
        code + "0",
        code.swapcase(),
        swapped,
        code.replace("gw_ac_", ""),
        " " + code,
        code + "\u0301",
        "gw_rt_" + code[6:],
        tokens["access_token"],
        tokens["refresh_token"],
        "x",
        "0" * 4000,
    ):
        answer = flow.redeem(wire, app, bent, verifier)
        assert answer.status_code == 400 and flow.error_of(answer) == "invalid_grant", bent[:50]
    assert flow.redeem(wire, app, code, verifier).status_code == 200


def test_case_53_nothing_leaks_by_referrer(wire: Wire, ada: Human, app: flow.App):
    path = flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent")
    wrong = flow.authorize_path("acme", app, redirect_uri="https://evil.example/")
    for answer in (ada.wire.get(path), ada.wire.get(wrong), wire.get("/login")):
        assert answer.headers["Referrer-Policy"] == "same-origin"
        outside = [
            e
            for e in markup.parse(answer.text).iter()
            for name in ("src", "href")
            if e.tag in ("script", "img", "link", "iframe")
            and (e.get(name) or "").partition(":")[0] in ("http", "https")
        ]
        assert outside == []


def test_case_54_without_a_challenge_no_code(ada: Human, app: flow.App, public_app: flow.App):
    for one in (app, public_app):
        assert refusal(ada.wire.get(flow.authorize_path("acme", one)), one) == "invalid_request"


@pytest.mark.parametrize("method", ["plain", None, "s256", "S512", "S256\nplain", "S256 ", "", "S256\u0301"])
def test_case_55_only_s256(ada: Human, app: flow.App, relaxed_app: flow.App, method: str | None):
    for one in (app, relaxed_app):
        path = flow.authorize_path("acme", one, flow.pkce()[1], code_challenge_method=method)
        assert refusal(ada.wire.get(path), one) == "invalid_request"


@pytest.mark.parametrize(
    "challenge",
    ["a" * 42, "a" * 44, "a" * 129, "a" * 42 + "=", "a" * 42 + "+", "a" * 42 + "/", "a" * 42 + "é", "a" * 42 + " "],
)
def test_case_56_a_challenge_is_exactly_43_base64url_digits(ada: Human, app: flow.App, challenge: str):
    assert refusal(ada.wire.get(flow.authorize_path("acme", app, challenge)), app) == "invalid_request"


def test_case_57_the_verifier_may_not_be_left_out(ada: Human, app: flow.App, relaxed_app: flow.App, wire: Wire):
    for one in (app, relaxed_app):
        code, verifier = flow.new_code(ada, one)
        assert flow.error_of(flow.redeem(wire, one, code, None)) == "invalid_grant"
        assert flow.error_of(flow.redeem(wire, one, code, "")) == "invalid_grant"
        assert flow.redeem(wire, one, code, verifier).status_code == 200


def test_case_58_a_verifier_without_a_challenge_is_a_downgrade(ada: Human, relaxed_app: flow.App, wire: Wire):
    code = flow.authorize(ada, flow.authorize_path("acme", relaxed_app))["code"][0]
    assert flow.error_of(flow.redeem(wire, relaxed_app, code, flow.pkce()[0])) == "invalid_grant"


def test_case_59_the_challenge_itself_is_no_verifier(ada: Human, app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app)
    wrong = [
        flow.challenge_of(verifier),
        verifier[:-1],
        verifier + "a",
        verifier.swapcase(),
        verifier + "\u0301",
        flow.challenge_of(flow.challenge_of(verifier)),
    ]
    for one in wrong[:4]:  # a fifth failure would burn the code (case 61)
        answer = flow.redeem(wire, app, code, one)
        assert flow.error_of(answer) in ("invalid_grant", "invalid_request")
    assert flow.redeem(wire, app, code, verifier).status_code == 200


def test_case_61_guessing_verifiers_burns_the_code(ada: Human, app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app)
    for _ in range(5):
        assert flow.error_of(flow.redeem(wire, app, code, flow.pkce()[0])) == "invalid_grant"
    assert flow.error_of(flow.redeem(wire, app, code, verifier)) == "invalid_grant"


def test_case_54_an_optional_challenge_is_validated_when_it_is_sent(
    ada: Human, relaxed_app: flow.App, wire: Wire, lin: Human
):
    """PKCE is optional, and if its parameters are sent they count."""
    code, verifier = flow.new_code(ada, relaxed_app)
    assert flow.error_of(flow.redeem(wire, relaxed_app, code, flow.pkce()[0])) == "invalid_grant"
    assert flow.redeem(wire, relaxed_app, code, verifier).status_code == 200
    public = flow.register(lin, "http://127.0.0.1/never-optional", kind="public")
    flow.edit(lin, public, {"pkce": "optional"})
    assert refusal(ada.wire.get(flow.authorize_path("acme", public)), public) == "invalid_request"


def test_case_32_the_issuer_tells_tenants_apart(ada: Human, mallory: Human, app: flow.App, wire: Wire):
    """A code of Acme's is worth nothing at Globex's token endpoint."""
    code, verifier = flow.new_code(ada, app)
    assert flow.error_of(flow.redeem(wire, app, code, verifier, tenant="globex")) == "invalid_grant"
    got = flow.authorize(mallory, flow.authorize_path("globex", app, flow.pkce()[1]))
    assert got["iss"][0].endswith("/t/globex") and quote(got["iss"][0], safe="")
    assert flow.redeem(wire, app, code, verifier).status_code == 200
