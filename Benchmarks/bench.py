#!/usr/bin/env python3
"""make bench: how fast and how small the release build is, as ratios measured in one run on one machine.

A throughput is compared with GET /healthz, which does nothing, in the same round, with the same number of
connections and the same load generator; the figure is the median of the rounds' ratios. The load generator shares
the machine with the server, so rates say little by themselves, and ratios say much.

Standard library only, beside wrk. Prints a table, writes var/bench.json, and exits 1 if a bar does not hold.
"""

import argparse
import concurrent.futures
import http.client
import http.server
import itertools
import json
import operator
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[1]
FORM = "application/x-www-form-urlencoded"


def main() -> int:
    options = arguments()
    data = Path(tempfile.mkdtemp(prefix="gatewright-bench-"))
    try:
        figures = measure(options, data)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    report(figures)
    return 0 if all(figure["holds"] is not False for figure in figures) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement in a round")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1, help="of wrk; the other core is the server's")
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--links", type=int, default=100_000, help="connections of the broker")
    parser.add_argument("--crowd-tokens", type=int, default=1_000_000, help="stored when an API asks about them")
    parser.add_argument("--crowd-grants", type=int, default=10_000, help="to one app in one workspace")
    parser.add_argument("--crowd-events", type=int, default=1_000_000, help="in the audit log of one workspace")
    parser.add_argument("--binaries", type=Path, default=ROOT / ".build/release", help="a folder with what is measured")
    parser.add_argument("--most", type=int, default=8_000, help="codes and refresh tokens made for each second")
    options = parser.parse_args()
    options.binaries = options.binaries.resolve()
    return options


def measure(options: argparse.Namespace, data: Path) -> list[dict]:
    provider = Provider()
    provider.write_entry(data / "providers")
    with Server(options, data, mode="demo"):
        # Starting fills the folder with the demo's tenants, people and app.
        while not (data / "demo.json").exists():
            time.sleep(0.1)
    single_use = options.rounds * options.seconds * options.most
    fill(options, data, "seed", tokens=options.tokens, codes=single_use, families=single_use, connections=options.links,
         expiring=EXPIRING * 3)
    seed = json.loads((data / "bench.json").read_text())
    print(f"Stored: {len(seed['tokens'])} developer tokens, {len(seed['codes'])} codes, "
          f"{len(seed['refresh_tokens'])} refresh tokens, {len(seed['links']['fresh'])} connections.", flush=True)

    figures = []
    first_answers = []
    for _ in range(5):
        with Server(options, data, seed["tokens"][0]) as server:
            first_answers.append(server.seconds_to_first_answer)
    figures.append(figure("first answer after start", statistics.median(first_answers), "s", "<", 0.5))

    with Server(options, data, seed["tokens"][0]) as server:
        time.sleep(2)
        figures.append(figure("resident memory, idle", server.resident_megabytes(), "MB", "<", 60))
        figures.append(figure("PRAGMA synchronous while writing", server.synchronous(), "", "=", 2))
        figures.append(figure("consent page, server time", consent_page(server, seed["consent"]), "ms", "<", 1))
        figures += throughput(server, seed, options, data)
        figures += pages_of_connections(server, seed)
        figures.append(all_at_once(server, seed, provider))
        figures.append(figure("resident memory, after the load", server.resident_megabytes(), "MB"))
    figures.append(figure("release binary", (options.binaries / "gatewright").stat().st_size / 1e6, "MB"))
    return figures + crowded(seed, options, data)


def crowded(seed: dict, options: argparse.Namespace, data: Path) -> list[dict]:
    """After everything else, since what is stored for it would weigh on the other figures."""
    began = time.perf_counter()
    fill(options, data, "crowd", tokens=options.crowd_tokens, grants=options.crowd_grants, events=options.crowd_events)
    crowd = json.loads((data / "crowd.json").read_text())
    print(f"Stored in {time.perf_counter() - began:.0f} s: {options.crowd_tokens} tokens more, {options.crowd_grants} "
          f"grants to one app and {options.crowd_events} events of one workspace.", flush=True)
    with Server(options, data, seed["tokens"][0]) as server:
        return questions(server, crowd, options, data) + pages(server, seed["consent"]["cookie"], crowd)


def questions(server: "Server", crowd: dict, options: argparse.Namespace, data: Path) -> list[dict]:
    """What an API of the operator's, or the proxy in front of it, asks at each of its own requests."""
    def kinds() -> dict[str, list[tuple]]:
        return {
            "nothing": [("GET", "/healthz", bearer(token), "") for token in crowd["tokens"]],
            "introspection": [introspection(crowd, token) for token in crowd["tokens"]],
            "forward authentication": [("GET", crowd["verify_path"], bearer(token), "") for token in crowd["tokens"]],
        }

    rounds = interleaved(server, kinds, options, data)
    return [
        row for name in ("introspection", "forward authentication") for row in (
            figure(name, median(rounds, name), "requests/s"),
            figure(f"{name} ÷ do-nothing", ratio(rounds, name), "", "≥", 0.5))
    ]


def pages(server: "Server", cookie: str, crowd: dict) -> list[dict]:
    """Of the many filters the slowest counts."""
    def milliseconds(path: str) -> float:
        return server_time(server, path, cookie, "page", times=30)

    def filtered(queries: list[str]) -> float:
        return max(milliseconds(f"{crowd['audit_path']}?{query}") for query in queries)

    return [
        figure("apps of a workspace, server time", milliseconds(crowd["apps_path"]), "ms", "<", 20),
        figure("grants to one app, server time", milliseconds(crowd["app_path"]), "ms", "<", 20),
        figure("audit page, server time", milliseconds(crowd["audit_path"]), "ms", "<", 20),
        figure("audit page, slowest filter", filtered(crowd["filters"]), "ms", "<", 20),
        figure("audit page, slowest two filters", filtered(crowd["pairs"]), "ms", "<", 20),
    ]


def fill(options: argparse.Namespace, data: Path, work: str, **counts: int) -> None:
    words = [word for name, count in counts.items() for word in (f"--{name}", str(count))]
    subprocess.run([options.binaries / "gatewright-bench", work, "--data", data, *words], check=True, cwd=ROOT)


def throughput(server: "Server", seed: dict, options: argparse.Namespace, data: Path) -> list[dict]:
    each = options.seconds * options.most
    codes, families = batches(seed["codes"], each), batches(seed["refresh_tokens"], each)

    def kinds() -> dict[str, list[tuple]]:
        tokens = random.sample(seed["tokens"], min(len(seed["tokens"]), 50_000))
        return {
            "nothing": [("GET", "/healthz", bearer(token), "") for token in tokens],
            "/v2/me": [("GET", "/v2/me", bearer(token), "") for token in tokens],
            "token issue": [redemption(seed, code) for code in next(codes)],
            "refresh": [refreshing(seed, token) for token in next(families)],
            "connection": [fetch(seed, link) for link in random.sample(
                seed["links"]["fresh"], min(len(seed["links"]["fresh"]), 50_000))],
        }

    rounds = interleaved(server, kinds, options, data)
    return [
        figure("do-nothing route", median(rounds, "nothing"), "requests/s"),
        figure("/v2/me", median(rounds, "/v2/me"), "requests/s"),
        figure("/v2/me ÷ do-nothing", ratio(rounds, "/v2/me"), "", "≥", 0.5),
        figure("token issue", median(rounds, "token issue"), "requests/s"),
        figure("token issue ÷ do-nothing", ratio(rounds, "token issue"), "", "≥", 0.15),
        figure("refresh", median(rounds, "refresh"), "requests/s"),
        figure("refresh ÷ do-nothing", ratio(rounds, "refresh"), "", "≥", 0.1),
        figure("fetch of a fresh connection", median(rounds, "connection"), "requests/s"),
        figure("fetch of a fresh connection ÷ do-nothing", ratio(rounds, "connection"), "", "≥", 0.35),
    ]


def interleaved(server: "Server", kinds, options: argparse.Namespace, data: Path) -> list[dict[str, float]]:
    """Rates by kind for each round: one kind after the other, so that a slow minute of the machine slows all alike.

    `kinds` makes the requests of one round, by the name of their kind."""
    rounds = []
    for number in range(1, options.rounds + 1):
        rates = {name: wrk(server, requests, name, options, data) for name, requests in kinds().items()}
        rounds.append(rates)
        print(f"round {number}: " + ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items()), flush=True)
    return rounds


def median(rounds: list[dict[str, float]], name: str) -> float:
    return statistics.median(rates[name] for rates in rounds)


def ratio(rounds: list[dict[str, float]], name: str) -> float:
    return statistics.median(rates[name] / rates["nothing"] for rates in rounds)


# Requests ------------------------------------------------------------------------------------------------------------


def bearer(token: str) -> dict:
    return {"Authorization": f"Bearer {token}"}


def redemption(seed: dict, code: str) -> tuple:
    return token_request(seed, {
        "grant_type": "authorization_code", "code": code,
        "redirect_uri": seed["client"]["callback"], "code_verifier": seed["client"]["code_verifier"]})


def refreshing(seed: dict, token: str) -> tuple:
    return token_request(seed, {"grant_type": "refresh_token", "refresh_token": token})


def introspection(crowd: dict, token: str) -> tuple:
    return ("POST", crowd["introspection_path"], {"Content-Type": FORM}, urlencode({"token": token} | crowd["api"]))


def token_request(seed: dict, fields: dict) -> tuple:
    client = {"client_id": seed["client"]["client_id"], "client_secret": seed["client"]["client_secret"]}
    return ("POST", seed["token_path"], {"Content-Type": FORM}, urlencode(fields | client))


def fetch(seed: dict, link: str) -> tuple:
    links = seed["links"]
    path = f"/connection/{link}?provider_config_key={links['integration']}&force_refresh=false&refresh_token=false"
    return ("GET", path, bearer(links["secret_key"]), "")


def batches(items: list, size: int):
    return (items[start:start + size] for start in itertools.count(0, size))


def wrk(server: "Server", requests: list[tuple], name: str, options: argparse.Namespace, data: Path) -> float:
    """Answered requests (2xx) a second."""
    stem = data / "requests"
    for thread in range(options.threads):
        with open(f"{stem}.{thread}", "w") as file:
            for method, path, headers, body in requests[thread::options.threads]:
                lines = [f"{header}: {value}" for header, value in headers.items()]
                file.write("\n".join([method, path, str(len(lines)), *lines, body]) + "\n")
    run = subprocess.run(
        ["wrk", "-t", str(options.threads), "-c", str(options.connections), "-d", f"{options.seconds}s",
         "-s", ROOT / "Benchmarks/load.lua", server.base, "--", stem],
        check=True, capture_output=True, text=True)
    result = json.loads(run.stdout.strip().splitlines()[-1])
    if result["failed"]:
        print(f"  {name}: {result['failed']} of {result['requests']} failed"
              + (" (more were asked for than --most provides)" if result["requests"] > len(requests) else ""))
    return (result["requests"] - result["failed"]) / result["seconds"]


def consent_page(server: "Server", consent: dict) -> float:
    return server_time(server, consent["path"], consent["cookie"], "render", times=200)


def server_time(server: "Server", path: str, cookie: str, part: str, times: int) -> float:
    """Median milliseconds that the server says it spent on a page (Server-Timing: PART;dur=…)."""
    spent = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for _ in range(times):
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        page = answer.read()
        timing = re.search(rf"\b{part};dur=([0-9.]+)", answer.getheader("Server-Timing") or "")
        if answer.status != 200 or timing is None:
            raise SystemExit(f"no page at {path}: {answer.status} {answer.getheaders()} {page[:300]!r}")
        spent.append(float(timing[1]))
    return statistics.median(spent)


# The connection broker -----------------------------------------------------------------------------------------------

EXPIRING = 200


def pages_of_connections(server: "Server", seed: dict) -> list[dict]:
    """Median milliseconds of a page of 100 connections: the first, one in the middle, and one that is searched for."""
    rows = []
    last = len(seed["links"]["fresh"]) // 200
    for name, query in [("first", "page=0"), ("middle", f"page={last}"), ("searched", "search=user-77")]:
        times = []
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for _ in range(20):
            began = time.perf_counter()
            connection.request("GET", f"/connections?limit=100&{query}", headers=bearer(seed["links"]["secret_key"]))
            answer = connection.getresponse()
            listed = json.loads(answer.read())["connections"]
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status == 200 and len(listed) == 100, (answer.status, len(listed))
        rows.append(figure(f"page of {len(seed['links']['fresh']):,} connections, {name}", statistics.median(times),
                           "ms", "<", 20))
    return rows


def all_at_once(server: "Server", seed: dict, provider: "Provider") -> dict:
    """Seconds until 200 connections that have ended are all fresh, at a provider that takes 300 ms; median of 3."""
    rounds = []
    for names in itertools.islice(batches(seed["links"]["expired"], EXPIRING), 3):
        asked = provider.calls
        barrier = threading.Barrier(len(names) + 1)

        def one(name: str) -> str:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.connect()
            barrier.wait()
            _, path, headers, _ = fetch(seed, name)
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return json.loads(answer.read())["credentials"]["access_token"] if answer.status == 200 else ""

        with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
            waiting = [pool.submit(one, name) for name in names]
            barrier.wait()
            began = time.perf_counter()
            tokens = [answer.result() for answer in waiting]
            rounds.append(time.perf_counter() - began)
        assert tokens == [f"at-{name}-1" for name in names], tokens[:3]
        assert provider.calls - asked == len(names), provider.calls - asked
    return figure("200 connections that ended at once, all fresh", statistics.median(rounds), "s", "<", 2)


class Provider:
    """A token endpoint on this machine that takes 300 ms."""

    def __init__(self):
        self.calls = 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                provider.calls += 1
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                name = form["refresh_token"][0].removeprefix("rt-").rpartition("-")[0]
                time.sleep(0.3)
                body = json.dumps({"access_token": f"at-{name}-1", "refresh_token": f"rt-{name}-1", "expires_in": 7200})
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        class Crowd(http.server.ThreadingHTTPServer):
            request_queue_size = 1024
            daemon_threads = True

        server = Crowd(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def write_entry(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "slow.yaml").write_text(
            "slow:\n  title: Slow\n  docs: https://slow.example/docs\n  auth: oauth2\n"
            f"  authorize: {{url: {self.url}/authorize}}\n  token: {{url: {self.url}/token}}\n")


# The server ----------------------------------------------------------------------------------------------------------


class Server:
    """The release build on a free port; up when it has answered, and given a token, has read the database for it."""

    def __init__(
            self, options: argparse.Namespace, data: Path, token: str | None = None, mode: str = "production"):
        self.program = options.binaries / "gatewright"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.data = data
        self.token = token
        self.mode = mode
        self.log = data / "server.log"

    def __enter__(self) -> "Server":
        settings = {
            "GATEWRIGHT_PORT": str(self.port), "GATEWRIGHT_DATA": str(self.data), "GATEWRIGHT_ASSETS": str(ROOT),
            "GATEWRIGHT_MODE": self.mode, "GATEWRIGHT_PROVIDERS": str(self.data / "providers"),
            "GATEWRIGHT_OUTBOUND_ALLOW": "127.0.0.1", "GATEWRIGHT_BROKER_RATE": "0",
            "GATEWRIGHT_SERVER_TIMING": "1", "GATEWRIGHT_LOG_LEVEL": "notice"}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
        began = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.program, "serve"], cwd=ROOT, env=inherited | settings,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        while not self.answers():
            if self.process.poll() is not None or time.perf_counter() - began > 30:
                raise SystemExit(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.005)
        self.seconds_to_first_answer = time.perf_counter() - began
        return self

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/v2/me" if self.token else "/healthz", headers=bearer(self.token or "none"))
            answer = connection.getresponse()
        except (ConnectionError, socket.timeout):
            return False
        finally:
            connection.close()
        if answer.status != 200:
            raise SystemExit(f"the first request was answered with {answer.status}")
        return True

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024

    def synchronous(self) -> int:
        """As the server itself read it back on the connection that writes, and logged it."""
        found = re.search(r"synchronous[=:]\s*(\d)", self.log.read_text())
        return int(found[1]) if found else -1


# The report ----------------------------------------------------------------------------------------------------------


SIGNS = {"≥": operator.ge, "<": operator.lt, "=": operator.eq}


def figure(name: str, value: float, unit: str, sign: str = "", bar: float | None = None) -> dict:
    """One row. Without a bar it is there for information, and `holds` is null."""
    holds = SIGNS[sign](value, bar) if sign else None
    return {"name": name, "value": round(value, 3), "unit": unit, "sign": sign, "bar": bar, "holds": holds}


def report(figures: list[dict]) -> None:
    public = [{key: entry[key] for key in ("name", "value", "unit", "bar", "holds")} for entry in figures]
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var/bench.json").write_text(json.dumps(public, indent=2, ensure_ascii=False) + "\n")
    print("\n| what | measured | bar | holds |\n|---|---:|---|---|")
    for entry in figures:
        bar = f"{entry['sign']} {entry['bar']}" if entry["sign"] else ""
        verdict = {True: "yes", False: "**NO**", None: ""}[entry["holds"]]
        print(f"| {entry['name']} | {entry['value']:,} {entry['unit']} | {bar} | {verdict} |")
    print(f"\n{os.cpu_count()} cores, shared with the load generator. Also in var/bench.json.")


if __name__ == "__main__":
    sys.exit(main())
