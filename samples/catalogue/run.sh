#!/usr/bin/env bash
# Runs the catalogue from JSON Lines and from CSV; exit code 0 when both give the figures of the README.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=artifacts/samples
mkdir -p "$folder"
dotnet build src/apps/Cistern.Cli --configuration Release --nologo > "$folder/build.log" || { cat "$folder/build.log" >&2; exit 1; }
cistern=artifacts/bin/Cistern.Cli/release/cistern

run() {
    local name=$1
    shift
    "$cistern" backfill --input samples/catalogue/config.json --output "$folder/$name.json" --results "$folder/$name.jsonl" --quiet "$@" > /dev/null
    for figure in '"hits": 11654' '"misses": 346' '"backfills": 24' '"source_misses": 254' '"loaded": 2400'; do
        grep -q "$figure" "$folder/$name.json" || { echo "$folder/$name.json: $figure expected" >&2; exit 1; }
    done
    [ "$(wc -l < "$folder/$name.jsonl")" -eq 12000 ] || { echo "$folder/$name.jsonl: 12000 results expected" >&2; exit 1; }
    echo "$name: 12000 lookups, 346 misses, 24 backfills"
}

run json-lines
run csv --source "csv:samples/catalogue/catalogue.csv?value=*"
