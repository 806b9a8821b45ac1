"""Somebody else's token endpoint at its worst, byte by byte: what it does is written in the code or token it is sent."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs

CANARY = "canary-of-a-body-4711"
"""Stands in what cannot be used: nobody may log, show or keep it."""

UNREADABLE = "HTTP 200, unreadable"
# What ends without a token, and the reason that the broker gives for it.
REFUSALS = {
    "silent": "timedOut", "slow": "timedOut", "slow_head": "timedOut", "huge": "tooLarge", "huge_head": "tooLarge",
    "drops": "broken", "resets": "broken", "cut": "broken", "no_http": "broken",
    "moved_302": "HTTP 302, unreadable", "moved_303": "HTTP 303, unreadable", "moved_307": "HTTP 307, unreadable",
    "moved_308": "HTTP 308, unreadable", "empty": UNREADABLE, "html": UNREADABLE, "half": UNREADABLE, "list": UNREADABLE,
    "deep": UNREADABLE, "utf16": UNREADABLE, "nul": UNREADABLE, "twice": UNREADABLE,
    "number": "HTTP 200 without an access token", "null": "HTTP 200 without an access token",
    "shaky_in_200": "internal_error", "revoked_in_200": "token_revoked", "down": "HTTP 503, unreadable",
    "gone": "invalid_grant",
}  # fmt: skip

# Of these only connecting again helps.
GONE = {"gone", "revoked_in_200"}

LIFETIMES = {
    "forever": "1e300", "overflow": "9223372036854775807", "more": "99999999999999999999999", "below": "-1", "zero": "0",
    "text": '"3600"', "fraction": "3600.5", "yes": "true", "none": "null", "listed": "[]", "object": '{"s":1}',
}  # fmt: skip


class Misbehaving:
    """`asked` counts the token requests by behaviour, `elsewhere` what came to where a redirect points."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.elsewhere = 0
        self.is_over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def entry(self, folder: Path) -> str:
        """A folder for GATEWRIGHT_PROVIDERS with this provider in it, under the key `moody`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "moody.yaml").write_text(
            "moody:\n  title: Moody\n  docs: https://moody.example/docs\n  auth: oauth2\n"
            f"  authorize: {{url: {self.url}/authorize}}\n  token: {{url: {self.url}/token}}\n"
        )
        return str(folder)

    def close(self) -> None:
        self.is_over.set()
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            try:
                head, form = self._read(line)
                if not head.startswith(b"POST /token "):
                    self.elsewhere += 1
                    return
                behaviour = form.get("code") or form["refresh_token"]
                self.asked[behaviour] += 1
                self._answer(behaviour, line)
            except OSError:
                pass  # it did not want to hear more

    @staticmethod
    def _read(line: socket.socket) -> tuple[bytes, dict[str, str]]:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = line.recv(65536)
            if not piece:
                raise OSError("gone")
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)content-length: (\d+)", head)
        while found and len(body) < int(found[1]):
            body += line.recv(65536)
        return head, {name: values[0] for name, values in parse_qs(body.decode()).items()}

    def _answer(self, behaviour: str, line: socket.socket) -> None:
        match behaviour:
            case "silent":
                self.is_over.wait(60)
            case "slow":
                line.sendall(head(200, 60_000))
                while not self.is_over.wait(0.2):
                    line.sendall(b" ")
            case "slow_head":
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not self.is_over.wait(0.2):
                    line.sendall(b"x")
            case "huge":
                line.sendall(head(200, 10 << 30))
                while True:
                    line.sendall(b" " * 65536)
            case "huge_head":
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(1 << 20):
                    line.sendall(f"X-{number}: {'x' * 900}\r\n".encode())
            case "drops":
                pass
            case "resets":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case "cut":
                line.sendall(head(200, 500) + json.dumps({"access_token": CANARY}).encode())
            case "no_http":
                line.sendall(b"SSH-2.0-OpenSSH_9.7\r\n")
            case "moved_302" | "moved_303" | "moved_307" | "moved_308":
                line.sendall(head(int(behaviour[-3:]), 0, f"Location: {self.url}/elsewhere\r\n"))
            case "down":
                send(line, 503, CANARY)
            case "gone":
                send(line, 400, json.dumps({"error": "invalid_grant", "error_description": f"<b>{CANARY}</b>"}))
            case "fine" | "fine-again":
                send(line, 200, token("fine-again"))
            case _ if behaviour in LIFETIMES:
                send(line, 200, '{"access_token": "at-%s", "expires_in": %s}' % (behaviour, LIFETIMES[behaviour]))
            case _:
                send(line, 200, BODIES[behaviour])


def token(refresh: str) -> str:
    return json.dumps({"access_token": f"at-{time.monotonic_ns()}", "refresh_token": refresh, "expires_in": 3600})


BODIES: dict[str, str | bytes] = {
    "empty": "",
    "html": f"<!doctype html><title>Sign in</title><p>access_token={CANARY}",
    "half": f'{{"access_token": "{CANARY}',
    "list": f'["access_token", "{CANARY}"]',
    "number": '{"access_token": 4711, "token_type": "bearer"}',
    "null": '{"access_token": null, "refresh_token": null}',
    "deep": "[" * 600 + "]" * 600,
    "utf16": json.dumps({"access_token": CANARY}).encode("utf-16"),
    "nul": f'{{"access_token": "{CANARY}\\u0000b"}}',
    "twice": f'{{"access_token": "{CANARY}", "access_token": "other"}}',
    "shaky_in_200": '{"error": "internal_error", "ok": false}',
    "revoked_in_200": '{"error": "token_revoked", "ok": false}',
}


def head(status: int, length: int, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status} Word\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}"
        "Connection: close\r\n\r\n"
    ).encode()


def send(line: socket.socket, status: int, body: str | bytes) -> None:
    content = body.encode() if isinstance(body, str) else body
    line.sendall(head(status, len(content)) + content)
