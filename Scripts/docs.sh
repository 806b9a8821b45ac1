#!/bin/sh
# Fails where the documents and the code name different things.  Needs a built .build/debug/gatewright.
set -u

missing=0
complain() { echo "  $*"; missing=1; }

for setting in $(grep -rhoE 'GATEWRIGHT_[A-Z_]*[A-Z]' Sources | sort -u); do
    grep -q "\`$setting\`" docs/operating.md || complain "setting $setting is not in docs/operating.md"
done

for command in $(.build/debug/gatewright --help | awk '/^SUBCOMMANDS/ { on = 1; next } on && /^  [a-z]/ { print $1 }'); do
    grep -q "gatewright $command" docs/operating.md || complain "command $command is not in docs/operating.md"
done

for address in $(.build/debug/gatewright routes | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) { print $i; break } }' | sort -u); do
    grep -qF "\`$address\`" docs/addresses.md || complain "address $address is not in docs/addresses.md"
done

# A template is a page's, a part of one ({{> part}}), or the layout ({{< layout}}).
for template in $(find Templates -name '*.mustache' | sed 's|^Templates/||; s|\.mustache$||'); do
    grep -rqF "\"$template\"" Sources/Web || grep -rqE "\{\{ *[<>] *$template *\}\}" Templates \
        || complain "template $template has no page and no other template uses it"
done

Scripts/conformance.sh | diff -q - docs/conformance.md >/dev/null 2>&1 \
    || complain "docs/conformance.md is not what the tests say: make conformance"

exit $missing
