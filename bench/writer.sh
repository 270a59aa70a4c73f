#!/usr/bin/env bash
# The writer: records to memory, a file and SQLite in one run, against its slowest backend alone, in turn; medians are compared. Then the
# memory of the run with all three beyond what the memory backend says it holds.
#   bench/writer.sh [rounds] [records] [value bytes]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-5} records=${2:-1000000} bytes=${3:-100}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

quietly dotnet build bench/Writer --configuration Release --nologo
describe_machine
echo "$rounds rounds, $records records with keys of 19 bytes and values of $bytes bytes"

for ((round = 1; round <= rounds; round++)); do
    for backends in memory file sqlite "memory file sqlite"; do
        mkdir "$folder/run"
        # shellcheck disable=SC2086
        dotnet artifacts/bin/WriterBench/release/WriterBench.dll "$folder/run" "$records" "$bytes" $backends >> "$folder/${backends// /+}"
        rm -r "$folder/run"
    done
done

slowest=0
for backend in memory file sqlite; do
    seconds=$(median "$folder/$backend" 1)
    echo "$backend alone: $seconds s, at most $(median "$folder/$backend" 2) MB"
    slowest=$(printf '%s\n' "$slowest" "$seconds" | sort -g | tail -n 1)
done

all=$folder/memory+file+sqlite
echo "all three: $(median "$all" 1) s, at most $(median "$all" 2) MB, of which the memory backend says to hold $(median "$all" 3) MB"
echo "throughput against the slowest alone: $(ratio "$slowest" "$(median "$all" 1)")"
