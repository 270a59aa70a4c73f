#!/usr/bin/env bash
# Runs the sample of the seeds and compares the figures with those of its README; exit code 0 when they agree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
summary=artifacts/samples/products.json
mkdir -p "$(dirname "$summary")"
dotnet run --project src/apps/Cistern.Cli --configuration Release -- backfill --input samples/products/config.json --output "$summary"

for figure in '"cache_size": 5' '"hits": 4' '"misses": 3' '"hit_rate": 0.5714' '"miss_rate": 0.4286' '"backfills": 2' '"source_misses": 1'; do
    grep -q "$figure" "$summary" || { echo "$summary: $figure expected" >&2; exit 1; }
done
