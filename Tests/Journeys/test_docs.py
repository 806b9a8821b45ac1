"""The docs in the product: what they show to paste is pasted, and works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import playwright
import pytest
from playwright.sync_api import expect

import flow
import markup
from browsing import Browsing
from human import Human
from wire import Wire

NODE = Path(playwright.__file__).parent / "driver" / "node"


@pytest.fixture
def developer(newcomer: Human) -> tuple[Human, flow.App]:
    """A newcomer with an app of their own; in their sandbox they are the admin who is asked."""
    place = f"/t/{newcomer.tenant}"
    assert newcomer.submit(place, {}, action=f"{place}/sample-people").status_code == 303
    return newcomer, flow.register(newcomer, "https://roster.example/callback")


def examples(page: str, language: str) -> list[str]:
    """The code of one language, block by block."""
    parts = [part for part in markup.parse(page).iter("div") if part.get("class") == f"language {language}"]
    return ["".join(pre.itertext()) for part in parts for pre in part.iter("pre")]


def allow(human: Human, address: str) -> str:
    """The address that the app is called back at, after the person allowed what `address` asks."""
    parts = urlsplit(address.strip())
    answer = human.wire.get(f"{parts.path}?{parts.query}")
    if answer.status_code == 200:
        answer = flow.decide(human, answer.text, "allow")
    return answer.headers["Location"]


def run_and_allow(command: list[str], human: Human, app: flow.App, tmp_path: Path) -> str:
    """Runs an example that prints where to send people and reads where they came back to."""
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "CLIENT_SECRET": app.client_secret or ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    address = process.stdout.readline()
    rest, _ = process.communicate(allow(human, address) + "\n", timeout=30)
    assert process.returncode == 0, address + rest
    return rest


@pytest.mark.parametrize("place", ["/apps/{app}", "/docs/quickstart?app={app}"])
def test_the_flow_in_python_and_javascript_runs_as_it_stands(
    developer: tuple[Human, flow.App], tmp_path: Path, place: str
):
    human, app = developer
    page = human.page(place.format(app=app.id))
    (python,) = [code for code in examples(page, "python") if "code_verifier" in code]
    (tmp_path / "flow.py").write_text(python)
    assert "Amina" in run_and_allow([sys.executable, "-u", "flow.py"], human, app, tmp_path)
    (script,) = [code for code in examples(page, "javascript") if "code_verifier" in code]
    (tmp_path / "flow.mjs").write_text(script)
    assert "Amina" in run_and_allow([str(NODE), "flow.mjs"], human, app, tmp_path)


def test_the_flow_in_a_shell_runs_as_it_stands(developer: tuple[Human, flow.App]):
    human, app = developer
    prepare, redeem, call, refresh = examples(human.page(f"/apps/{app.id}"), "curl")
    shell = subprocess.Popen(
        ["bash", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1
    )

    def run(script: str) -> str:
        shell.stdin.write(f"{script}\necho; echo END\n")
        shell.stdin.flush()
        return "".join(iter(shell.stdout.readline, "END\n"))

    address = run(prepare.replace("paste the client secret here", app.client_secret))
    came_back = parse_qs(urlsplit(allow(human, address)).query)
    assert run('echo "$STATE"').strip() == came_back["state"][0]
    tokens = run(redeem.replace("paste the code here", came_back["code"][0]))
    found = {name: re.search(f'"{name}":"([^"]+)"', tokens).group(1) for name in ("access_token", "refresh_token")}
    run("".join(f"{name.upper()}={value}\n" for name, value in found.items()))
    assert "Amina" in run(call)
    assert '"access_token":"' in run(refresh)
    shell.stdin.close()
    assert shell.wait(timeout=10) == 0


def test_the_first_call_runs_in_every_language_it_is_shown_in(newcomer: Human, tmp_path: Path):
    _, token = flow.new_developer_token(newcomer, newcomer.tenant, ("account:read",))
    page = newcomer.page("/docs/quickstart")
    environment = {"PATH": os.environ["PATH"], "TOKEN": token}
    for language, name, command in [
        ("curl", "call.sh", ["bash"]),
        ("python", "call.py", [sys.executable]),
        ("javascript", "call.mjs", [str(NODE)]),
    ]:
        code = examples(page, language)[0].replace("TOKEN='paste the token here'\n", "")
        (tmp_path / name).write_text(code)
        ran = subprocess.run(
            [*command, name], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30
        )
        assert newcomer.email in ran.stdout, (language, ran.stderr)


def test_a_newcomer_gets_from_the_front_page_to_a_working_token(
    browsing: Browsing, newcomer: Human, wire: Wire, script: bool
):
    """From `/` by links alone: quick start, the filled-in form, the token, the call."""
    page = browsing.open(script=script, person=newcomer)
    page.goto("/")
    page.get_by_role("link", name="Quick start").first.click()
    page.wait_for_url("**/docs/quickstart")
    page.get_by_role("link", name="Create a token").first.click()
    expect(page.locator("#field-description")).to_have_value("Quick start")
    page.get_by_role("button", name="Create token").click()
    page.wait_for_url("**/created")
    token = re.search(r"gw_dt_[0-9A-Za-z]{36}", page.locator("main").inner_text()).group()
    answer = wire.get("/v2/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200 and answer.json()["email"] == newcomer.email


def test_one_language_is_shown_at_a_time_with_or_without_script(browsing: Browsing, newcomer: Human, script: bool):
    page = browsing.open(script=script, person=newcomer)
    page.goto("/docs/quickstart")
    expect(page.locator(".language.curl").first).to_be_visible()
    expect(page.locator(".language.python").first).to_be_hidden()
    page.get_by_text("Python", exact=True).click()
    expect(page.locator(".language.python").first).to_be_visible()
    expect(page.locator(".language.curl").first).to_be_hidden()


def test_the_form_for_scopes_keeps_its_shape_without_script(browsing: Browsing, newcomer: Human):
    page = browsing.open(script=False, person=newcomer, width=320)
    for path in ("/tokens/new", "/apps/new"):
        page.goto(path)
        heights = [box.bounding_box()["height"] for box in page.locator(".group div.check").all()]
        assert heights and max(heights) < 260, (path, heights)
