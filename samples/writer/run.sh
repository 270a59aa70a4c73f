#!/usr/bin/env bash
# Writes the records of a configuration and of a CSV file, and compares the figures with those of the README; exit code 0 when they agree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=artifacts/samples/writer
rm -rf "$folder"
mkdir -p "$folder"

expect() {
    local file=$1
    shift
    for figure in "$@"; do
        grep -q "$figure" "$file" || { echo "$file: $figure expected" >&2; exit 1; }
    done
}

dotnet run --project src/apps/Cistern.Cli --configuration Release -- write --input samples/writer/config.json --output "$folder/summary.json"
expect "$folder/summary.json" '"records_written": 4' '"backends_used": \["memory", "file"\]' '"duplicates": 1' '"stored": 4' '"entries": 3'

status=0
dotnet run --project src/apps/Cistern.Cli --configuration Release -- write --input samples/writer/products.csv --key-field sku \
    --to "file:$folder/cache_file.json" --output "$folder/products.json" || status=$?
[ "$status" = 1 ] || { echo "exit code 1 expected, as a row has no key; it was $status" >&2; exit 1; }
expect "$folder/products.json" '"records_written": 3' '"records_rejected": 1' '"record": 3, "line": 4' '"stored": 3' '"entries": 6'
