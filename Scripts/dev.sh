#!/bin/sh
# Builds and serves in demo mode; rebuilds and restarts when a Swift, C or SQL file changes.
# Templates and CSS need no restart: in demo mode the server reads them again by itself.
set -u

swift="${SWIFT:-swift}"
server=""
stamp="$(mktemp)"

stop() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null
    server=""
}
trap 'stop; rm -f "$stamp"; exit 0' INT TERM

changed() {
    find Package.swift Sources Migrations -newer "$stamp" \
        \( -name '*.swift' -o -name '*.c' -o -name '*.h' -o -name '*.sql' \) | grep -m 1 .
}

while :; do
    touch "$stamp"
    if $swift build --product gatewright; then
        stop
        GATEWRIGHT_MODE=demo .build/debug/gatewright serve &
        server=$!
    fi
    until file="$(changed)"; do sleep 1; done
    echo "changed: $file"
done
