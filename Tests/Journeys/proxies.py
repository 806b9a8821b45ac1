"""The examples as they are shipped, moved to free ports: a real proxy, a real API, and Gatewright between them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import requests

from server import ROOT, free_port

EXAMPLES = ROOT / "examples"


class Chain:
    """One proxy with the example API behind it. `base` is where callers go."""

    def __init__(self, kind: str, gatewright: str, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.base = f"http://127.0.0.1:{free_port()}"
        self.api = f"http://127.0.0.1:{free_port()}"
        ports = {"8080": gatewright, "8081": self.base, "8082": self.api}
        source = EXAMPLES / ("nginx/nginx.conf" if kind == "nginx" else "caddy/Caddyfile")
        text = source.read_text()
        for shipped, address in ports.items():
            assert f"127.0.0.1:{shipped}" in text, f"{source} has no port {shipped}"
            text = text.replace(f"127.0.0.1:{shipped}", address.removeprefix("http://"))
        self.config = folder / source.name
        self.config.write_text(text)
        self.log = (folder / "log.txt").open("wb")
        port = self.api.rpartition(":")[2]
        commands = [[sys.executable, str(EXAMPLES / "nginx/api.py"), port], command(kind, folder, self.config)]
        environment = {**os.environ, "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        self.processes = [
            subprocess.Popen(one, stdout=self.log, stderr=self.log, cwd=folder, env=environment) for one in commands
        ]
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                requests.get(self.api + "/orders", timeout=2)
                requests.get(self.base + "/orders", timeout=2)
                return
            except requests.ConnectionError:
                assert all(one.poll() is None for one in self.processes), (self.folder / "log.txt").read_text()
                time.sleep(0.1)
        raise AssertionError("the proxy did not come up: " + (self.folder / "log.txt").read_text())

    def stop(self) -> None:
        for one in reversed(self.processes):
            one.terminate()
        for one in self.processes:
            one.wait(timeout=10)
        self.log.close()


def command(kind: str, folder: Path, config: Path) -> list[str]:
    if kind == "nginx":
        # Debian keeps it where only root has it on the PATH.
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        return [nginx, "-p", str(folder), "-c", str(config)]
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
