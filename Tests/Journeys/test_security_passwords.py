"""Security M: passwords, addresses, links by mail."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import human
import markup
from human import Human
from ledger import Ledger


def test_case_174_a_megabyte_of_password_is_refused_before_hashing(base: str, ledger: Ledger, people: dict):
    for size in (1025, 60_000, 1_000_000):
        started = time.monotonic()
        answer = Human(base, ledger).sign_in(people["grace"]["email"], "p" * size)
        assert answer.status_code in (400, 413, 422), size
        assert time.monotonic() - started < 2
    answer = Human(base, ledger).submit(
        "/signup", {"name": "L", "email": human.new_email(), "password": "p1 " * 400}, "/signup"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("1234567", False),
        ("seven 7", False),
        ("password", False),
        ("PASSWORD", False),
        ("12345678", False),
        ("qwertyuiop", False),
        ("aaaaaaaaaaaa", False),
        ("eight ch", True),
        (" leading space kept ", True),
        ("пароль из слов", True),
        ("\U0001f511 and words", True),
        ("x" * 63 + "y z", True),
        ("longer than sixty-four " * 40, True),
    ],
    ids=range(13),
)
def test_case_176_which_passwords_are_good(base: str, ledger: Ledger, password: str, fine: bool):
    answer = Human(base, ledger).submit(
        "/signup", {"name": "Pat", "email": human.new_email(), "password": password}, "/signup"
    )
    assert answer.status_code == (303 if fine else 422)
    if not fine:
        assert "#field-password" in answer.text


def test_case_176_a_password_counts_exactly_as_typed(base: str, ledger: Ledger):
    person = Human(base, ledger)
    email = human.new_email("exact")
    person.submit("/signup", {"name": "E", "email": email, "password": " caf\u00e9 au lait "}, "/signup")
    link = human.mail_link(person.wire, email, "verify")
    person.submit(link, {"password": " caf\u00e9 au lait "}, having="password")
    for wrong in ("caf\u00e9 au lait", " cafe\u0301 au lait ", " Caf\u00e9 au lait "):
        assert Human(base, ledger).sign_in(email, wrong).status_code == 422
    assert Human(base, ledger).sign_in(email, " caf\u00e9 au lait ").status_code == 303


@pytest.mark.parametrize(
    "email",
    [
        "a@b@c.example",
        "\u0131da@acme.example",
        "A\u0130da@acme.example",
        '"quoted"@acme.example',
        "a@acme.example.",
        "a@acme",
        "@acme.example",
        "a@",
        "a b@acme.example",
        "a@acme.example\r\nBcc: evil@evil.example",
        "a@[127.0.0.1]",
        "a@acme.example,b@acme.example",
        "<a@acme.example>",
        "a@\u0430cme.example",
        "a..b@acme.example",
        "x" * 65 + "@a.example",
    ],
)
def test_case_177_odd_addresses_are_refused(base: str, ledger: Ledger, email: str):
    answer = Human(base, ledger).submit(
        "/signup", {"name": "Odd", "email": email, "password": "words in a row"}, "/signup"
    )
    assert answer.status_code == 422 and "#field-email" in answer.text


def test_case_177_two_addresses_in_one_request(base: str, ledger: Ledger, people: dict):
    thief = human.new_email("thief")
    person = Human(base, ledger)
    form = markup.form(person.page("/forgot"), "/forgot")
    for pair in (
        [("email", people["ada"]["email"]), ("email", thief)],
        [("email", thief), ("email", people["ada"]["email"])],
        [("email[]", people["ada"]["email"]), ("email[]", thief)],
        [("email", f"{people['ada']['email']},{thief}")],
    ):
        answer = person.post("/forgot", [(n, v) for n, v in form.fields if n != "email"] + pair)
        assert answer.status_code in (303, 400, 422)
    assert human.letters(person.wire, thief) == []


def test_case_178_a_reset_link(base: str, ledger: Ledger, newcomer: Human):
    person = Human(base, ledger)
    assert person.submit("/forgot", {"email": newcomer.email}, "/forgot").headers["Location"] == "/forgot/sent"
    link = human.mail_link(person.wire, newcomer.email, "reset")
    for _ in range(3):
        page = person.page(link)  # mail scanners follow links too: looking uses nothing up
    assert person.wire.get(link.replace("/reset/", "/verify/")).status_code in (404, 410), "made for another purpose"
    assert person.submit(link, {"password": "short"}, page=page).status_code == 422
    fresh = human.new_password(ledger)
    done = person.submit(link, {"password": fresh}, page=page)
    assert done.status_code == 303 and done.headers["Location"].startswith("/login"), "no automatic sign-in"
    assert not person.is_signed_in and not newcomer.is_signed_in
    assert person.submit(link, {"password": "another good one"}, page=page).status_code in (404, 410)
    assert Human(base, ledger).sign_in(newcomer.email, newcomer.password).status_code == 422
    assert Human(base, ledger).sign_in(newcomer.email, fresh).status_code == 303


def test_case_178_a_newer_link_replaces_the_older_and_a_race_has_one_winner(base: str, ledger: Ledger, newcomer: Human):
    person = Human(base, ledger)
    person.submit("/forgot", {"email": newcomer.email}, "/forgot")
    first = human.mail_link(person.wire, newcomer.email, "reset")
    person.submit("/forgot", {"email": newcomer.email}, "/forgot")
    second = human.mail_link(person.wire, newcomer.email, "reset", besides=first)
    assert first != second and person.wire.get(first).status_code in (404, 410)
    form = markup.forms(person.page(second))
    target = next(one for one in form if any(name == "password" for name, _ in one.fields))
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(
                lambda n: (
                    person.post(
                        target.action or second, target.filled({"password": f"racing password {n}"})
                    ).status_code
                ),
                range(8),
            )
        )
    assert statuses.count(303) == 1, statuses


def test_case_183_an_account_cannot_be_prepared_for_somebody_else(base: str, ledger: Ledger):
    email = human.new_email("victim")
    attacker, owner = Human(base, ledger), Human(base, ledger)
    attacker.submit("/signup", {"name": "A", "email": email, "password": "the attacker's own"}, "/signup")
    stale = human.mail_link(attacker.wire, email, "verify")
    owner.submit("/signup", {"name": "O", "email": email, "password": "the owner's very own"}, "/signup")
    link = human.mail_link(owner.wire, email, "verify", besides=stale)
    assert owner.submit(link, {"password": "the owner's very own"}, having="password").status_code == 303
    assert owner.wire.get(stale).status_code in (404, 410)
    assert attacker.sign_in(email, "the attacker's own").status_code == 422
    assert Human(base, ledger).sign_in(email, "the owner's very own").status_code == 303


def test_case_183_nobody_confirms_a_password_that_somebody_else_chose(base: str, ledger: Ledger):
    email = human.new_email("victim")
    attacker, owner = Human(base, ledger), Human(base, ledger)
    attacker.submit("/signup", {"name": "A", "email": email, "password": "the attacker's own"}, "/signup")
    link = human.mail_link(attacker.wire, email, "verify")
    assert owner.submit(link, {"password": "the owner's very own"}, having="password").status_code == 422
    anew = owner.submit(link, {"name": "O", "new_password": "the owner's very own"}, having="anew")
    assert (anew.status_code, anew.headers["Location"]) == (303, "/login") and not owner.is_signed_in
    assert attacker.sign_in(email, "the attacker's own").status_code == 422
    assert owner.sign_in(email, "the owner's very own").status_code == 303
