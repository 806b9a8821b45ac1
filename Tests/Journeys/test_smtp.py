"""Mail through a real SMTP server (aiosmtpd): it arrives, 451 is tried again, 550 is final (case 257)."""

from __future__ import annotations

import base64
import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import human
import markup
from human import Human
from ledger import Ledger
from server import Server

SENDER = "mail@portal.example"


class Mailroom:
    """`smtp_server.py` in a process of its own. `url` is what GATEWRIGHT_SMTP_URL is set to."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("smtp_server.py")), "--capture", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        word, _, port = self.process.stdout.readline().partition(" ")
        assert word == "PORT", "the SMTP server did not start"
        self.url = f"smtp://127.0.0.1:{int(port)}/portal.example"

    def to(self, address: str) -> list[dict]:
        mails = [json.loads(path.read_text()) for path in sorted(self.folder.glob("mail-*.json"))]
        return [mail for mail in mails if mail["rcpt_tos"] == [address]]

    def heard(self) -> list[bytes]:
        """Every byte of every connection that has ended."""
        return [path.read_bytes() for path in sorted(self.folder.glob("session-*.raw"))]

    def close(self) -> None:
        self.process.communicate()


def until(what: Callable[[], object], within: float) -> object:
    """The first true value of `what`, asked a few times a second."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {within} s")


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailroom]:
    running = Mailroom(tmp_path_factory.mktemp("smtp"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def portal(mailroom: Mailroom, launch: Callable[..., Server]) -> Server:
    """A Gatewright that has a mail server."""
    return launch(GATEWRIGHT_SMTP_URL=mailroom.url, GATEWRIGHT_MAIL_FROM=f"Gatewright <{SENDER}>")


def sign_up(portal: Server, ledger: Ledger, name: str, email: str) -> tuple[Human, str]:
    person, password = Human(portal.base, ledger), human.new_password(ledger)
    answer = person.submit("/signup", {"name": name, "email": email, "password": password}, action="/signup")
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/signup/sent"), answer.text[:400]
    return person, password


def address(local: str) -> str:
    return f"{local}-{secrets.token_hex(3)}@newcomers.example"


def row(portal: Server, ledger: Ledger, email: str) -> str:
    """What the operator reads about the mail to this address."""
    demo = portal.demo()
    olga = human.signed_in(portal.base, ledger, next(p for p in demo["people"] if p["email"].startswith("olga")))
    rows = [markup.text_of(line) for line in markup.parse(olga.page("/operator/outbox")).iter("tr")]
    return next(text for text in rows if email in text)


def test_a_sign_up_mail_arrives_and_its_link_works(portal: Server, mailroom: Mailroom, ledger: Ledger):
    email = address("zoe")
    person, password = sign_up(portal, ledger, "Zoë Newcomer", email)
    until(lambda: mailroom.to(email), within=20)
    (mail,) = mailroom.to(email)
    headers = {name.lower(): value for name, value in mail["headers"]}
    assert mail["mail_from"] == SENDER
    assert headers["from"] == f"Gatewright <{SENDER}>"
    assert headers["to"] == email
    assert headers["auto-submitted"] == "auto-generated"
    assert mail["defects"] == []
    link = re.search(re.escape(portal.base) + r"(/verify/[0-9A-Za-z_]+)", mail["text"])
    assert link, mail["text"]
    ledger.collect(mail["text"])
    assert person.submit(link.group(1), {"password": password}, having="password").status_code == 303
    assert person.is_signed_in
    until(lambda: "sent" in row(portal, ledger, email).lower(), within=10)


def test_a_greylisted_mail_is_tried_again_and_arrives_once(portal: Server, mailroom: Mailroom, ledger: Ledger):
    email = address("greylist")
    sign_up(portal, ledger, "Grey Newcomer", email)
    until(lambda: any(f"RCPT TO:<{email}>".encode() in said for said in mailroom.heard()), within=20)
    assert mailroom.to(email) == [], "the first answer was 451"
    # The first wait of RetrySchedule is 12 to 18 seconds.
    until(lambda: mailroom.to(email), within=60)
    time.sleep(1)
    assert len(mailroom.to(email)) == 1
    assert sum(f"RCPT TO:<{email}>".encode() in said for said in mailroom.heard()) == 2


def test_a_refused_mail_has_failed_and_is_not_tried_again(portal: Server, mailroom: Mailroom, ledger: Ledger):
    email = address("nobody")
    sign_up(portal, ledger, "Nobody Newcomer", email)
    until(lambda: any(f"RCPT TO:<{email}>".encode() in said for said in mailroom.heard()), within=20)
    until(lambda: "fail" in row(portal, ledger, email).lower(), within=10)
    time.sleep(20)  # longer than the first retry would wait
    assert sum(f"RCPT TO:<{email}>".encode() in said for said in mailroom.heard()) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: mallory@globex.example",
        "Eve\nBcc: mallory@globex.example",
        "Eve\u2028Bcc: mallory@globex.example",
        "Eve>\r\nRCPT TO:<mallory@globex.example>\r\nDATA\r\n.\r\n",
        "\r\n.\r\n",
        "Eve " + "x" * 10_240,
    ],
    ids=["CRLF", "LF", "U+2028", "RCPT", "lone dot", "10 KB"],
)
def test_case_257_a_name_gets_nothing_into_a_mail(portal: Server, mailroom: Mailroom, ledger: Ledger, name: str):
    email = address("eve")
    person, password = Human(portal.base, ledger), human.new_password(ledger)
    answer = person.submit("/signup", {"name": name, "email": email, "password": password}, action="/signup")
    assert answer.status_code in (303, 422, 400), answer.text[:400]
    if answer.status_code == 303:
        (mail,) = until(lambda: mailroom.to(email), within=20)
        names = [header.lower() for header, _ in mail["headers"]]
        assert len(names) == len(set(names)) and "bcc" not in names
        content = base64.b64decode(mail["content"])
        assert all(len(line) <= 76 and b"\r" not in line and b"\n" not in line for line in content.split(b"\r\n"))
    # Nobody but the person themselves was ever written to.
    assert not any(b"mallory@globex" in said.split(b"\r\nDATA\r\n")[0] for said in mailroom.heard())
    assert mailroom.to("mallory@globex.example") == []


@pytest.mark.parametrize(
    "email",
    ["eve@newcomers.example>\r\nRCPT TO:<mallory@globex.example", "eve@newcomers.example,mallory@globex.example",
     "eve@newcomers.example\nBcc: mallory@globex.example", "Eve <eve@newcomers.example>"],
    ids=["RCPT", "two", "LF", "name"],
)
def test_case_257_an_address_is_one_address(portal: Server, mailroom: Mailroom, ledger: Ledger, email: str):
    person, password = Human(portal.base, ledger), human.new_password(ledger)
    answer = person.submit("/signup", {"name": "Eve", "email": email, "password": password}, action="/signup")
    assert answer.status_code in (400, 422), answer.text[:400]
    time.sleep(0.5)
    assert not any(b"mallory@globex" in said for said in mailroom.heard())


def test_f9_a_mail_server_that_is_away_slows_no_page(launch: Callable[..., Server], ledger: Ledger):
    portal = launch(GATEWRIGHT_SMTP_URL="smtp://127.0.0.1:1", GATEWRIGHT_MAIL_FROM=SENDER)
    email = address("away")
    begun = time.monotonic()
    sign_up(portal, ledger, "Away Newcomer", email)
    assert time.monotonic() - begun < 5
    assert until(lambda: "fail" not in row(portal, ledger, email).lower(), within=10)
    assert portal.is_running
