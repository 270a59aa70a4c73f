#!/usr/bin/env bash
# D2 and D3: the SQLite backend through its public members against a C program with the same schema and settings.
# D2: upserts of known keys, 1000 per transaction. D3: gets of one key. The two run in turn; medians are compared.
# Needs a C compiler and SQLite's shared library; no headers.
#   bench/d2d3.sh [rounds] [keys] [value bytes] [batches] [gets]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-7} keys=${2:-100000} bytes=${3:-100} batches=${4:-300} gets=${5:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

library=$(/sbin/ldconfig -p | awk '/libsqlite3\.so\.0 / { print $NF; exit }')
[ -n "$library" ] || { echo "libsqlite3.so.0 is not installed" >&2; exit 2; }
quietly cc -O2 -o "$folder/baseline" bench/Sqlite/baseline.c "$library"
quietly dotnet build bench/Sqlite --configuration Release --nologo
describe_machine
echo "$rounds rounds, $keys keys, values of $bytes bytes, $batches batches of 1000 upserts, $gets gets"

: > "$folder/c"
: > "$folder/cistern"
for ((round = 1; round <= rounds; round++)); do
    "$folder/baseline" "$folder/c.$round.db" "$keys" "$bytes" "$batches" "$gets" >> "$folder/c"
    dotnet artifacts/bin/SqliteBench/release/SqliteBench.dll "$folder/cistern.$round.db" "$keys" "$bytes" "$batches" "$gets" >> "$folder/cistern"
    rm -f "$folder"/*.db*
done

compare() {
    local c cistern
    c=$(median "$folder/c" "$2") cistern=$(median "$folder/cistern" "$2")
    echo "$1: C $c/s, cistern $cistern/s, ratio $(ratio "$cistern" "$c")"
}

compare "D2 upserts" 1
compare "D3 gets" 2
