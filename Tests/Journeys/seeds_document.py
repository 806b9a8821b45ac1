"""docs/seeds.md as steps to take: which parts it has, which numbered sentences, and how each can be tried.

A sentence begins with its number in bold (**000.7**). Under it, list items say what a person does on pages, in the verbs
below, and `sh` blocks what is typed into a terminal; a `text` block after one is what it answers. All else is prose.
Pages are walked without script, but for what only a script can do: then it says "with script".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "docs" / "seeds.md"

_WORDS = r"\*\*([^*]+)\*\*"
_CODE = r"`([^`]+)`"
_ONE = r"(?:\*\*[^*]+\*\*|`[^`]+`)"
_SEVERAL = rf"({_ONE}(?:(?:,| and|, and) {_ONE})*)"
VERBS = {
    "as": re.compile(r"As (?:a )?(\w+)( with script)?"),
    "open": re.compile(rf"open {_CODE}(?: \((\d\d\d)\))?"),
    "follow": re.compile(rf"follow {_WORDS}"),
    "unfold": re.compile(rf"unfold {_WORDS}"),
    "press": re.compile(rf"press {_WORDS}"),
    "popup": re.compile(rf"in the popup press {_WORDS}"),
    "fill": re.compile(rf"fill {_WORDS} with {_CODE}"),
    "choose": re.compile(rf"choose {_SEVERAL}"),
    "see no": re.compile(rf"see no {_SEVERAL}"),
    "see": re.compile(rf"see {_SEVERAL}"),
    "arrive": re.compile(rf"arrive at {_CODE}"),
    "keep": re.compile(rf"keep {_CODE} as {_CODE}"),
    "wait": re.compile(r"Let (a minute|ten minutes|a day|a year) pass"),
}
CHECKS = {"see", "see no", "arrive", "keep"}
_BETWEEN = re.compile(r"(?:[\s,.]|and\b|then\b)*")


class Unclear(Exception):
    """What stands there cannot be tried."""


@dataclass
class Step:
    verb: str
    values: tuple[str, ...]
    line: int


@dataclass
class Command:
    code: str
    line: int
    answer: str | None = None
    """What it prints, … standing for anything; without it, it prints nothing."""


@dataclass
class Sentence:
    number: str
    line: int
    prose: str = ""
    actions: list[Step | Command] = field(default_factory=list)

    @property
    def can_fail(self) -> bool:
        return any(
            action.verb in CHECKS if isinstance(action, Step) else action.answer is not None for action in self.actions
        )

    @property
    def tried(self) -> str:
        """Everything that its steps and commands name."""
        return "\n".join(
            " ".join(action.values) if isinstance(action, Step) else action.code for action in self.actions
        )


@dataclass
class Document:
    before: list[Command] = field(default_factory=list)
    """What is typed once, before any part."""
    parts: dict[str, list[Sentence]] = field(default_factory=dict)
    prose: str = ""
    """What stands before the first part."""

    @property
    def sentences(self) -> list[Sentence]:
        return [sentence for part in self.parts.values() for sentence in part]


def read(text: str) -> Document:
    document = Document()
    part: str | None = None
    sentence: Sentence | None = None
    for line, kind, content in _blocks(text):
        if kind == "heading":
            named = re.match(r"## Seed (\d{3})\b", content)
            if named:
                part, sentence = named[1], None
                document.parts[part] = []
            continue
        began = re.match(r"\*\*(\d{3})\.\d+\*\*", content) if kind == "prose" else None
        if began:
            if began[1] != part:
                raise Unclear(f"line {line}: {began[0]} stands under seed {part}")
            sentence = Sentence(began[0].strip("*"), line)
            document.parts[part].append(sentence)
        actions = document.before if part is None else sentence.actions if sentence else []
        if kind == "prose":
            if sentence:
                sentence.prose += content + " "
            elif part is None:
                document.prose += content + " "
        elif part is not None and sentence is None:
            raise Unclear(f"line {line}: belongs to no sentence")
        elif kind == "sh":
            actions.append(Command(content, line))
        elif kind == "text":
            if not actions or not isinstance(actions[-1], Command) or actions[-1].answer is not None:
                raise Unclear(f"line {line}: an answer to no command")
            actions[-1].answer = content
        elif part is None:
            raise Unclear(f"line {line}: steps before the first part")
        else:
            actions += _steps(content, line)
    return document


def _blocks(text: str) -> list[tuple[int, str, str]]:
    """Line, kind (heading, item, prose, or a fence's language) and content, in order."""
    found: list[tuple[int, str, str]] = []
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if line.startswith("```"):
            inside = []
            for _, content in lines:
                if content == "```":
                    break
                inside.append(content)
            if line[3:] not in ("sh", "text"):
                raise Unclear(f"line {number}: a block is sh or text, not {line[3:] or 'nothing'}")
            found.append((number, line[3:], "\n".join(inside)))
        elif line.startswith("#"):
            found.append((number, "heading", line))
        elif line.startswith("- "):
            found.append((number, "item", line[2:]))
        elif line.startswith("  ") and found and found[-1][1] == "item":
            found[-1] = (found[-1][0], "item", f"{found[-1][2]} {line.strip()}")
        elif line:
            found.append((number, "prose", line))
    return found


def _steps(item: str, line: int) -> list[Step]:
    steps: list[Step] = []
    at = 0
    while at < len(item):
        verb, match = next(
            ((verb, match) for verb, pattern in VERBS.items() if (match := pattern.match(item, at))), (None, None)
        )
        if not match:
            raise Unclear(f"line {line}: not understood: {item[at:]}")
        steps.append(Step(verb, tuple(value for value in match.groups() if value is not None), line))
        at = _BETWEEN.match(item, match.end()).end()
    if steps[0].verb not in ("as", "wait"):
        raise Unclear(f"line {line}: it does not say as whom")
    return steps


def words(several: str) -> list[str]:
    """`**Allow** and **Deny**` → Allow, Deny."""
    return [found.strip("*`") for found in re.findall(_ONE, several)]


def matches(pattern: str, text: str) -> bool:
    """Whether the text is the pattern, … standing for anything."""
    return re.fullmatch(".*".join(re.escape(piece) for piece in pattern.split("…")), text, re.DOTALL) is not None
