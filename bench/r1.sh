#!/usr/bin/env bash
# R1: the runner against the seeds' program, on the same files: 200,000 keys at the source, 2,000,000 Zipf lookups,
# (a) threshold 1.0, which never backfills, (b) threshold 0.3 with batches of 1000. The two run in turn; medians are compared.
# The seeds' program is not part of this repository: save the block of Python in its document as a file, and name it here.
#   bench/r1.sh path/to/program.py [rounds] [keys] [lookups]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

[ $# -ge 1 ] || { echo "usage: bench/r1.sh path/to/program.py [rounds] [keys] [lookups]" >&2; exit 2; }
program=$1 rounds=${2:-5} keys=${3:-200000} lookups=${4:-2000000}
[ -f "$program" ] || { echo "$program: no such file" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

quietly dotnet build bench/BackfillInput --configuration Release --nologo
quietly dotnet publish src/apps/Cistern.Cli --configuration Release --nologo --output "$folder/cistern"
describe_machine
echo "$(python3 --version); $rounds rounds, $keys keys, $lookups lookups"

compare() {
    local name=$1 input=$folder/$1.json
    dotnet artifacts/bin/BackfillInput/release/BackfillInput.dll "$input" "$keys" "$lookups" "$2" "$3"
    : > "$folder/$name.python"
    : > "$folder/$name.cistern"
    for ((round = 1; round <= rounds; round++)); do
        measure_seconds_and_memory python3 "$program" --input "$input" --output "$folder/python.summary" >> "$folder/$name.python"
        measure_seconds_and_memory "$folder/cistern/cistern" backfill --input "$input" --output "$folder/cistern.summary" >> "$folder/$name.cistern"
    done

    # Both wrote the figures; the same ones, or the comparison means nothing.
    local figure
    for figure in cache_size hits misses backfills; do
        [ "$(figure_of "$folder/python.summary" $figure)" = "$(figure_of "$folder/cistern.summary" $figure)" ] || { echo "$name: $figure differs" >&2; exit 1; }
    done

    local seconds_python seconds_cistern memory_python memory_cistern
    seconds_python=$(median "$folder/$name.python" 1) memory_python=$(median "$folder/$name.python" 2)
    seconds_cistern=$(median "$folder/$name.cistern" 1) memory_cistern=$(median "$folder/$name.cistern" 2)
    echo "$name: seeds' program $seconds_python s, $memory_python KB; cistern $seconds_cistern s, $memory_cistern KB;" \
        "$(ratio "$seconds_python" "$seconds_cistern") times faster, $(ratio "$memory_cistern" "$memory_python") of its memory"
}

figure_of() { grep -m1 -o "\"$2\": *[0-9]*" "$1" | grep -o '[0-9]*$'; }

compare a 1.0 10
compare b 0.3 1000
