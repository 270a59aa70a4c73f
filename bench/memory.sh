#!/usr/bin/env bash
# The in-memory backend against ConcurrentDictionary and MemoryCache: each figure by a process of its own, the stores in turn, several rounds: medians,
# and the median of each round's ratio. 19-character keys, values of 100 bytes, Zipf 0.99, statistics on.
#   bench/memory.sh [rounds] [eviction]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-5} eviction=${2:-adaptive}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

quietly dotnet build bench/Memory --configuration Release --nologo
describe_machine
echo "$rounds rounds, eviction $eviction"
figure() { dotnet artifacts/bin/MemoryBench/release/MemoryBench.dll "$@"; }

for ((round = 1; round <= rounds; round++)); do
    for store in dictionary memorycache "$eviction"; do
        figure "$store" get >> "$folder/get.$store"
        figure "$store" many >> "$folder/many.$store"
        figure "$store" read >> "$folder/read.$store"
        figure "$store" mixed >> "$folder/mixed.$store"
    done
    for store in dictionary+copy "$eviction"; do figure "$store" get 1000 >> "$folder/few.$store"; done
    for store in memorycache "$eviction"; do figure "$store" miss >> "$folder/miss.$store"; done
    for store in dictionary "$eviction"; do
        figure "$store" place 100000 1024 >> "$folder/kilobyte.$store"
        figure "$store" place 100000 8192 >> "$folder/eight.$store"
    done
done

of() { median "$folder/$1" 1; }
against() { ratio_by_round "$folder/$1.$eviction" "$folder/$1.$2"; }
echo "G1 get, 1 M keys: dictionary $(of get.dictionary) ns, cistern $(of "get.$eviction") ns, ratio $(against get dictionary); MemoryCache $(of get.memorycache) ns"
echo "G2 get, 1 k keys: dictionary and copy $(of few.dictionary+copy) ns, cistern $(of "few.$eviction") ns, ratio $(against few dictionary+copy)"
echo "G3 get of 32 keys, per key, 1 M keys: dictionary $(of many.dictionary) ns, cistern $(of "many.$eviction") ns, ratio $(against many dictionary)"
echo "G4 reads of 2 threads a CPU second: dictionary $(of read.dictionary), cistern $(of "read.$eviction"), ratio $(against read dictionary); MemoryCache $(of read.memorycache)"
echo "G5 95 % reads, 5 % sets: dictionary $(of mixed.dictionary), cistern $(of "mixed.$eviction"), ratio $(against mixed dictionary); MemoryCache $(of mixed.memorycache)"
echo "G6 with misses: MemoryCache $(of miss.memorycache) at $(median "$folder/miss.memorycache" 2) % hits, cistern $(of "miss.$eviction") at $(median "$folder/miss.$eviction" 2) %, ratio $(against miss memorycache)"
echo "G7 bytes an entry beyond key and value: dictionary $(figure dictionary bytes), MemoryCache $(figure memorycache bytes), cistern $(figure "$eviction" bytes)"
echo "G8 a full blocking collection with 5 M entries: dictionary $(figure dictionary gc 5000000) ms, cistern $(figure "$eviction" gc 5000000) ms"
echo "G11 bytes allocated for a get, an overwrite, a set that evicts: $(figure "$eviction" allocated)"
echo "G8 10 s of new keys into 5 M entries, percent of the time paused and longest pause in ms: MemoryCache $(figure memorycache churn 5000000), cistern $(figure "$eviction" churn 5000000)"
echo "G12 a value of 1 KiB read in place, 100 k keys: dictionary $(of kilobyte.dictionary) ns, cistern $(of "kilobyte.$eviction") ns, ratio $(against kilobyte dictionary)"
echo "G12 the same, 8 KiB: dictionary $(of eight.dictionary) ns, cistern $(of "eight.$eviction") ns, ratio $(against eight dictionary)"
echo "Unbounded in a heap of 200 MB, of which the program takes 64 MB by and by and lets go, MB held: $(DOTNET_GCHeapHardLimit=0xC800000 figure "$eviction" pressure 1000000 1000)"
echo "The process grows by 1 M entries, MB, the account of it, MB, and the first divided by the second: $(figure "$eviction" growth)"
