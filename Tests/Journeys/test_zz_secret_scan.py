"""Last of all (hence the name): nothing secret that this run came across lies in the database or the log."""

from __future__ import annotations

import re
import sqlite3

from ledger import Ledger, spellings
from server import Server


def test_case_221_no_secret_is_found_in_the_database_its_wal_or_the_log(server: Server, ledger: Ledger):
    kinds = {secret[:5] for secret in ledger.secrets if secret.startswith("gw_")}
    if len(ledger.secrets) > 60:
        # A whole run, not this test alone: then every kind must have been met, or the search proves little.
        assert {"gw_at", "gw_rt", "gw_ac", "gw_dt", "gw_cs", "gw_ss", "gw_ml"} <= kinds, kinds

    places = {
        path.name: path.read_bytes()
        for path in server.data.iterdir()
        if path.is_file() and path.name != "demo.json"  # which exists to tell people these things
    }
    assert {"gatewright.sqlite", "gatewright.sqlite-wal"} <= set(places), places.keys()
    places["log"] = server.logged()
    assert b"gw_dt_" in places["gatewright.sqlite"] + places["gatewright.sqlite-wal"], "hints are kept, so this is it"

    needles = {
        needle: f"{secret[:12]}… as {spelling}"
        for secret in ledger.secrets
        for spelling, needle in spellings(secret).items()
    }
    found = [f"{what} in {place}" for place, content in places.items() for what in hits(content, needles)]
    assert not found, "\n".join(sorted(found)[:20])
    planted = sorted(needles)[0]
    assert hits(b"before " + planted + b" after", needles), "the search itself finds nothing"


def hits(content: bytes, needles: dict[bytes, str]) -> list[str]:
    """What of the needles is in the content. One pass, however many needles there are."""
    width = 8
    starting: dict[bytes, list[bytes]] = {}
    for needle in needles:
        assert len(needle) >= width
        starting.setdefault(needle[:width], []).append(needle)
    return [
        needles[needle]
        for at in range(len(content) - width + 1)
        for needle in starting.get(content[at : at + width], ())
        if content.startswith(needle, at)
    ]


def test_case_221_nothing_in_the_log_even_looks_like_a_secret(server: Server):
    log = server.logged().decode(errors="replace")
    assert not re.findall(r"gw_(?:at|rt|ac|cs|ss|ml|su|tk|dt)_[0-9A-Za-z]{36}", log)
    assert "$argon2" not in log
    for word in ("password=", "client_secret=", "code_verifier=", "Authorization:", "Set-Cookie"):
        assert word.lower() not in log.lower(), f"{word} is logged"


def test_case_222_what_is_stored_is_no_credential(server: Server, wire):
    """Pass-the-hash: every stored digest, presented as a token in the ways one might try."""
    with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as stored:
        digests = [
            row[0]
            for table in ("developer_tokens", "access_tokens", "sessions")
            for row in stored.execute(f"SELECT digest FROM {table} LIMIT 3")
        ]
        hints = [row[0] for row in stored.execute("SELECT hint FROM developer_tokens LIMIT 3")]
    stored.close()
    assert len(digests) >= 6
    for text in [spelling for digest in digests for spelling in (digest.hex(), f"gw_dt_{digest.hex()[:36]}")]:
        assert wire.get("/v2/me", headers={"Authorization": f"Bearer {text}"}).status_code == 401
        assert wire.get("/account", headers={"Cookie": f"gw_session={text}"}).status_code in (302, 303)
    for hint in hints:
        answer = wire.get("/v2/me", headers={"Authorization": f"Bearer {hint}".encode()})
        assert answer.status_code in (400, 401)


def test_case_175_passwords_are_kept_as_argon2id_with_the_parameters_in_it(server: Server):
    with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as stored:
        hashes = [row[0] for row in stored.execute("SELECT password_hash FROM people")]
    stored.close()
    for one in hashes:
        match = re.fullmatch(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]{22,}\$[A-Za-z0-9+/]{43,}", one)
        assert match, one
        memory, passes, lanes = map(int, match.groups())
        assert memory >= 19456 and passes >= 2 and lanes >= 1
    assert len(set(hashes)) == len(hashes), "salts repeat"
