"""A hundred at once, through sockets that are already open: one code gives one token set, one refresh one successor."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import flow
from human import Human
from wire import RawAnswer, Wire, connect, form_body, post_request, read_all

MANY = 100


def at_once(port: int, messages: list[bytes]) -> list[RawAnswer]:
    """Opens all connections, sends all but the last byte, then lets everyone finish in the same moment.

    Each comes from an address of its own, so that no throttle hides a race.
    """
    barrier = threading.Barrier(len(messages))

    def one(message: bytes) -> RawAnswer:
        with connect(port) as connection:
            connection.sendall(message[:-1])
            barrier.wait(timeout=30)
            connection.sendall(message[-1:])
            received, closed = read_all(connection, 30)
        head, _, body = received.partition(b"\r\n\r\n")
        return RawAnswer(int(head.split()[1]), [], body, closed)

    with ThreadPoolExecutor(len(messages)) as pool:
        return list(pool.map(one, messages))


def test_case_45_a_hundred_redemptions_of_one_code_give_one_token(server, ada: Human, app: flow.App, wire: Wire):
    code, verifier = flow.new_code(ada, app)
    body = form_body(
        grant_type="authorization_code", code=code, redirect_uri=app.callback, code_verifier=verifier, **app.credentials
    )
    results = at_once(server.port, [post_request(server.port, "/t/acme/oauth/token", body)] * MANY)
    assert sorted(result.status for result in results) == [200] + [400] * (MANY - 1)
    for result in results:
        wire.ledger.collect(result.body.decode())
        if result.status == 400:
            assert json.loads(result.body)["error"] == "invalid_grant"
    # The other ninety-nine were valid replays: what the first one got has been revoked (RFC 6749 §4.1.2).
    winner = next(json.loads(result.body) for result in results if result.status == 200)
    assert not flow.works(wire, winner["access_token"])
    assert flow.error_of(flow.refresh(wire, app, winner["refresh_token"])) == "invalid_grant"


def test_case_45_many_rounds_of_a_few(server, ada: Human, app: flow.App, wire: Wire):
    """A race that is lost once in fifty rounds is lost every day in production."""
    for _ in range(15):
        code, verifier = flow.new_code(ada, app)
        body = form_body(
            grant_type="authorization_code",
            code=code,
            redirect_uri=app.callback,
            code_verifier=verifier,
            **app.credentials,
        )
        results = at_once(server.port, [post_request(server.port, "/t/acme/oauth/token", body)] * 8)
        wire.ledger.collect(*(result.body.decode() for result in results))
        assert [result.status for result in results].count(200) == 1


def test_case_78_a_hundred_refreshes_of_one_token_get_one_successor(server, ada: Human, app: flow.App, wire: Wire):
    tokens = flow.new_tokens(ada, wire, app)
    body = form_body(grant_type="refresh_token", refresh_token=tokens["refresh_token"], **app.credentials)
    results = at_once(server.port, [post_request(server.port, "/t/acme/oauth/token", body)] * MANY)
    answers = [json.loads(result.body) for result in results]
    wire.ledger.collect(*(result.body.decode() for result in results))
    successors = {answer["refresh_token"] for answer in answers if "refresh_token" in answer}
    assert len(successors) == 1, f"{len(successors)} live branches"
    assert {result.status for result in results} <= {200, 400}, {result.status for result in results}
    assert all(answer["error"] == "invalid_grant" for answer in answers if "error" in answer)


def test_case_78_a_few_impatient_retries_do_not_lock_the_client_out(server, ada: Human, app: flow.App, wire: Wire):
    for _ in range(8):
        tokens = flow.new_tokens(ada, wire, app)
        body = form_body(grant_type="refresh_token", refresh_token=tokens["refresh_token"], **app.credentials)
        results = at_once(server.port, [post_request(server.port, "/t/acme/oauth/token", body)] * 4)
        wire.ledger.collect(*(result.body.decode() for result in results))
        assert [result.status for result in results] == [200] * 4
        successors = {json.loads(result.body)["refresh_token"] for result in results}
        assert len(successors) == 1
        final = flow.refresh(wire, app, successors.pop())
        assert final.status_code == 200 and flow.works(wire, final.json()["access_token"])
