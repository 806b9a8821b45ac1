"""`gatewright backup` and `gatewright keys`, beside a server that people use."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from human import signed_in
from ledger import Ledger
from server import ROOT, Server, binary


def run(server: Server, *arguments: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEWRIGHT_")}
    return subprocess.run(
        [str(binary()), *arguments],
        cwd=ROOT,
        env={**environment, **server.settings},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_backup_of_a_running_server_is_whole_and_private(
    launch: Callable[..., Server], ledger: Ledger, tmp_path: Path
):
    server = launch()
    copy = tmp_path / "copy.sqlite"
    done = run(server, "backup", str(copy))
    assert done.returncode == 0, done.stderr
    assert "whole" in done.stdout and "key file is separate" in done.stdout
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM people").fetchone()[0] >= 5
    again = run(server, "backup", str(copy))
    assert again.returncode != 0 and "exists" in again.stderr

    # The copy in the place of the database, with the same key: everybody is still there.
    server.stop()
    for name in ("", "-wal", "-shm"):
        (server.data / f"gatewright.sqlite{name}").unlink(missing_ok=True)
    server.database.write_bytes(copy.read_bytes())
    server.start()
    ada = next(one for one in server.demo()["people"] if one["name"].startswith("Ada"))
    assert signed_in(server.address, ledger, ada).is_signed_in
    server.stop()


def test_case_227_keys_rotate_while_people_are_signed_in(launch: Callable[..., Server], ledger: Ledger):
    server = launch()
    demo = server.demo()
    ada = next(one for one in demo["people"] if one["name"].startswith("Ada"))
    person = signed_in(server.address, ledger, ada)
    key_file = server.data / "keys" / "master.key"

    def keys() -> list[str]:
        return [line.split()[0] for line in key_file.read_text().splitlines() if not line.startswith("#")]

    (old,) = keys()
    early = run(server, "keys", "retire")
    assert early.returncode == 0 and "only one key" in early.stdout
    done = run(server, "keys", "rotate")
    assert done.returncode == 0, done.stderr + server.tail()
    new = keys()[0]
    assert keys() == [new, old] and new in done.stdout
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o400
    assert person.is_signed_in
    assert person.wire.page("/demo/mail"), "letters open under either key"

    retired = run(server, "keys", "retire")
    assert retired.returncode == 0, retired.stderr
    assert keys() == [new]
    assert person.is_signed_in

    # And after a start with the new key alone; then once more, without a server.
    server.stop()
    server.start()
    assert person.is_signed_in
    server.stop()
    assert run(server, "keys", "rotate").returncode == 0
    assert run(server, "keys", "retire").returncode == 0
    assert keys() not in ([new], [old]) and len(keys()) == 1
    server.start()
    assert person.is_signed_in
    token = ledger.add(demo["developer_token"])
    assert person.wire.get("/v2/me", headers={"Authorization": f"Bearer {token}", "Cookie": ""}).status_code == 200
    server.stop()


def test_what_is_gathered_in_memory_is_written_at_the_end(launch: Callable[..., Server], ledger: Ledger):
    server = launch()
    demo = server.demo()
    lin = signed_in(server.address, ledger, next(one for one in demo["people"] if one["name"].startswith("Lin")))
    with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as stored:
        (app,) = stored.execute("SELECT id FROM apps WHERE client_id = ?", (demo["app"]["client_id"],)).fetchone()
    stored.close()
    wrong = {"grant_type": "client_credentials", "client_id": demo["app"]["client_id"], "client_secret": "wrong"}
    assert lin.wire.post("/t/acme/oauth/token", data=wrong).status_code == 401
    server.stop()
    server.start()
    assert "Client authentication failed" in lin.page(f"/apps/{app}/activity")
    server.stop()


def test_a_value_that_cannot_be_sealed_anew_is_not_blamed_on_the_key_file(launch: Callable[..., Server]):
    server = launch()
    with sqlite3.connect(server.database) as stored:
        stored.execute(
            "UPDATE outbox SET sealed_body = zeroblob(length(sealed_body)) WHERE id = (SELECT min(id) FROM outbox)"
        )
    stored.close()
    key_file = server.data / "keys" / "master.key"
    draft = key_file.with_name("draft")
    draft.touch(mode=0o400)
    draft.chmod(0o600)
    draft.write_text(f"{secrets.token_hex(8)} {secrets.token_hex(32)}\n{key_file.read_text()}")
    draft.chmod(0o400)
    draft.rename(key_file)
    deadline = time.monotonic() + 20
    while b"sealing anew failed" not in server.logged() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert b"a new master key is in use" in server.logged()
    assert b"sealing anew failed" in server.logged()
    assert b"the key file cannot be used" not in server.logged()
    server.stop()


def test_every_command_has_help(server: Server):
    for words in (["backup"], ["keys"], ["keys", "rotate"], ["keys", "retire"]):
        shown = run(server, *words, "--help")
        assert shown.returncode == 0 and "OVERVIEW" in shown.stdout, words
