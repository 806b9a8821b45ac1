"""Somebody who does what docs/seeds.md says: a terminal, and a browser window for each person."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import threading

import playwright.sync_api
from playwright.sync_api import Locator, Page, expect

import browsing
import seeds_document
from browsing import Browsing
from seeds_document import Command, Sentence, Step
from server import ROOT, Server, binary

SECONDS = {"a minute": 61, "ten minutes": 601, "a day": 86_401, "a year": 366 * 86_400}
# The times that codes and tokens are judged by, and when somebody last proved who they are: nobody is signed out meanwhile.
TIMES = {
    "access_tokens": ("issued_at", "expires_at"),
    "authorization_codes": ("issued_at", "expires_at", "redeemed_at"),
    "connections": ("expires_at", "refreshed_at"),
    "developer_tokens": ("created_at", "expires_at"),
    "refresh_tokens": ("issued_at", "rotated_at"),
    "sessions": ("authenticated_at", "confirmed_at"),
    "token_families": ("created_at", "last_used_at", "revoked_at"),
}


class Terminal:
    """One bash, which keeps its variables from block to block."""

    END = "== end of the answer =="

    def __init__(self, server: Server):
        self.process = subprocess.Popen(
            ["bash", "-s"],
            cwd=ROOT,
            env={**os.environ, "GATEWRIGHT_DATA": str(server.data), "GATEWRIGHT_BINARY": str(binary())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, code: str) -> str:
        """What the code prints, errors included."""
        watch = threading.Timer(60, self.process.kill)
        watch.start()
        self.process.stdin.write(f"{code}\necho; echo '{self.END}'\n")
        self.process.stdin.flush()
        printed = ""
        for line in self.process.stdout:
            if line.rstrip("\n") == self.END:
                watch.cancel()
                return printed.strip()
            printed += line
        raise AssertionError(f"the terminal closed:\n{printed}")

    def expand(self, text: str) -> str:
        return self.run(f'printf %s "{text}"') if "$" in text else text

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def called(name: str) -> re.Pattern:
    """What has this name. Links in a row say of what to those who hear them: `Revoke`, seen, is `Revoke: A try`."""
    spelled = re.escape(name).replace(":", r"\s*:")
    return re.compile(rf"^{spelled}(\s*:.*)?$")


class Walk:
    """Follows sentences, in order, at one running demo."""

    def __init__(self, server: Server, windows: Browsing):
        self.server = server
        self.windows = windows
        self.cast = {person["name"]: person for person in server.demo()["people"]}
        self.passwords = {name: person["password"] for name, person in self.cast.items()}
        self.pages: dict[str, Page] = {}
        self.scripted: set[str] = set()
        self.terminal = Terminal(server)
        self.person = ""

    def follow(self, sentence: Sentence) -> None:
        for action in sentence.actions:
            try:
                self.type(action) if isinstance(action, Command) else self.take(action)
            except (AssertionError, playwright.sync_api.Error) as problem:
                first = str(problem).split("Call log:")[0].split("Aria snapshot:")[0]
                page = self.pages.get(self.person)
                where = f"\nat {page.url}: {' '.join(page.inner_text('body').split())[:1200]}" if page else ""
                raise AssertionError(f"docs/seeds.md:{action.line}, {sentence.number}: {first}{where}") from None

    def type(self, command: Command) -> None:
        said = self.terminal.run(command.code)
        wanted = command.answer or ""
        assert seeds_document.matches(wanted, said), f"\n$ {command.code}\nshould answer:\n{wanted}\nand said:\n{said}"

    def take(self, step: Step) -> None:
        several = step.verb in ("choose", "see", "see no")
        values = seeds_document.words(step.values[0]) if several else step.values
        match step.verb, [self.terminal.expand(value) for value in values]:
            case "as", [person, *script]:
                self.turn_to(person, script=bool(script))
            case "open", [address, *status]:
                answer = self.page.goto(address)
                wanted = int(status[0]) if status else 200
                assert answer.status == wanted, f"{address} answered {answer.status}, not {wanted}"
                self.confirm()
            case "follow", [name]:
                self.click(self.page.get_by_role("link", name=called(name)).first)
            case "unfold", [name]:
                self.page.locator("summary", has_text=called(name)).first.click()
            case "press", [name]:
                self.click(self.page.get_by_role("button", name=called(name)).last)
            case "popup", [name]:
                self.popup.get_by_role("button", name=called(name)).last.click()
            case "fill", [label, value]:
                self.page.get_by_label(label, exact=True).fill(value)
                if label == "Password":
                    self.passwords[self.person] = value
            case "choose", labels:
                for label in labels:
                    self.choose(label)
            case "see", words:
                for word in words:
                    expect(self.page.locator("body")).to_contain_text(word, use_inner_text=True)
            case "see no", words:
                for word in words:
                    expect(self.page.locator("body")).not_to_contain_text(word, use_inner_text=True)
            case "arrive", [address]:
                self.page.wait_for_url(lambda url: seeds_document.matches(address, url))
            case "keep", [beginning, name]:
                self.keep(beginning, name)
            case "wait", [span]:
                self.let_pass(SECONDS[span])

    @property
    def page(self) -> Page:
        return self.pages[self.person]

    @property
    def popup(self) -> Page:
        """What the page has opened last."""
        pages = self.page.context.pages
        return pages[1] if len(pages) > 1 else self.page.context.wait_for_event("page")

    def turn_to(self, person: str, script: bool) -> None:
        """To this person's window. A visitor's is new each time, and signed out; so is somebody's who is not in the cast."""
        name = f"{person} with script" if script else person
        self.person = name
        if name not in self.pages or person == "visitor":
            # Without script every button leads to another page: there is nothing to wait for but that.
            self.pages[name] = self.windows.open(script=script)
            if script:
                # Playwright tells every page that it has the focus; with a popup before it, it has not.
                self.page.add_init_script("document.hasFocus = () => false")
                self.scripted.add(name)
            if person in self.cast:
                browsing.sign_in(self.page, self.cast[person])
                self.page.wait_for_url("**/dashboard")

    def click(self, what: Locator) -> None:
        if self.person in self.scripted:
            return what.click()
        with self.page.expect_navigation():
            what.click()
        self.confirm()

    def confirm(self) -> None:
        """The password again, which is asked for before what is dangerous when the sign-in was long ago."""
        box = self.page.locator("input[name=confirm_password]")
        if box.count():
            box.fill(self.passwords[self.person])
            with self.page.expect_navigation():
                box.press("Enter")

    def choose(self, label: str) -> None:
        """A box or button of the form, whose label begins so, or a value of a list."""
        beginning = re.compile(rf"^{re.escape(label)}(?!\w)")
        for role in ("checkbox", "radio"):
            found = self.page.get_by_role(role, name=beginning)
            if found.count():
                return found.first.check()
        lists = self.page.locator("select").filter(has=self.page.locator("option", has_text=beginning))
        lists.first.select_option(label=label)

    def keep(self, beginning: str, name: str) -> None:
        wanted = re.compile(re.escape(beginning.removesuffix("…")) + r"\w+")
        found = wanted.search(f"{self.page.url}\n{self.page.inner_text('body')}")
        assert found, f"nothing here begins with {beginning}"
        self.terminal.run(f"{name}={shlex.quote(found.group())}")

    def let_pass(self, seconds: int) -> None:
        """Nobody can turn this server's clock, so what it has written down is made older while it rests."""
        self.server.stop()
        with sqlite3.connect(self.server.database) as stored:
            for table, columns in TIMES.items():
                earlier = ", ".join(f"{column} = {column} - {seconds}" for column in columns)
                stored.execute(f"UPDATE {table} SET {earlier}")
        stored.close()
        self.server.start()
