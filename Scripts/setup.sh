#!/bin/sh
# Installs the Debian packages that a task needs, if any are missing.  Scripts/setup.sh [run|test|bench]
set -eu

packages="libsqlite3-dev libargon2-dev libcurl4-openssl-dev pkg-config"
case "${1:-run}" in
    run) ;;
    # The journeys drive a real browser and real proxies; libnss-myhostname makes acme.localhost resolve to this machine.
    test) packages="$packages python3 python3-venv sqlite3 openssl chromium-headless-shell libnss-myhostname"
          packages="$packages nginx-light caddy" ;;
    bench) packages="$packages python3 wrk" ;;
    *) echo "Scripts/setup.sh: unknown task '$1' (run, test or bench)" >&2; exit 2 ;;
esac

if ! command -v swift >/dev/null; then
    echo "Gatewright is built with Swift 6.3, and there is no 'swift' on the PATH." >&2
    echo "Install a toolchain for your system, then run this again." >&2
    exit 1
fi

if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system: make sure you have the equivalents of: $packages" >&2
    exit 0
fi

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    root=""
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    root="sudo"
else
    echo "These Debian packages are missing, and installing them needs root:$missing" >&2
    echo "Run this as root, then try again:  apt-get install$missing" >&2
    exit 1
fi

echo "Installing:$missing"
install() {
    # shellcheck disable=SC2086 # words on purpose
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing </dev/null
}
install >/dev/null 2>&1 || { $root apt-get update -q && install; }
