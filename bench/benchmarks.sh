#!/usr/bin/env bash
# Time and allocation of single operations, by BenchmarkDotNet; its arguments are passed on (--filter, --job, --exporters ...).
#   bench/benchmarks.sh [arguments]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -gt 0 ] || set -- --filter '*'
exec dotnet run --project bench/Benchmarks --configuration Release -- --artifacts artifacts/benchmarks "$@"
