"""Require HMAC, at every address where a connection can begin: what is not the right digest ends there, and is written down."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import markup
from abroad import Abroad
from environment import Environment
from far_providers import CLIENT_ID, CLIENT_SECRET, query
from wire import Wire

SIGNING_KEY = (
    ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
# Where a connection can begin: the address, an integration that begins there, and what is sent along.
ENTRIES = {
    "oauth2": ("/oauth/connect", "openid", None),
    "oauth1": ("/oauth/connect", "old", None),
    "app": ("/oauth/connect", "installed", None),
    "custom": ("/oauth/connect", "our own", None),
    "api key": ("/api-auth/api-key", "keyed", {"apiKey": "k-4711"}),
    "basic": ("/api-auth/basic", "named", {"username": "ada", "password": "p-4711"}),
    "unauth": ("/unauth", "free", {}),
    "unauth of today": ("/auth/unauthenticated", "free", {}),
    "signed token": ("/auth/jwt", "signed", {"privateKey": "ab12:00ff10"}),
    "app store": ("/app-store-auth", "store", {"privateKeyId": "K", "issuerId": "I", "privateKey": SIGNING_KEY}),
    "token based": ("/auth/tba", "brought", {"token_id": "ti", "token_secret": "ts"}),
    "two steps": ("/auth/two-step", "login", {"user": "machine", "password": CLIENT_SECRET}),
    "client credentials": ("/oauth2/auth", "machine", {"client_id": "machine", "client_secret": CLIENT_SECRET}),
}


class Guarded:
    """An environment that was made with Require HMAC on, with an integration of every kind."""

    def __init__(self, abroad: Abroad, ledger):
        self.abroad, self.ledger = abroad, ledger
        self.environment = Environment(abroad.person("Ada", ledger), "guarded")
        self.environment.shown_hmac_key()
        for key in ("openid", "old", "installed", "brought"):
            self.environment.integrate(key, CLIENT_ID, CLIENT_SECRET)
        for key in ("keyed", "named", "free", "machine", "signed", "store", "login"):
            self.environment.integrate(key)
        # A provider that no catalogue has, described on the page.
        made = self.environment.admin.submit(
            self.environment.path + "/integrations/new/custom",
            {
                "custom-title": "Our own", "custom-authorize": abroad.openid + "/oauth2/authorize",
                "custom-token": abroad.openid + "/oauth2/token", "client_id": CLIENT_ID, "secret": CLIENT_SECRET,
                "scopes": "openid", "key": "our own",
            },
            action=self.environment.path + "/integrations",
        )  # fmt: skip
        assert made.status_code == 303, markup.visible_text(made.text)

    def begin(self, kind: str, address: str, page: bool = False) -> requests.Response:
        """As a page of the company's does, in a browser of its own; with `page`, as somebody who opens a link."""
        wire = Wire(self.abroad.server.base, self.ledger)
        body = ENTRIES[kind][2]
        if body is not None:
            return wire.post(address, json=body)
        return wire.get(address, headers={"Accept": "text/html"} if page else {})

    def address(self, kind: str, connection: str, more: str = "") -> str:
        entry, integration, _ = ENTRIES[kind]
        return self.environment.address(entry, integration, connection, more + ("&params[account]=a1" if kind == "api key" else ""))

    def digest(self, kind: str, connection: str) -> str:
        return self.environment.digest(ENTRIES[kind][1], connection)

    def signed(self, kind: str, connection: str, **changes: str) -> str:
        entry, integration, _ = ENTRIES[kind]
        return self.environment.signed(
            entry, integration, connection, **({"params[account]": "a1"} if kind == "api key" else {}), **changes
        )


@pytest.fixture(scope="module")
def guarded(abroad: Abroad, ledger) -> Iterator[Guarded]:
    yield Guarded(abroad, ledger)


def error_of(answer: requests.Response) -> str:
    if "json" in answer.headers["Content-Type"]:
        said = answer.json()
        # What cannot be read is told in the shape of the address.
        return said["type"] if "type" in said else said["error"]["code"]
    assert "<h1>Not connected</h1>" in answer.text
    return markup.text_of(next(markup.parse(answer.text).iter("code")))


def is_begun(answer: requests.Response) -> bool:
    """Sent on to the provider, or connected."""
    return answer.status_code == 302 or (answer.status_code == 200 and "connectionId" in answer.text)


def wrong_digests(guarded: Guarded, kind: str, connection: str) -> dict[str, tuple[str, str]]:
    right = guarded.digest(kind, connection)
    other = guarded.digest(kind, "somebody-else")
    integration = ENTRIES[kind][1]
    under = guarded.environment.digest(integration, connection, key="another-key-of-32-bytes-or-more!")
    return {
        "missing": ("", "missing_hmac"),
        "empty": ("&hmac=", "missing_hmac"),
        "of another key": (f"&hmac={under}", "invalid_hmac"),
        "of another connection, replayed": (f"&hmac={other}", "invalid_hmac"),
        "of another integration, replayed": (f"&hmac={guarded.environment.digest('github', connection)}", "invalid_hmac"),
        "in the other order": (f"&hmac={guarded.environment.digest(connection, integration)}", "invalid_hmac"),
        "one digit short": (f"&hmac={right[:-1]}", "invalid_hmac"),
        "its first half": (f"&hmac={right[:32]}", "invalid_hmac"),
        "one digit": (f"&hmac={right[0]}", "invalid_hmac"),
        "one digit more": (f"&hmac={right}0", "invalid_hmac"),
        "one digit changed": (f"&hmac={right[:-1]}{'0' if right[-1] != '0' else '1'}", "invalid_hmac"),
        "in capitals": (f"&hmac={right.upper()}", "invalid_hmac"),
        "in base64": ("&hmac=" + base64.b64encode(bytes.fromhex(right)).decode().replace("+", "%2B"), "invalid_hmac"),
        "with a space": (f"&hmac=%20{right}", "invalid_hmac"),
        "with a line break": (f"&hmac={right}%0A", "invalid_hmac"),
        "twice": (f"&hmac={right}&hmac={right}", "invalid_query_params"),
    }


@pytest.mark.parametrize("kind", ENTRIES)
def test_case_186_and_187_nothing_but_the_right_digest_begins_a_connection(guarded: Guarded, kind: str):
    integration = ENTRIES[kind][1]
    connection = f"ada-{kind}"
    wrong = wrong_digests(guarded, kind, connection)
    assert guarded.digest(kind, connection).upper() != guarded.digest(kind, connection)
    for name, (more, error) in wrong.items():
        answer = guarded.begin(kind, guarded.address(kind, connection, more))
        assert (answer.status_code, error_of(answer)) == (400, error), name
        assert guarded.environment.connection(integration, connection).status_code == 400, name
    # Each of them stands in the activity, with what to do; but of a query with two digests nothing is believed.
    rows = guarded.environment.activity(len(wrong) - 1, connection=connection, outcome="failure")
    for error, advice in (("missing_hmac", "had no digest"), ("invalid_hmac", "digest was not ours")):
        expected = sum(1 for _, one in wrong.values() if one == error)
        counted = [row for row in rows if f" {error} " in row]
        assert len(counted) == expected, rows
        assert all(advice in row and f"at {integration}" in row for row in counted)
    right = guarded.begin(kind, guarded.address(kind, connection, f"&hmac={guarded.digest(kind, connection)}"))
    assert is_begun(right), right.text


@pytest.mark.parametrize("kind", [kind for kind, entry in ENTRIES.items() if entry[2] is None])
def test_case_186_the_page_that_asks_first_lets_nobody_past(guarded: Guarded, kind: str):
    """Somebody who opens the address as a page, and whoever sends what its button sends."""
    connection = f"page-{kind}"
    address = guarded.address(kind, connection)
    opened = guarded.begin(kind, address, page=True)
    assert (opened.status_code, error_of(opened)) == (400, "missing_hmac")
    good = guarded.address(kind, connection, f"&hmac={guarded.digest(kind, connection)}")
    wire = Wire(guarded.abroad.server.base, guarded.ledger)
    asks = wire.get(good, headers={"Accept": "text/html"})
    assert asks.status_code == 200
    fields = markup.form(asks.text, having="csrf").filled({})
    headers = {"Accept": "text/html", "Origin": guarded.abroad.server.base, "Sec-Fetch-Site": "same-origin"}
    for bad in (address, address + "&hmac=" + guarded.digest(kind, "somebody-else")):
        pressed = wire.post(bad, data=fields, headers=headers)
        assert pressed.status_code == 400 and error_of(pressed).endswith("_hmac")
    assert wire.post(good, data=fields, headers=headers).status_code == 303


@pytest.mark.parametrize("kind", ENTRIES)
def test_case_190_and_191_a_signed_request_counts_once_for_a_time_and_as_it_was(guarded: Guarded, kind: str):
    connection = f"signed-{kind}"
    address = guarded.signed(kind, connection)
    assert is_begun(guarded.begin(kind, address)), guarded.begin(kind, address).text
    for name, again in {
        "replayed": address,
        "too late": guarded.signed(kind, connection, expires=str(int(time.time()) - 10)),
        "too far ahead": guarded.signed(kind, connection, expires=str(int(time.time()) + 900)),
        "for somebody else": guarded.signed(kind, connection).replace(f"connection_id={connection.replace(' ', '+')}", "connection_id=bob"),
        "with more": guarded.signed(kind, connection) + "&params[subdomain]=evil",
        "with other scopes": guarded.signed(kind, connection) + "&user_scope=admin",
        "truncated": guarded.signed(kind, connection)[:-1],
    }.items():
        answer = guarded.begin(kind, again)
        assert (answer.status_code, error_of(answer)) == (400, "invalid_hmac"), name
    assert guarded.environment.connection(ENTRIES[kind][1], "bob").status_code == 400
    rows = guarded.environment.activity(6, connection=connection, outcome="failure")
    assert [row for row in rows if " replayed_signature " in row and "counts once" in row], rows
    assert len([row for row in rows if " expired_signature " in row]) == 2, rows


def test_case_193_without_a_key_it_cannot_be_required(abroad: Abroad, ledger):
    environment = Environment(abroad.person("Ada", ledger), "keyless", requires_hmac=False)
    page = environment.admin.page(environment.settings)
    if environment.settings + "/hmac/require" in [one.action for one in markup.forms(page)]:
        pytest.skip("every environment has a key from the beginning")
    forged = markup.form(page, environment.settings + "/hmac").filled({"required": "yes", "understood": "yes"})
    environment.admin.post(environment.settings + "/hmac/require", forged)
    assert "On" not in markup.text_of(markup.element_by_id(environment.admin.page(environment.settings), "hmac-title"))


def test_turning_it_on_says_first_how_many_calls_were_signed(abroad: Abroad, ledger):
    environment = Environment(abroad.person("Ada", ledger), "turning", requires_hmac=False)
    environment.shown_hmac_key()
    environment.integrate("keyed")
    wire = Wire(abroad.server.base, ledger)
    for number in range(3):
        digest = f"&hmac={environment.digest('keyed', f'n{number}')}" if number else ""
        address = environment.address("/api-auth/api-key", "keyed", f"n{number}", digest + "&params[account]=a")
        assert wire.post(address, json={"apiKey": "k"}).status_code == 200
    asked = environment.pressed("/hmac/require", {"required": "yes"}, status=200)
    assert "2 of the 3 requests" in markup.main_text(asked.text) and "Not on yet" in markup.main_text(asked.text)
    form = markup.form(asked.text, environment.settings + "/hmac/require", having="understood")
    assert environment.admin.post(form.action, form.filled({})).status_code == 303
    refused = wire.post(environment.address("/api-auth/api-key", "keyed", "n9", "&params[account]=a"), json={"apiKey": "k"})
    assert (refused.status_code, refused.json()["type"]) == (400, "missing_hmac")


def test_a_session_of_the_backend_needs_no_digest(guarded: Guarded):
    made = guarded.environment.call("POST", "/connect/sessions", json={"end_user": {"id": "7"}})
    assert made.status_code == 201, made.text
    token = made.json()["data"]["token"]
    answer = guarded.begin("api key", f"/api-auth/api-key/keyed?connect_session_token={token}&params[account]=a")
    assert answer.status_code == 200, answer.text


def test_case_194_both_keys_are_good_while_one_replaces_the_other(abroad: Abroad, ledger):
    environment = Environment(abroad.person("Ada", ledger), "rotating")
    old = environment.shown_hmac_key()
    environment.integrate("free")
    wire = Wire(abroad.server.base, ledger)

    def works(key: str) -> bool:
        digest = environment.digest("free", "u", key)
        return wire.post(environment.address("/unauth", "free", "u", f"&hmac={digest}")).status_code == 200

    def rotated(overlap: str) -> str:
        shown = environment.pressed("/hmac", {"overlap": overlap}, status=200)
        codes = [markup.text_of(code) for code in markup.parse(shown.text).iter("code")]
        return environment.admin.ledger.add(next(one for one in codes if len(one) >= 32 and one != environment.public_key))

    new = rotated("1h")
    assert new != old and works(old) and works(new)
    newest = rotated("now")
    assert works(newest) and not works(new) and not works(old)


def test_case_220_a_callback_of_the_companys_own_changes_nothing_about_state_and_cookie(abroad: Abroad, ledger):
    environment = Environment(abroad.person("Ada", ledger), "fronted", requires_hmac=False)
    environment.integrate("openid", CLIENT_ID, CLIENT_SECRET)
    own = "https://acme.example/oauth/done"
    environment.pressed("/callback", {"callback": own})
    person, stranger = Wire(abroad.server.base, ledger), Wire(abroad.server.base, ledger)
    away = person.get(environment.address("/oauth/connect", "openid", "ada"))
    assert query(away.headers["Location"])["redirect_uri"] == own
    sent = requests.post(away.headers["Location"], data={"sub": "ada@far.example"}, allow_redirects=False, timeout=20)
    assert sent.headers["Location"].startswith(own + "?")
    # The company's own server answers 308 to ours with the whole query, as the settings page says.
    ours = sent.headers["Location"].replace(own, abroad.server.base + "/oauth/callback")
    refused = stranger.get(ours)
    assert (refused.status_code, error_of(refused)) == (403, "state_cookie_err")
    assert "<h1>Connected</h1>" in person.get(ours).text
    assert environment.connection("openid", "ada").status_code == 200
    assert person.get(ours).status_code == 400, "once"


def test_case_196_the_recipes_of_the_documentation_give_the_known_answer(tmp_path):
    """Those that this machine has an interpreter for; the Swift one is the product's own and tested there."""
    import re
    import shutil
    import subprocess

    from server import ROOT

    text = (ROOT / "docs/connecting.md").read_text()
    known = "432e67b9d3457b22b8f78a1b430954959a3c33b39e840f90e46dd7ebc3cdee64"
    assert known in text
    fields = '{"connection_id": "user:42", "end_user": "é", "expires": "1790000000", "integration": "github", "nonce": "n-0001", "tenant": "acme"}'
    key = "0123456789abcdef0123456789abcdef"
    ways = {
        "js": ("node", ".js", f"\nconsole.log(sign('{key}', {fields}))"),
        "python": ("python3", ".py", f"\nprint(sign('{key}', {fields}))"),
        "ruby": ("ruby", ".rb", f"\nputs sign('{key}', JSON.parse('{fields}'))"),
        "php": ("php", ".php", f"\necho sign('{key}', json_decode('{fields}', true));"),
        "sh": ("sh", ".sh", ""),
    }
    ran = []
    for language, (program, ending, call) in ways.items():
        if not shutil.which(program):
            continue
        code = re.search(rf"```{language}\n((?:(?!```).)*?(?:connect\.v1)(?:(?!```).)*?)```", text, re.S)[1]
        file = tmp_path / f"sign{ending}"
        file.write_text(("<?php\n" if language == "php" else "") + code + call + "\n")
        run = subprocess.run([program, str(file)], capture_output=True, text=True, timeout=60)
        assert run.stdout.strip() == known, (language, run.stdout, run.stderr)
        ran.append(language)
    assert {"python", "sh"} <= set(ran), ran
