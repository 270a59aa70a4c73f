#!/usr/bin/env bash
# Builds everything and passes every test. With --install, first installs what some tests need (Debian, as root);
# without it, tests whose tool is missing are skipped, each with a line that says so.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec </dev/null
source scripts/test-counts.sh

install=false
for argument in "$@"; do
    case "$argument" in
        --install) install=true ;;
        *) echo "usage: ./test.sh [--install]" >&2; exit 2 ;;
    esac
done

# Debian packages that tests need, each with what shows that it is there.
declare -A needed=(
    [chromium]="command -v chromium"
    [util-linux]="command -v unshare"
    [libsqlite3-0]="ldconfig -p | grep --fixed-strings libsqlite3.so.0"
    [python3]="command -v python3"
    [strace]="command -v strace"
    [redis-server]="command -v redis-server"
    [memcached]="command -v memcached"
    [postgresql]="ls /usr/lib/postgresql/*/bin/postgres"
)

missing=()
for package in "${!needed[@]}"; do
    PATH=$PATH:/usr/sbin:/sbin eval "${needed[$package]}" >/dev/null || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ] && $install; then
    # A machine that is at its first runlevel starts no server: the tests start their own.
    apt-get update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}" || exit 1
elif [ ${#missing[@]} -gt 0 ]; then
    echo "Not installed: ${missing[*]}. The tests that need them are skipped. To run all: apt-get install ${missing[*]}, or ./test.sh --install as root."
fi

results=artifacts/test-results
rm -rf "$results"

dotnet build Cistern.slnx --configuration Release --nologo || { echo "The build failed."; echo "0 passed, 1 failed"; exit 1; }

# One project after another: the stress tests want the machine for themselves.
dotnet test Cistern.slnx --configuration Release --no-build --nologo -maxcpucount:1 --logger trx --results-directory "$results"
status=$?

count_trx "$results"
# A test host that died leaves no result of its own.
if [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "The test run ended with exit code $status, though no test is reported as failed."
    failed=1
fi

print_counts
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
