#!/usr/bin/env python3
"""Prints docs/conformance.md: what is tested, read off the names of the tests."""

import re
from pathlib import Path

HEAD = """# Conformance

Written by `make conformance` from the names of the tests; do not edit. A name that begins with `§` cites that section of
its suite's RFC; one that begins with `Case` is an attack or a failure from our list of security cases.
`make test only='§4\\.1'` runs a part of it.
"""

SUITE = re.compile(r'@Suite\("([^"]+)"')
SWIFT = re.compile(r"func `((?:§|Case)[^`]*)`")
PYTHON = re.compile(r"^def test_(\w+)", re.M)
CASES = re.compile(r"^case_(\d+(?:_and_\d+)*)_(.*)")


def swift_suites() -> dict[str, list[str]]:
    suites: dict[str, list[str]] = {}
    for file in sorted(Path("Tests").rglob("*.swift")):
        suite = file.stem
        for line in file.read_text().splitlines():
            if found := SUITE.search(line):
                suite = found[1]
            if found := SWIFT.search(line):
                suites.setdefault(suite, []).append(found[1])
    return dict(sorted(suites.items(), key=lambda entry: (not entry[0].startswith("RFC"), entry[0])))


def journeys() -> dict[str, list[str]]:
    groups = {}
    for file in sorted(Path("Tests/Journeys").glob("test_*.py")):
        title = sentence(file.stem.removeprefix("test_").removeprefix("zz_"))
        groups[title] = [sentence(name) for name in PYTHON.findall(file.read_text())]
    return groups


def sentence(name: str) -> str:
    if found := CASES.match(name):
        return f"Case {words(found[1])}: {words(found[2])}"
    return words(name).capitalize()


def words(name: str) -> str:
    return name.replace("_", " ")


def section(title: str, groups: dict[str, list[str]]) -> None:
    print(f"\n## {title}")
    for name, tests in groups.items():
        print(f"\n### {name}\n")
        for test in tests:
            print(f"- {test}")


print(HEAD, end="")
section("In Swift", swift_suites())
section("Against the running server, with a real browser and real OAuth clients", journeys())
