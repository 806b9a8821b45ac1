"""Security J: nobody allows anything by accident, by another site, or for somebody else."""

from __future__ import annotations

import re
import time

import pytest

import flow
import human
import markup
from human import Human
from wire import Wire


@pytest.fixture
def asked(ada: Human, app: flow.App) -> markup.Form:
    """The form of a consent page that Ada has open."""
    return flow.consent_form(ada.page(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent")))


def gave_code(answer) -> bool:
    return "code=" in answer.headers.get("Location", "")


def test_case_121_no_page_may_be_framed(ada: Human, wire: Wire, app: flow.App):
    consent = flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent")
    wrong = flow.authorize_path("acme", app, redirect_uri="https://evil.example/")
    for answer in [ada.wire.get(path) for path in (consent, wrong, "/tokens/new", f"/apps/{app.id}", "/nowhere")] + [
        wire.get(path) for path in ("/", "/login", "/signup", "/forgot", "/reset/x", "/scopes")
    ]:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], answer.url
        assert answer.headers["X-Frame-Options"].upper() == "DENY"


FOREIGN = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another site, old browser": {"Origin": "https://evil.example"},
    "a sibling host": {"Origin": "http://evil.localhost", "Sec-Fetch-Site": "same-site"},
    "null": {"Origin": "null"},
    "null and cross-site": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "nothing": {},
    "claims cross-site only": {"Sec-Fetch-Site": "cross-site"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_case_122_a_post_from_elsewhere_does_not_allow(ada: Human, asked: markup.Form, headers: dict):
    answer = ada.wire.post(asked.action, data=asked.filled({"decision": "allow"}), headers=headers)
    assert answer.status_code == 403 and not gave_code(answer)


def test_case_122_without_the_token_of_the_form_it_is_refused_too(ada: Human, base: str, asked: markup.Form):
    for csrf in ("", "x", "A" * 64):
        answer = ada.post(asked.action, asked.filled({"decision": "allow", "csrf": csrf}))
        assert answer.status_code == 403 and not gave_code(answer)
    fields = [(name, value) for name, value in asked.filled({"decision": "allow"}) if name != "csrf"]
    assert ada.post(asked.action, fields).status_code == 403


def test_case_122_the_same_for_every_form(ada: Human, lin: Human, wire: Wire, base: str):
    """Not only consent: whatever changes something looks where it came from."""
    for path, action in (
        ("/tokens/new", "/tokens"),
        ("/apps/new", "/apps"),
        ("/tenants/new", "/tenants"),
        ("/account", "/account/password"),
        ("/account", "/logout"),
    ):
        # Apps are registered by developers: Lin is one.
        form = markup.form((lin if action == "/apps" else ada).page(path), action)
        for headers in FOREIGN.values():
            assert ada.wire.post(form.action, data=form.fields, headers=headers).status_code == 403, (path, headers)
    assert ada.is_signed_in


def test_case_123_getting_the_address_never_allows(ada: Human, asked: markup.Form, wire: Wire):
    ticket = asked.value("ticket")
    for query in (f"ticket={ticket}&decision=allow", f"ticket={ticket}&decision=allow&csrf={asked.value('csrf')}"):
        answer = ada.wire.get(f"/t/acme/oauth/authorize?{query}")
        assert not gave_code(answer) and answer.status_code in (400, 404, 405)
    assert len(ticket) >= 36


def test_case_124_a_ticket_of_one_session_is_worth_nothing_in_another(
    ada: Human, mallory: Human, app: flow.App, asked: markup.Form, base: str, ledger, people: dict
):

    theirs = flow.consent_form(mallory.page(flow.authorize_path("globex", app, flow.pkce()[1], prompt="consent")))
    ticket = {"ticket": theirs.value("ticket"), "decision": "allow"}
    for action in (asked.action, theirs.action):
        answer = ada.post(action, asked.filled(ticket))
        assert not gave_code(answer) and answer.status_code in (400, 403, 404, 410)
    # Ada herself on another computer: also another session.
    elsewhere = human.signed_in(base, ledger, people["ada"])
    other = flow.consent_form(elsewhere.page(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent")))
    answer = elsewhere.post(other.action, other.filled({"ticket": asked.value("ticket"), "decision": "allow"}))
    assert not gave_code(answer)


def test_case_42_a_ticket_does_not_outlive_a_change_of_person(base: str, ledger, people: dict, app: flow.App):

    browser = human.signed_in(base, ledger, people["ada"])
    asked = flow.consent_form(browser.page(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent")))
    as_grace = browser.sign_in(people["grace"]["email"], people["grace"]["password"], "/t/acme/oauth/authorize?x=1")
    assert as_grace.status_code == 303
    page = browser.page("/account")
    csrf = markup.form(page, "/logout").value("csrf")
    answer = browser.post(asked.action, asked.filled({"decision": "allow", "csrf": csrf}))
    assert not gave_code(answer)


def test_case_126_what_changed_since_is_asked_again(ada: Human, lin: Human):

    app = flow.register(lin, "https://stale.example/callback")
    asked = flow.consent_form(ada.page(flow.authorize_path("acme", app, flow.pkce()[1])))
    time.sleep(1.1)  # times are whole seconds
    assert flow.edit(lin, app, {"name": "Something Else Entirely"}).status_code == 303
    answer = ada.post(asked.action, asked.filled({"decision": "allow"}))
    assert not gave_code(answer)


def test_case_126_a_bent_ticket(ada: Human, asked: markup.Form):
    ticket = asked.value("ticket")
    for bent in ("", "x", ticket[:-1], ticket.swapcase(), ticket + "0"):
        answer = ada.post(asked.action, asked.filled({"ticket": bent, "decision": "allow"}))
        assert not gave_code(answer) and 400 <= answer.status_code < 500
    for decision in ("", "Allow", "yes", "deny allow"):
        answer = ada.post(asked.action, asked.filled({"decision": decision}))
        assert not gave_code(answer)


def test_case_127_deny(ada: Human, asked: markup.Form, base: str):
    answer = ada.post(asked.action, asked.filled({"decision": "deny"}))
    got = flow.callback_parameters(answer)
    assert answer.status_code == 303 and got["error"] == ["access_denied"] and "code" not in got
    assert got["state"] == ["st-1"] and got["iss"] == [f"{base}/t/acme"]


def test_case_128_prompt_none_asks_nothing_of_people_who_know_the_app(
    base: str, ledger, people: dict, ada: Human, wire: Wire, lin: Human
):
    app = flow.register(lin, "https://silent.example/callback")
    path = flow.authorize_path("acme", app, flow.pkce()[1], prompt="none")
    # Its own developer knows it, and Ada does once somebody at Acme allowed it.
    assert flow.authorize(lin, path)["error"] == ["access_denied"] and lin.wire.get(path).status_code in (302, 303)
    assert "code" in flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1]))
    silent = ada.wire.get(path)
    assert silent.status_code in (302, 303) and "code" in flow.callback_parameters(silent)
    both = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], prompt="none login"))
    assert both.status_code in (302, 303) and flow.callback_parameters(both)["error"] == ["invalid_request"]
    # Signed out, in a browser of somebody who knows it: no sign-in page.
    left = human.signed_in(base, ledger, people["ada"])
    left.submit("/dashboard", action="/logout")
    out = left.wire.get(path)
    assert out.status_code in (302, 303) and flow.callback_parameters(out)["error"] == ["login_required"]


def test_case_27_128_strangers_are_asked_before_they_are_sent_to_an_app(
    ada: Human, grace: Human, mallory: Human, olga: Human, wire: Wire
):
    """Mallory registers an app, allows it in her own tenant, and mails links to ours that would lead to her site."""
    app = flow.register(human.approved(mallory, olga), "https://evil.example/callback")
    assert "code" in flow.authorize(mallory, flow.authorize_path("globex", app, flow.pkce()[1]))
    for tenant in ("globex", "acme"):
        for somebody in (wire, ada.wire, grace.wire):
            for change in ({"prompt": "none"}, {"scope": "nonsense"}, {"response_type": "token"}):
                answer = somebody.get(flow.authorize_path(tenant, app, flow.pkce()[1], **change))
                assert "evil.example" not in answer.headers.get("Location", "").split("?")[0], (tenant, change)
                if answer.status_code == 200:
                    assert "Go to" in markup.visible_text(answer.text) and "evil.example" in answer.text


@pytest.mark.parametrize("change", [{"prompt": "login"}, {"max_age": "0"}], ids=["prompt=login", "max_age=0"])
def test_case_129_the_password_is_asked_for_again(base: str, ledger, people: dict, app: flow.App, change: dict):

    ada = human.signed_in(base, ledger, people["ada"])
    before = ada.session_cookie
    path = flow.authorize_path("acme", app, flow.pkce()[1], **change)
    answer = ada.wire.get(path)
    assert answer.status_code in (302, 303) and "/login" in answer.headers["Location"], "nothing was asked"
    page = ada.page(answer.headers["Location"])
    signed = ada.submit(answer.headers["Location"], {"email": ada.email, "password": ada.password}, "/login", page=page)
    assert signed.status_code == 303
    assert ada.session_cookie != before, "a new sign-in is a new session"
    onward = ada.wire.get(signed.headers["Location"])
    assert onward.status_code == 200 and "ticket" in onward.text or gave_code(onward), "it asks for ever"


def test_case_129_prompt_consent_always_asks(ada: Human, app: flow.App):
    for _ in range(2):
        answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1], prompt="consent"))
        assert answer.status_code == 200 and gave_code(flow.decide(ada, answer.text, "allow"))


def test_case_130_a_public_app_is_asked_for_every_time(ada: Human, public_app: flow.App, lin: Human):
    web = flow.register(lin, "https://spa.example/callback", kind="public")
    near = flow.register(lin, "http://localhost:9/callback", kind="confidential")
    for app in (public_app, web, near):
        for _ in range(2):
            answer = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1]))
            assert answer.status_code == 200, "allowed by itself, for whoever claims to be the app"
            assert gave_code(flow.decide(ada, answer.text, "allow"))


def test_case_131_more_is_asked_for_and_a_new_callback_is_too(ada: Human, lin: Human):
    app = flow.register(lin, "https://grows.example/callback", scopes=("account:read", "people:read"))
    assert "code" in flow.authorize(ada, flow.authorize_path("acme", app, flow.pkce()[1], scope="account:read"))
    more = ada.wire.get(flow.authorize_path("acme", app, flow.pkce()[1]))
    assert more.status_code == 200 and "New" in markup.main_text(more.text)


def test_case_138_a_member_gets_no_code_by_posting_either(ada: Human, grace: Human, asked: markup.Form, app: flow.App):
    page = grace.wire.get(flow.authorize_path("acme", app, flow.pkce()[1]))
    assert page.status_code in (200, 403) and 'value="allow"' not in page.text
    if 'name="ticket"' in page.text:  # with which she may say no, and nothing else
        form = markup.form(page.text, asked.action)
        assert grace.post(form.action, form.filled({"decision": "allow"})).status_code == 403
    csrf = markup.form(grace.page("/account"), "/logout").value("csrf")
    answer = grace.post(asked.action, asked.filled({"decision": "allow", "csrf": csrf}))
    assert not gave_code(answer)


def test_case_132_what_developers_write_stays_text_on_the_consent_page(ada: Human, lin: Human):
    nasty = 'x"\u0301 onmouseover=alert(1) <b>'
    values = flow.details(nasty, ["https://xss.example/callback"], "confidential", ["account:read"])
    values["description"] = "<script>alert(1)</script> {{name}} '\u0301 \"\ufe0f onclick=alert(1)"
    answer = lin.submit("/apps/new", values, action="/apps")
    if answer.status_code == 422:
        assert "\u0301 onmouseover=alert(1) <b>" not in re.sub(r"&[a-z0-9#]+;", "", answer.text)
        values["name"] = "Plain"
        answer = lin.submit("/apps/new", values, action="/apps")
    client_id = flow.CLIENT_ID.search(lin.page(answer.headers["Location"])).group()
    app = flow.App("", "", client_id, None, "https://xss.example/callback", ["account:read"])
    page = ada.page(flow.authorize_path("acme", app, flow.pkce()[1]))
    for element in markup.parse(page).iter():
        assert not [name for name in element.attrib if name.startswith("on")], element.attrib
        assert element.tag != "script" or element.get("src")
    assert "{{name}}" in markup.visible_text(page)
