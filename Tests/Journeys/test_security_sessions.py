"""Security L: sessions and their cookie."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import human
import markup
from human import Human
from ledger import Ledger
from server import Server
from wire import Wire, get_request, raw

AUTHORIZE = "/t/acme/oauth/authorize?prompt=login"


def set_cookies(answer: requests.Response) -> list[str]:
    return answer.raw.headers.getlist("Set-Cookie")


def test_case_157_signing_in_never_adopts_a_cookie(base: str, ledger: Ledger, people: dict):
    person = Human(base, ledger)
    for planted in ("gw_ss_" + "A" * 36, "x", "gw_ss_000000000000000000000000000000000000"):
        person.wire.cookies.clear()
        person.wire.cookies.set("gw_session", planted, domain="127.0.0.1", path="/")
        assert person.sign_in(people["grace"]["email"], people["grace"]["password"]).status_code == 303
        mine = [c.value for c in person.wire.cookies if c.name == "gw_session" and c.value != planted]
        assert len(mine) == 1 and re.fullmatch(r"gw_ss_[0-9A-Za-z]{36}", mine[0])


def test_case_157_the_old_session_is_dead_after_signing_in_again(newcomer: Human, base: str, ledger: Ledger):
    old = newcomer.session_cookie
    # Somebody signed in sees the form again when an app wants them to prove it again.
    answer = newcomer.sign_in(newcomer.email, newcomer.password, next_path=AUTHORIZE)
    assert answer.status_code == 303 and newcomer.session_cookie != old
    assert not cookie_works(base, ledger, old)
    assert newcomer.is_signed_in


def cookie_works(base: str, ledger: Ledger, value: str) -> bool:
    answer = Wire(base, ledger).get("/account", headers={"Cookie": f"gw_session={value}"})
    assert answer.status_code in (200, 302, 303)
    return answer.status_code == 200


def test_case_158_the_cookie_on_plain_http(base: str, ledger: Ledger, people: dict):
    answer = Human(base, ledger).sign_in(people["grace"]["email"], people["grace"]["password"])
    cookie = next(one for one in set_cookies(answer) if one.startswith("gw_session="))
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert not [flag for flag in flags if flag.startswith("domain")]
    assert len(cookie) < 4096
    assert all("domain=" not in one.lower() for one in set_cookies(answer))


def test_case_158_and_244_behind_https(launch: Callable[..., Server], ledger: Ledger):
    """With an https base URL the cookie is __Host- and Secure, and browsers are told to stay on https."""
    server = launch(GATEWRIGHT_BASE_URL="https://portal.example")
    person = Human("https://portal.example", ledger)
    wire = Wire(server.address, ledger)
    wire.headers["Host"] = "portal.example"
    page = wire.get("/login")
    assert "max-age=" in page.headers["Strict-Transport-Security"]
    jar = "; ".join(one.split(";")[0] for one in set_cookies(page))
    grace = next(one for one in server.demo()["people"] if one["name"].startswith("Grace"))
    fields = markup.form(page.text, "/login").filled(
        {"email": grace["email"], "password": ledger.add(grace["password"])}
    )
    answer = wire.post("/login", data=fields, headers={"Origin": "https://portal.example", "Cookie": jar})
    assert answer.status_code == 303, answer.text[:300]
    cookie = next(one for one in set_cookies(answer) if "gw_session=" in one)
    assert cookie.startswith("__Host-gw_session=gw_ss_")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {p.strip().lower() for p in cookie.split(";")}
    wrong = wire.post("/login", data=fields, headers={"Origin": server.address, "Cookie": jar})
    assert wrong.status_code == 403, "only the configured origin is ours"
    assert person.base in wire.get("/t/acme/.well-known/oauth-authorization-server").json()["issuer"]
    with_session = wire.get("/account", headers={"Cookie": cookie.split(";")[0]})
    assert with_session.status_code == 200
    plain = wire.get("/account", headers={"Cookie": cookie.split(";")[0].removeprefix("__Host-")})
    assert plain.status_code in (302, 303), "without its prefix a sibling host could have set it"


COOKIES = {
    "twice": "gw_session={mine}; gw_session={mine}",
    "twice, one forged": "gw_session=evil; gw_session={mine}",
    "forged second": "gw_session={mine}; gw_session=evil",
    "quoted": 'gw_session="{mine}"',
    "encoded name": "gw%5Fsession={mine}",
    "encoded value": "gw_session=gw%5F{tail}",
    "en quad in front": "\u2000gw_session={mine}",
    "other case": "GW_SESSION={mine}",
    "trailing text": "gw_session={mine}x",
    "comma": "a=b, gw_session={mine}",
}


@pytest.mark.parametrize("header", COOKIES.values(), ids=COOKIES.keys())
def test_case_159_an_odd_cookie_header_is_nobody(server, grace: Human, header: str):
    mine = grace.session_cookie
    value = header.format(mine=mine, tail=mine[3:]).encode()
    request = get_request(server.port, "/account", "X: y\r\n").replace(b"X: y", b"Cookie: " + value)
    assert raw(server.port, request).status in (302, 303, 400)
    right = get_request(server.port, "/account", f"Cookie: a=b;gw_session={mine}; c=d\r\n")
    assert raw(server.port, right).status == 200


def test_case_159_in_two_headers(server, grace: Human):
    line = f"Cookie: gw_session={grace.session_cookie}\r\n"
    assert raw(server.port, get_request(server.port, "/account", line + line)).status in (302, 303, 400)


def test_case_160_after_signing_out_the_cookie_is_dead(newcomer: Human, base: str, ledger: Ledger):
    cookie = newcomer.session_cookie
    out = newcomer.submit("/account", action="/logout")
    assert out.status_code == 303
    assert any(
        one.startswith("gw_session=;") or "max-age=0" in one.lower() or "expires=thu, 01 jan 1970" in one.lower()
        for one in set_cookies(out)
    )
    assert not cookie_works(base, ledger, cookie)


def test_case_160_requests_in_flight_do_not_bring_it_back(newcomer: Human, base: str, ledger: Ledger):
    cookie = newcomer.session_cookie
    with ThreadPoolExecutor(12) as pool:
        before = [pool.submit(cookie_works, base, ledger, cookie) for _ in range(24)]
        out = newcomer.submit("/account", action="/logout")
        after = [pool.submit(cookie_works, base, ledger, cookie) for _ in range(24)]
        assert out.status_code == 303
        assert not any(one.result() for one in after)
        assert all(one.result() in (True, False) for one in before)
    assert not cookie_works(base, ledger, cookie)


def test_case_163_a_new_password_ends_the_other_sessions(newcomer: Human, base: str, ledger: Ledger):
    other = Human(base, ledger)
    assert other.sign_in(newcomer.email, newcomer.password).status_code == 303
    fresh = human.new_password(ledger)
    wrong = newcomer.submit("/account", {"current_password": "not it at all", "password": fresh}, "/account/password")
    assert wrong.status_code == 422 and other.is_signed_in
    done = newcomer.submit("/account", {"current_password": newcomer.password, "password": fresh}, "/account/password")
    assert done.status_code == 303
    assert newcomer.is_signed_in and not other.is_signed_in
    assert Human(base, ledger).sign_in(newcomer.email, newcomer.password).status_code == 422
    assert other.sign_in(newcomer.email, fresh).status_code == 303
    assert any("password was changed" in one.lower() for one in human.letters(newcomer.wire, newcomer.email))


def test_case_165_sessions_are_listed_and_end_one_by_one_or_all(newcomer: Human, base: str, ledger: Ledger):
    others = [Human(base, ledger) for _ in range(3)]
    for other in others:
        assert other.sign_in(newcomer.email, newcomer.password).status_code == 303
    page = newcomer.page("/account")
    ends = [form for form in markup.forms(page) if re.fullmatch(r"/account/sessions/ses_\w+/end", form.action)]
    assert len(ends) >= 3
    assert newcomer.post(ends[-1].action, ends[-1].fields).status_code == 303
    assert sum(other.is_signed_in for other in others) == 2 or not newcomer.is_signed_in
    assert newcomer.submit("/account", action="/account/sessions/end-others").status_code == 303
    assert newcomer.is_signed_in and not any(other.is_signed_in for other in others)


def test_case_167_private_pages_are_not_kept_by_browsers(ada: Human, wire: Wire):
    for path in ("/dashboard", "/account", "/tokens", "/tokens/new", "/t/acme"):
        assert "no-store" in ada.wire.get(path).headers["Cache-Control"], path
    assert wire.get("/account/x.css").status_code in (302, 303, 404)
    assert ada.wire.get("/account/x.css").status_code == 404


def test_case_168_a_huge_cookie_is_refused_and_not_sent_in_circles(server):
    answer = raw(server.port, get_request(server.port, "/account", f"Cookie: a={'b' * 20_000}\r\n"))
    assert answer.status in (400, 431) and answer.header("Location") is None
