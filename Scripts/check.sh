#!/bin/sh
# The rules that no test states, one function a rule. Every rule runs; one that fails is named, and the exit says so.
set -u

swift="${SWIFT:-swift}"
failed=""

format() { $swift format lint --recursive --strict Package.swift Sources Tests Benchmarks; }

# The targets in Package.swift are the layers: importing what a target does not declare is an error.
layering() { Scripts/layering.py; }

# Time and chance are arguments in the pure targets, and Foundation is not needed to say so.
pure() {
    absent 'Date\(\)|Date\.now|Clock\b|clock_gettime|UUID\(\)|SystemRandomNumberGenerator\(\)|import Foundation' \
        Sources/OAuth Sources/Portal Sources/Broker
}

# Every value in a page is escaped: {{{ and {{& are Mustache's two ways around that.
escaping() { absent '\{\{(\{|&)' Templates; }

# Every setting, command, address, template and test name stands where the documents list it.
docs() { Scripts/docs.sh; }

hygiene() {
    ! git ls-files | grep -E '(^|/)(\.build|\.venv|var|__pycache__)/|\.sqlite|\.pem$|\.key$' \
        && absent '^(<<<<<<<|>>>>>>>) ' Sources Tests Scripts docs Templates Migrations
}

# A comment gives the reason or the RFC: whoever reads it has no list of numbered cases.
# Tests name the number of a case in our list of attacks, which the names of the tests are.
citations() {
    ! grep -rnE '//.*[Cc]ases? [0-9]+([ ,.;)]|$)' Sources
    sources=$?
    ! grep -rnE 'security\.md|ux\.md|design\.md|[Ss]eed 00[0-9]' Sources Tests && [ "$sources" -eq 0 ]
}

# What people read has curly apostrophes. Straight ones belong to the wire: RFC 6749 §5.2 and §4.1.2.1 keep descriptions of
# errors to ASCII, and so do the answers of the other APIs.
apostrophes() {
    {
        grep -rnE "[A-Za-z]'[a-z]|s' [a-z]" Templates Providers | grep -vE '^[^:]+:[0-9]+: *#'
        # Without comments, behind which there is no text.
        find Sources/Portal Sources/Web Sources/Broker/Activity -name '*.swift' \
            ! -path '*/Web/API/*' ! -path '*/Web/Broker/*' ! -path '*/Web/Contexts/*' ! -path '*/Web/Metrics/*' \
            ! -path '*/Web/Front/*' -exec awk '{ sub(/(^| )\/\/.*/, "") }
                /[A-Za-z]\047[a-z]|s\047 [a-z]/ { print FILENAME ":" FNR ": " $0 }' {} + \
            | grep -vE "\"(the token is another tenant|redirect_uri is not one of the app|the tenant)'s"
    } | grep . && return 1
    return 0
}

# docs/style.md: never more than 300 lines. The route table is one table, however long: who may come in is read there.
size() {
    ! find Sources -name '*.swift' ! -path 'Sources/Web/Routes.swift' -exec wc -l {} + \
        | awk '$2 != "total" && $1 > 300 { print "  long: " $2 " (" $1 " lines)" }' | grep .
}

absent() {
    pattern="$1"; shift
    # Comments may speak of what the code may not do.
    ! grep -rnE "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+: *//'
}

mkdir -p var
for rule in format layering pure escaping docs hygiene citations apostrophes size; do
    if found="$($rule 2>&1)"; then
        printf 'ok      %s\n' "$rule"
    else
        printf 'FAILED  %s\n' "$rule"
        failed="$failed $rule"
    fi
    [ -z "$found" ] || printf '%s\n' "$found" | head -40
done

[ -z "$failed" ] || { echo "make check: these rules do not hold:$failed" >&2; exit 1; }
