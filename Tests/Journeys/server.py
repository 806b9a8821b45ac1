"""The built binary, started as people start it: by environment variables, on a free port, in its own folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = "Gatewright is ready at"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binary() -> Path:
    path = Path(os.environ.get("GATEWRIGHT_BINARY", ROOT / ".build/debug/gatewright"))
    return path if path.is_absolute() else ROOT / path


class Server:
    """One running Gatewright. `base` is where it answers, `data` its folder, `log` all it printed."""

    def __init__(self, data: Path, settings: dict[str, str] | None = None, log_name: str = "log.txt"):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.data = data
        self.log = data.parent / f"{data.name}-{log_name}"
        self.settings = {
            "GATEWRIGHT_MODE": "demo",
            "GATEWRIGHT_PORT": str(self.port),
            "GATEWRIGHT_DATA": str(data),
            "GATEWRIGHT_ASSETS": os.environ.get("GATEWRIGHT_ASSETS", str(ROOT)),
            # The backtracer would keep a dead server's pipe open for minutes.
            "SWIFT_BACKTRACE": "enable=no",
            **(settings or {}),
        }
        self.base = self.settings.get("GATEWRIGHT_BASE_URL", self.address)
        self.process: subprocess.Popen | None = None

    def start(self, within: float = 60) -> Server:
        # Nothing of the caller's own GATEWRIGHT_ settings may leak in.
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("GATEWRIGHT_")}
        said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(binary()), "serve"],
                cwd=ROOT,
                env={**inherited, **self.settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if READY.encode() in self.log.read_bytes()[said_before:]:
                return self
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode} while starting:\n{self.tail()}")
            time.sleep(0.02)
        self.stop()
        raise AssertionError(f"no '{READY}' within {within} s:\n{self.tail()}")

    def stop(self) -> None:
        """Ends it as an operator would. A server that is already gone has crashed, which is everybody's outage."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is not None:
            raise AssertionError(f"the server died by itself with {process.returncode}:\n{self.tail()}")
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the server did not end within 15 s of SIGTERM") from None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def database(self) -> Path:
        return self.data / "gatewright.sqlite"

    def demo(self) -> dict:
        return json.loads((self.data / "demo.json").read_text())

    def logged(self) -> bytes:
        """All that was printed, without the demo's welcome, which is there to hand out the demo's passwords."""
        text = self.log.read_bytes()
        before, begin, rest = text.partition(b"This is a demo:")
        _, end, after = rest.partition(READY.encode())
        assert bool(begin) == bool(end), "a welcome without an end"
        return before + after

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
