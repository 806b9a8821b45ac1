"""docs/seeds.md is true: every sentence of the seeds that it retells is followed against a running demo."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

import seeds_document
from browsing import Browsing
from ledger import Ledger
from seeds_document import Command, Document, Sentence, Unclear
from seeds_walk import Walk
from server import Server

DOCUMENT = seeds_document.read(seeds_document.PATH.read_text())
ADDRESS = re.compile(r"`(/[^`\s]*)`")


@pytest.fixture
def begin(browser: Browser) -> Iterator[Callable[[Server], Walk]]:
    """Somebody at a demo who has typed what is typed before the first part."""
    begun: list[Walk] = []

    def start(server: Server) -> Walk:
        # A ledger of its own: nearly all that is met here belongs to servers whose databases the last test does not search.
        begun.append(Walk(server, Browsing(browser, server.base, Ledger())))
        for command in DOCUMENT.before:
            begun[-1].type(command)
        return begun[-1]

    yield start
    for walk in begun:
        walk.terminal.close()
        walk.windows.close()


@pytest.mark.parametrize("seed", ["000", "001", "002", "003", "004"])
def test_a_seed_can_be_followed_sentence_by_sentence(begin, launch: Callable[..., Server], seed: str):
    walk = begin(launch())
    for sentence in DOCUMENT.parts[seed]:
        walk.follow(sentence)
    assert walk.windows.complaints == []


def test_every_part_is_followed_above():
    (mark,) = test_a_seed_can_be_followed_sentence_by_sentence.pytestmark
    assert list(DOCUMENT.parts) == mark.args[1]


@pytest.mark.parametrize("seed", DOCUMENT.parts)
def test_the_sentences_of_a_seed_are_numbered_without_a_gap(seed: str):
    numbers = [sentence.number for sentence in DOCUMENT.parts[seed]]
    assert numbers == [f"{seed}.{number}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("sentence", DOCUMENT.sentences, ids=lambda sentence: sentence.number)
def test_a_sentence_can_be_tried_where_it_says(sentence: Sentence):
    assert sentence.can_fail, "nothing here could turn out to be wrong"
    for address in ADDRESS.findall(sentence.prose):
        assert re.search(rf"{re.escape(address)}(?![\w/])", sentence.tried), f"{address} is named, but not gone to"


def test_what_is_otherwise_here_is_listed_at_the_top():
    otherwise = {sentence.number for sentence in DOCUMENT.sentences if "**Otherwise here:**" in sentence.prose}
    assert set(re.findall(r"\b\d{3}\.\d+\b", DOCUMENT.prose)) == otherwise


def with_one(sentence: str) -> Document:
    return seeds_document.read(f"## Seed 999\n\n{sentence}\n")


@pytest.mark.parametrize(
    "unclear",
    [
        "**998.1** Under another seed.",
        "- As Ada, see **Welcome**",
        "**999.1** Steps that nobody understands.\n\n- As Ada, look around.",
        "**999.1** Nobody in particular.\n\n- open `/`, see **Gatewright**.",
        "**999.1** An answer to nothing.\n\n```text\n200\n```",
        "**999.1** Another language.\n\n```swift\n1 + 1\n```",
    ],
)
def test_what_cannot_be_tried_is_refused(unclear: str):
    with pytest.raises(Unclear):
        with_one(unclear)


@pytest.mark.parametrize(
    "idle", ["", "- As Ada, open `/dashboard`, follow **Apps**.", "- Let a day pass.", "```sh\ntrue\n```"]
)
def test_a_sentence_that_cannot_turn_out_wrong_is_found(idle: str):
    (sentence,) = with_one(f"**999.1** Said, not shown.\n\n{idle}").sentences
    assert not sentence.can_fail


@pytest.mark.parametrize(
    "wrong",
    [
        "- As Ada, open `/nowhere`, see **Gatewright**.",
        "- As Ada, open `/dashboard` (404).",
        "- As Ada, open `/dashboard`, arrive at `…/account`.",
        "- As Ada, open `/dashboard`, keep `gw_dt_…` as `TOKEN`.",
        "- As Ada, open `/dashboard`, see no **Welcome, Ada**.",
        '```sh\ncurl -s "$BASE/healthz"\n```\n\n```text\nfine\n```',
        "```sh\necho something\n```",
        "```sh\nexit\n```",
    ],
)
def test_what_is_wrong_is_noticed(begin, server: Server, wrong: str):
    walk = begin(server)
    (sentence,) = with_one(f"**999.1** It is not so.\n\n{wrong}").sentences
    with pytest.raises(AssertionError, match=r"docs/seeds\.md:\d+, 999\.1"):
        walk.follow(sentence)


def test_an_answer_is_compared_as_a_whole():
    assert seeds_document.matches('{"id":…,"name":"Ada"}', '{"id":1,"name":"Ada"}')
    assert not seeds_document.matches('"name":"Ada"', '{"id":1,"name":"Ada"}')
    assert [Command("true", 3)] == seeds_document.read("# A\n\n```sh\ntrue\n```").before
