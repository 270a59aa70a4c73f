#!/usr/bin/env bash
# D1: acknowledged sets of the file backend through its public members, against a C program that makes the bare system calls with records
# of the same size. Single sets and batches of 1000 at the default durability (kept when the process is killed), single sets at
# durability "power" (an fsync each). The two run in turn; medians are compared. Needs a C compiler.
# Keys by Zipf's law (0.99), as in all figures here, and once more all alike, which touches the most memory.
#   bench/d1.sh [rounds] [keys] [value bytes] [sets] [synced sets]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-7} keys=${2:-100000} bytes=${3:-100} sets=${4:-1000000} synced=${5:-2000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

quietly cc -O2 -o "$folder/baseline" bench/FileSets/baseline.c
quietly dotnet build bench/FileSets --configuration Release --nologo
describe_machine
echo "$rounds rounds, $keys keys of 19 bytes, values of $bytes bytes, $sets sets, $synced synced sets"

# What a record in the journal has beside its value: head, kind, key, when it was created, what else there is, and lengths.
record=$((bytes + 61))
: > "$folder/c"
: > "$folder/zipf"
: > "$folder/alike"
for ((round = 1; round <= rounds; round++)); do
    mkdir "$folder/run"
    "$folder/baseline" "$folder/run" "$record" "$sets" "$synced" >> "$folder/c"
    rm -r "$folder/run"
    for skew in zipf:0.99 alike:0; do
        mkdir "$folder/run"
        dotnet artifacts/bin/FileSetsBench/release/FileSetsBench.dll "$folder/run" "$keys" "$bytes" "$sets" "$synced" "${skew#*:}" >> "$folder/${skew%:*}"
        rm -r "$folder/run"
    done
done

compare() {
    local c cistern
    c=$(median "$folder/c" "$3") cistern=$(median "$folder/$2" "$4")
    echo "$1: C $c/s, cistern $cistern/s, ratio $(ratio "$cistern" "$c")"
}

for keys in zipf alike; do
    echo "keys: $keys"
    compare "  single sets, against a loop of write" $keys 1 1
    echo "  sets in batches of 1000: cistern $(median "$folder/$keys" 2)/s"
    compare "  single sets with an fsync each, against a loop of write and fsync" $keys 2 3
done
