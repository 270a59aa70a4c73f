#!/usr/bin/env bash
# The torture test of the in-memory engine for longer than CI has time for, once as it ships and once with every segment overwritten when it is given back, so that a
# lookup that reads there shows it. Ends with 1 when anything was wrong.
#   scripts/torture.sh [seconds for each of four kinds of bounds] [seed]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CISTERN_TORTURE_SECONDS=${1:-30} CISTERN_TORTURE_SEED=${2:-$RANDOM}
echo "seed $CISTERN_TORTURE_SEED, $CISTERN_TORTURE_SECONDS s each"
for poison in false true; do
    echo "poisoned: $poison"
    dotnet test tests/Cistern.Tests --configuration Release --nologo -p:CisternPoison=$poison --artifacts-path "artifacts/torture-$poison" --filter FullyQualifiedName~LogTorture
done
