#!/usr/bin/env bash
# Batches of sets to a memcached server of this machine (D8), in turn with quiet sets of the same size that were built before; medians, and medians of each round's ratios.
#   bench/memcached.sh [rounds] [entries]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-5} entries=${2:-1000000}
command -v memcached >/dev/null || { echo "needs memcached (Debian: apt-get install memcached)" >&2; exit 1; }
folder=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
as=()
[ "$(id -u)" -ne 0 ] || as=(-u nobody)
memcached "${as[@]}" -l 127.0.0.1 -p $port -U 0 -m 1024 > "$folder/log" 2>&1 &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT

quietly dotnet build bench/Memcached --configuration Release --nologo
program=artifacts/bin/MemcachedBench/release/MemcachedBench.dll
describe_machine
echo "$rounds rounds, $entries entries with keys of 19 bytes and values of 100 bytes, $(memcached --version), $(($(nproc) < 4 ? $(nproc) : 4)) of its 4 threads at once"

per_second() { awk -v entries="$entries" -v seconds="$1" 'BEGIN { printf "%.0f k/s", entries / seconds / 1000 }'; }

ways=("raw 1000" "raw 10000" "raws 1000" "backend 1000" "backend 10000" "pair 1000")
for ((round = 1; round <= rounds; round++)); do
    line="round $round:"
    for way in "${ways[@]}"; do
        read -r name batch <<< "$way"
        dotnet $program "$name" $port "$entries" "$batch" >> "$folder/$name-$batch"
        line+=" $name $batch $(per_second "$(tail -n 1 "$folder/$name-$batch" | cut -d ' ' -f 1)");"
    done
    echo "$line"
done

for way in "${ways[@]}"; do echo "$way: $(per_second "$(median "$folder/${way/ /-}" 1)"), $(median "$folder/${way/ /-}" 2) bytes allocated for each"; done
echo "D8 sets by the backend, of what the machine can do: $(ratio_by_round "$folder/raw-1000" "$folder/backend-1000") in batches of 1000, $(ratio_by_round "$folder/raw-10000" "$folder/backend-10000") in batches of 10000"
