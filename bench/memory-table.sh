#!/usr/bin/env bash
# The in-memory backend against ConcurrentDictionary and MemoryCache with other keys, values, numbers of entries and threads: a table in Markdown. Each figure by a process of
# its own, the stores in turn.
#   bench/memory-table.sh [rounds]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-1}
stores=(dictionary memorycache adaptive lru oldest_added)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

quietly dotnet build bench/Memory --configuration Release --nologo
describe_machine
echo "$rounds rounds"

# A row: what it says, then the way and its arguments.
row() {
    local label=$1 store round cells=
    shift
    for ((round = 1; round <= rounds; round++)); do
        for store in "${stores[@]}"; do
            if [ "$1" = miss ] && [ "$store" = dictionary ]; then continue; fi
            dotnet artifacts/bin/MemoryBench/release/MemoryBench.dll "$store" "$@" >> "$folder/$label.$store"
        done
    done
    for store in "${stores[@]}"; do
        if [ ! -e "$folder/$label.$store" ]; then
            cells+=" – |"
        elif [ "$1" = miss ]; then
            cells+=" $(median "$folder/$label.$store" 1) ($(median "$folder/$label.$store" 2) %) |"
        else
            cells+=" $(median "$folder/$label.$store" 1) |"
        fi
    done
    echo "| $label |$cells"
}

echo "| | dictionary | MemoryCache | adaptive | lru | oldest added |"
echo "|---|---|---|---|---|---|"
row "get, ns: 1 k entries" get 1000
row "get, ns: 100 k entries" get 100000
row "get, ns: 1 M entries" get 1000000
row "get, ns: 10 M entries" get 10000000
row "get, ns: keys of 8 characters, 100 k entries" get 100000 100 1 8
row "get, ns: keys of 200 characters, 100 k entries" get 100000 100 1 200
row "get, ns: values of 10 bytes, 100 k entries" get 100000 10
row "get, ns: values of 1 KiB, 100 k entries" get 100000 1024
row "get, ns: values of 8 KiB, 100 k entries" get 100000 8192
row "get, ns: values of 1 MiB, 500 entries" get 500 1048576
row "in place, ns: values of 1 MiB, 500 entries" place 500 1048576
row "gets a CPU second: 4 threads, 1 M entries" read 1000000 100 4
row "gets a CPU second: 8 threads, 1 M entries" read 1000000 100 8
row "95 % gets, 5 % sets, a CPU second: 4 threads" mixed 1000000 100 4
row "95 % gets, 5 % sets, a CPU second: 8 threads" mixed 1000000 100 8
row "with misses, a CPU second (hits): 400 entries of 4 k keys, 64 KB" miss 4000
