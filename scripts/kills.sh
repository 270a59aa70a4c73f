#!/usr/bin/env bash
# Kills a writer at random moments, as often as asked, for file and SQLite and each durability, and checks what it left every time. The log
# has a line for each round with its seed; a run that is stopped goes on from its log.
#   scripts/kills.sh [ROUNDS] [LOG]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CISTERN_KILL_ROUNDS=${1:-500} CISTERN_KILL_LOG
CISTERN_KILL_LOG=$(realpath --canonicalize-missing "${2:-artifacts/kills.log}")
mkdir -p "$(dirname "$CISTERN_KILL_LOG")"
dotnet test tests/Cistern.Kills --configuration Release --nologo
cut --fields=1 "$CISTERN_KILL_LOG" | sort | uniq --count
