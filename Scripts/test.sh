#!/bin/sh
# Runs every test: the Swift suites, the checks, then the journeys in a browser.  Scripts/test.sh [only]
# With `only`, the Swift tests whose name matches it (a regular expression) and the journeys that pytest's -k finds.
set -eu

only="${1:-}"
swift="${SWIFT:-swift}"
log="var/swift-test.log"
mkdir -p var

step() { printf '\n\033[1m== %s\033[0m\n' "$1"; }

# Before the Swift tests: those of mail deliver to a real server, which is Python's.
step "Python packages of the tests"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Journeys/requirements.txt

step "Build"
$swift build --build-tests

step "Swift tests (all output: $log)"
set -- --skip-build --disable-xctest
[ -z "$only" ] || set -- "$@" --filter "$only"
if $swift test "$@" >"$log" 2>&1; then
    grep -E 'Test run with|No matching' "$log" | tail -1
else
    grep -E '✘|error:|Fatal|Test run with' "$log" | tail -60
    exit 1
fi

[ -n "$only" ] || Scripts/check.sh

step "Journeys in a browser"
if [ -n "$only" ]; then
    # A pattern for Swift tests ("§4\.1") may mean nothing to pytest, or match nothing there: that is no failure.
    .venv/bin/python -m pytest Tests/Journeys -q -k "$only" --collect-only >/dev/null 2>&1 || exit 0
fi
.venv/bin/python -m pytest Tests/Journeys -q ${only:+-k "$only"}
