"""kill -9 in the middle of parallel token exchange and refresh: what was answered is kept, and nothing is half done."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

import flow
import human
from human import Human
from ledger import Ledger
from server import Server
from wire import Wire

ROUNDS = 3
CLIENTS = 8


@dataclass
class Client:
    """Refreshes as fast as it can and remembers what it was answered."""

    wire: Wire
    app: flow.App
    tokens: dict
    answered: list[dict] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def run(self) -> None:
        while True:
            try:
                answer = flow.refresh(self.wire, self.app, self.tokens["refresh_token"])
            except requests.RequestException:
                return  # the server is gone; whether this one was done, the client cannot know
            if answer.status_code != 200:
                self.trouble.append(f"{answer.status_code} {answer.text}")
                return
            self.tokens = answer.json()
            self.answered.append(self.tokens)


@dataclass
class Redeemer:
    """Redeems codes one after the other."""

    wire: Wire
    app: flow.App
    codes: list[tuple[str, str]]
    answered: dict[str, dict] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)

    def run(self) -> None:
        for code, verifier in self.codes:
            try:
                answer = flow.redeem(self.wire, self.app, code, verifier)
            except requests.RequestException:
                return
            if answer.status_code != 200:
                self.trouble.append(f"{answer.status_code} {answer.text}")
                return
            self.answered[code] = answer.json()


def kill(server: Server) -> None:
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(timeout=10)
    server.process = None


def check(server: Server) -> None:
    with sqlite3.connect(server.database) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        # Used codes have their family, families have a current refresh token, and no token hangs in the air (case 51).
        assert database.execute(
            """SELECT count(*) FROM authorization_codes c WHERE (c.redeemed_at IS NULL) <> (c.family_id IS NULL)
            OR c.family_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM token_families f
                WHERE f.tenant_id = c.tenant_id AND f.id = c.family_id)"""
        ).fetchone() == (0,)
        assert database.execute(
            """SELECT count(*) FROM token_families f WHERE (SELECT count(*) FROM refresh_tokens r
                WHERE r.tenant_id = f.tenant_id AND r.family_id = f.id AND r.generation = f.generation
                AND r.rotated_at IS NULL) <> 1"""
        ).fetchone() == (0,)
        assert database.execute(
            """SELECT count(*) FROM refresh_tokens r JOIN token_families f ON f.tenant_id = r.tenant_id
                AND f.id = r.family_id WHERE r.generation < f.generation
                AND (r.rotated_at IS NULL OR r.sealed_successor IS NULL)"""
        ).fetchone() == (0,)
    database.close()


def test_case_51_81_a_killed_server_loses_no_answer(launch: Callable[..., Server], ledger: Ledger):
    server = launch()
    cast = {person["name"].split()[0].lower(): person for person in server.demo()["people"]}
    ada = human.signed_in(server.base, ledger, cast["ada"])
    app = flow.register(human.signed_in(server.base, ledger, cast["lin"]), "https://roster.example/callback")
    for round_number in range(ROUNDS):
        clients = [
            Client(Wire(server.base, ledger), app, flow.new_tokens(ada, Wire(server.base, ledger), app))
            for _ in range(CLIENTS)
        ]
        redeemers = [
            Redeemer(Wire(server.base, ledger), app, [flow.new_code(ada, app) for _ in range(12)]) for _ in range(2)
        ]
        threads = [threading.Thread(target=one.run) for one in [*clients, *redeemers]]
        for thread in threads:
            thread.start()
        time.sleep(0.3 + 0.25 * round_number)
        kill(server)
        for thread in threads:
            thread.join(timeout=30)
        trouble = [line for one in [*clients, *redeemers] for line in one.trouble]
        assert trouble == []
        assert sum(len(one.answered) for one in clients) > 0, "killed before anything happened"
        server.start()

        wire = Wire(server.base, ledger)
        for client in clients:
            for tokens in client.answered:
                assert flow.works(wire, tokens["access_token"]), "an access token that was answered is gone"
            # Whether its last request was done or not, the client goes on with what it has (case 81).
            again = flow.refresh(client.wire, app, client.tokens["refresh_token"])
            assert again.status_code == 200, again.text
            assert flow.works(wire, again.json()["access_token"])
        for one in redeemers:
            for tokens in one.answered.values():
                assert flow.works(wire, tokens["access_token"])
            # A code that was not answered was used with all that hangs on it, or not at all.
            for code, verifier in one.codes:
                if code not in one.answered:
                    retry = flow.redeem(one.wire, app, code, verifier)
                    assert retry.status_code == 200 or flow.error_of(retry) == "invalid_grant", retry.text
        kill(server)
        check(server)
        server.start()
        assert ada.is_signed_in, "a session that was answered is gone"
