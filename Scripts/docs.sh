#!/bin/sh
# Fails where the documents and the code name different things.  Needs a debug build.
set -u

gatewright=.build/debug/gatewright
missing=0
complain() { echo "  $*"; missing=1; }

for setting in $(grep -rhoE 'GATEWRIGHT_[A-Z_]*[A-Z]' Sources | sort -u); do
    grep -q "\`$setting\`" docs/operating.md || complain "setting $setting is not in docs/operating.md"
done

for setting in $(grep -hoE '`GATEWRIGHT_[A-Z_]*[A-Z]`' docs/operating.md | tr -d '`' | sort -u); do
    grep -rq "$setting" Sources || complain "docs/operating.md describes $setting, which nothing reads"
done

commands="$("$gatewright" --help | awk '/^SUBCOMMANDS/ { on = 1; next } on && /^  [a-z]/ { print $1 }')"
for command in ${commands:-(none)}; do
    grep -qF "gatewright $command" docs/operating.md || complain "command $command is not in docs/operating.md"
done

addresses="$("$gatewright" routes | grep -oE '(^|[[:space:]])/[^[:space:]]*' | sort -u)"
for address in ${addresses:-(none)}; do
    grep -qF "\`$address\`" docs/addresses.md || complain "address $address is not in docs/addresses.md"
done

# A template is a page's, or another template names it ({{> parts/time}}, {{< layouts.portal}}).
for template in $(find Templates -name '*.mustache' | sed 's|^Templates/||; s|\.mustache$||'); do
    grep -rqF "\"$template\"" Sources/Web \
        || grep -rqE "\{\{ *[<>] *$(echo "$template" | sed 's|/|[./]|g') *\}\}" Templates \
        || complain "template $template has no page, and no other template uses it"
done

[ "$(Scripts/conformance.py)" = "$(cat docs/conformance.md)" ] \
    || complain "docs/conformance.md is not what the tests say: make conformance"

exit $missing
