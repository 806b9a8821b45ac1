#!/bin/sh
# Prints docs/conformance.md: what is tested, read off the names of the tests.
set -eu

cat <<'TOP'
# Conformance

Written by `make conformance` from the names of the tests; do not edit. A name that begins with `§` cites that section
of the suite's RFC; a name that begins with `Case` is an attack or failure from our list of security cases.
`make test only='§4\.1'` runs a part of it.
TOP

find Tests -name '*.swift' | LC_ALL=C sort | xargs awk '
    FNR == 1 { suite = FILENAME; sub(/.*\//, "", suite); sub(/\.swift$/, "", suite) }
    match($0, /@Suite\("[^"]*"/) { suite = substr($0, RSTART + 8, RLENGTH - 9) }
    match($0, /func `[^`]*`/) { name = substr($0, RSTART + 6, RLENGTH - 7) }
    name ~ /^(§|Case)/ {
        if (suite != last) printf "\n## %s\n\n", suite
        last = suite
        printf "- %s\n", name
    }
    { name = "" }
'
