"""A person at the portal without a browser: fills the forms that the pages offer, and nothing else."""

from __future__ import annotations

import re
import secrets
import time

import requests

import markup
from ledger import Ledger
from wire import Wire


ASKED_AGAIN = "/account/confirm"
# Well within the ten minutes for which a browser is not asked again: what is left is enough for the slowest test.
PROOF_LASTS = 240


class Human:
    """Somebody with a cookie jar. Posts only what a form on the page before would have sent."""

    def __init__(self, base: str, ledger: Ledger, address: str | None = None):
        self.wire = Wire(base, ledger, address)
        self.base = base
        self.ledger = ledger
        self.email = ""
        self.password = ""
        self.name = ""
        self.tenant = ""
        self.proven_at = 0.0

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page. Where it asks for the password again first, gives it, as everybody would: how long ago
        somebody signed in depends on how fast this machine runs the tests before."""
        answer = self.wire.get(path)
        asked = answer.headers.get("Location", "")
        if answer.status_code == 303 and asked.startswith(ASKED_AGAIN):
            confirmed = self.submit(asked, {"confirm_password": self.password}, action=ASKED_AGAIN)
            assert confirmed.status_code == 303, markup.visible_text(confirmed.text)[:400]
            answer = self.wire.get(path)
        assert answer.status_code == status, f"GET {path}: {answer.status_code}\n{answer.text[:400]}"
        assert answer.headers["Content-Type"].lower().startswith("text/html"), answer.headers["Content-Type"]
        return answer.text

    def submit(
        self,
        path: str,
        values: dict[str, str | list[str]] | None = None,
        action: str | None = None,
        having: str | None = None,
        page: str | None = None,
    ) -> requests.Response:
        """Opens `path` (or takes the page already there), fills its form with `values` and sends it."""
        page = self.page(path) if page is None else page
        form = markup.form(page, action, having)
        return self.post(form.action or path, form.filled(values or {}))

    def post(self, action: str, fields: list[tuple[str, str]]) -> requests.Response:
        """Sends a form as a browser on our own pages does: the Origin is ours. A question for the password is answered."""
        answer = self._send(action, fields)
        if self.password and 'name="confirm_password"' in answer.text and action != ASKED_AGAIN:
            form = markup.form(answer.text, having="confirm_password")
            answer = self._send(form.action or action, form.filled({"confirm_password": self.password}))
        return answer

    def _send(self, action: str, fields: list[tuple[str, str]]) -> requests.Response:
        return self.wire.post(action, data=fields, headers={"Origin": self.base, "Sec-Fetch-Site": "same-origin"})

    def sign_in(self, email: str, password: str, next_path: str | None = None) -> requests.Response:
        path = "/login" if next_path is None else "/login?" + requests.compat.urlencode({"next": next_path})
        answer = self.submit(path, {"email": email, "password": password}, action="/login")
        self.email, self.password, self.proven_at = email, password, time.monotonic()
        return answer

    def prove(self) -> None:
        """Signs in anew if that was long ago, so that a browser which is given this session is not asked for the
        password: how many tests ran before, and how fast, is no test's business."""
        if self.password and time.monotonic() - self.proven_at > PROOF_LASTS:
            self.wire.cookies.clear()
            answer = self.sign_in(self.email, self.password)
            assert answer.status_code == 303, markup.visible_text(answer.text)[:400]

    @property
    def session_cookie(self) -> str | None:
        return self.wire.cookies.get("gw_session")

    @property
    def is_signed_in(self) -> bool:
        answer = self.wire.get("/account")
        return answer.status_code == 200


def signed_in(base: str, ledger: Ledger, person: dict) -> Human:
    """One of the cast, signed in from an address of their own."""
    human = Human(base, ledger)
    answer = human.sign_in(person["email"], ledger.add(person["password"]))
    assert answer.status_code == 303, f"{person['email']} cannot sign in: {answer.status_code}\n{answer.text[:400]}"
    human.name, human.tenant = person["name"], person.get("tenant") or ""
    return human


def new_email(name: str = "person") -> str:
    return f"{name}-{secrets.token_hex(4)}@newcomers.example"


def new_password(ledger: Ledger) -> str:
    return ledger.add(f"correct horse {secrets.token_hex(6)} +/%")


def signed_up(base: str, ledger: Ledger, name: str = "Nora Newcomer") -> Human:
    """A new person with a confirmed address and a tenant of their own, signed in. For tests that change a person."""
    human = Human(base, ledger)
    email, password = new_email(), new_password(ledger)
    sent = human.submit("/signup", {"name": name, "email": email, "password": password}, action="/signup")
    assert (sent.status_code, sent.headers.get("Location")) == (303, "/signup/sent"), sent.text[:400]
    link = mail_link(human.wire, email, "verify")
    confirmed = human.submit(link, {"password": password}, having="password")
    assert (confirmed.status_code, confirmed.headers["Location"]) == (303, "/dashboard"), confirmed.text[:400]
    human.email, human.password, human.name, human.proven_at = email, password, name, time.monotonic()
    human.tenant = f"place-{secrets.token_hex(4)}"
    fields = {"name": "A place of their own", "slug": human.tenant, "samples": ""}
    opened = human.submit("/tenants/new", fields, action="/tenants")
    assert opened.status_code == 303, opened.text[:400]
    return human


APPLICATION = {
    "organization": "Newcomer & Co",
    "website": "https://newcomers.example",
    "about": "We write software for choirs and clubs.",
    "building": "A roster that follows the list of people, for those who plan rehearsals.",
}


def approved(human: Human, olga: Human) -> Human:
    """A developer, by the way everybody takes: applies, and the operator approves."""
    page = human.page("/developer/apply")
    csrf = markup.form(page, "/developer/apply").filled({})
    fields = [(name, value) for name, value in csrf if name == "csrf"]
    sent = human.post("/developer/apply", [*fields, *APPLICATION.items(), ("action", "submit")])
    assert sent.status_code == 303, sent.text[:400]
    decide(olga, human.email, "approved")
    return human


def decide(olga: Human, email: str, decision: str, reason: str = "") -> None:
    """What the operator does with the application of this person, who waits last in the queue."""
    path, queue = "/operator/applications", ""
    for _ in range(20):
        queue = olga.page(path)
        rows = [row for row in queue.split("<tr>") if email in row]
        if rows:
            break
        following = re.search(r'href="(/operator/applications\?[^"]*after=[^"]*)"', queue)
        assert following, f"{email} is not in the queue"
        path = following.group(1).replace("&amp;", "&")
    link = re.search(r'href="(/operator/applications/[^"]+)"', rows[0]).group(1)
    page = olga.page(link)
    fields = [(name, value) for name, value in markup.form(page, link).filled({}) if name in ("csrf", "version")]
    answer = olga.post(link, [*fields, ("decision", decision), ("reason", reason)])
    assert answer.status_code == 303, answer.text[:400]


def letters(wire: Wire, recipient: str, look_at: int = 12) -> list[str]:
    """The text of the newest letters to this address, newest first, from the demo's outbox."""
    paths = list(dict.fromkeys(markup.links(wire.page("/demo/mail"), "/demo/mail/")))[:look_at]
    texts = [wire.page(path) for path in paths]
    return [text for text in texts if recipient.lower() in markup.visible_text(text).lower()]


def mail_link(wire: Wire, recipient: str, purpose: str, besides: str = "") -> str:
    """The path of a link of this purpose (`verify`, `reset`) that was mailed to this address: the newest one.

    Letters of the same second have no order; `besides` names a link that was there before.
    """
    for letter in letters(wire, recipient):
        found = re.search(rf"/{purpose}/[0-9A-Za-z_]+", markup.visible_text(letter))
        if found and found.group() != besides:
            return found.group()
    raise AssertionError(f"no {purpose} link was mailed to {recipient}")
