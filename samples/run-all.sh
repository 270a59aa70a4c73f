#!/usr/bin/env bash
# Runs every sample: each folder here with a run.sh, which must end with exit code 0.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec </dev/null

results=../artifacts/sample-results.txt
mkdir -p ../artifacts
: > "$results"
status=0
for script in */run.sh; do
    name=$(dirname "$script")
    echo "-- samples/$name"
    if "$script"; then echo "passed $name" >> "$results"
    else echo "failed $name" >> "$results"; status=1; fi
done

echo
cat "$results"
exit $status
