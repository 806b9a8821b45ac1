"""kill -9 while the master key changes: of the server, of the command that changes it, or of both."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import flow
import markup
import requests
from human import Human, signed_in
from ledger import Ledger
from server import ROOT, Server, binary
from wire import Wire

# security.md asks for a hundred, which take five minutes: GATEWRIGHT_KILLS=100.
KILLS = int(os.environ.get("GATEWRIGHT_KILLS", "16"))
LETTERS = 12


def command(server: Server, *arguments: str) -> subprocess.Popen:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEWRIGHT_")}
    return subprocess.Popen(
        [str(binary()), *arguments],
        cwd=ROOT,
        env={**environment, **server.settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(server: Server, *arguments: str) -> None:
    process = command(server, *arguments)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said + server.tail()


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)


@dataclass
class Reader:
    """Reads sealed letters one after the other until the server is gone, and notes what does not open."""

    wire: Wire
    letters: dict[str, str]
    read: int = 0
    trouble: list[str] = field(default_factory=list)

    def run(self) -> None:
        while True:
            for path, text in self.letters.items():
                try:
                    answer = self.wire.get(path)
                except requests.RequestException:
                    return
                if answer.status_code != 200 or markup.visible_text(answer.text) != text:
                    self.trouble.append(f"{path}: {answer.status_code}")
                    return
                self.read += 1


def test_case_227_killed_at_any_point_of_a_rotation(launch: Callable[..., Server], ledger: Ledger):
    server = launch()
    demo = server.demo()
    chance = random.Random(227)
    ada: Human = signed_in(server.base, ledger, next(one for one in demo["people"] if one["name"].startswith("Ada")))
    for _ in range(LETTERS):
        flow.new_developer_token(ada, "acme")
    token = ledger.add(demo["developer_token"])
    wire = Wire(server.base, ledger)
    paths = list(dict.fromkeys(markup.links(wire.page("/demo/mail"), "/demo/mail/")))
    letters = {path: markup.visible_text(wire.page(path)) for path in paths}
    assert len(letters) >= LETTERS
    key_file = server.data / "keys" / "master.key"

    read = 0
    for _ in range(KILLS):
        reader = Reader(Wire(server.base, ledger), letters)
        thread = threading.Thread(target=reader.run)
        thread.start()
        rotation = command(server, "keys", "rotate")
        # The server looks at the file every two seconds; then it is a matter of milliseconds.
        time.sleep(chance.uniform(0, 2.4))
        victims = chance.choice(["server", "command", "both"])
        if victims != "server":
            kill(rotation)
        if victims != "command":
            kill(server.process)
            server.process = None
        rotation.kill()
        rotation.communicate(timeout=10)
        if server.process is None:
            server.start()
        else:
            time.sleep(chance.uniform(0, 1))
            kill(server.process)
            server.process = None
            server.start()
        thread.join(timeout=30)
        assert not thread.is_alive() and reader.trouble == []
        read += reader.read
        for path, text in letters.items():
            assert markup.visible_text(wire.page(path)) == text, path
        assert ada.is_signed_in
        api = wire.get("/v2/me", headers={"Authorization": f"Bearer {token}", "Cookie": ""})
        assert api.status_code == 200, api.text
    assert read > len(letters), "killed before anything was read"

    finish(server, "keys", "rotate")
    finish(server, "keys", "retire")
    keys = [line for line in key_file.read_text().splitlines() if line and not line.startswith("#")]
    assert len(keys) == 1
    server.stop()
    server.start()
    for path, text in letters.items():
        assert markup.visible_text(wire.page(path)) == text, path
    assert ada.is_signed_in
    server.stop()
