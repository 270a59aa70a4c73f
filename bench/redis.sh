#!/usr/bin/env bash
# Batches of sets to a Redis server of this machine (D4, D5), in turn with `redis-cli --pipe` and StackExchange.Redis on the same server; ratios are medians of each round's.
#   bench/redis.sh [rounds] [entries]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-5} entries=${2:-1000000}
for program in redis-server redis-cli; do command -v $program >/dev/null || { echo "needs $program (Debian: apt-get install redis-server)" >&2; exit 1; }; done
folder=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
redis-server --port $port --bind 127.0.0.1 --dir "$folder" --save "" --appendonly no > "$folder/log" &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT

quietly dotnet build bench/Redis --configuration Release --nologo
program=artifacts/bin/RedisBench/release/RedisBench.dll
dotnet $program pipe "$folder/commands" "$entries"
dotnet $program pipe-ttl "$folder/commands-ttl" "$entries"
describe_machine
echo "$rounds rounds, $entries entries with keys of 19 bytes and values of 100 bytes, $(redis-server --version | cut -d ' ' -f 3)"

flush() { redis-cli -p $port flushall > /dev/null; }
pipe() { redis-cli -p $port --pipe < "$folder/$1"; }
write() { dotnet $program "$1" $port "$entries" >> "$folder/$2"; }

for ((round = 1; round <= rounds; round++)); do
    flush; measure_seconds pipe commands >> "$folder/pipe"
    flush; write plain plain; write plain over
    flush; measure_seconds pipe commands-ttl >> "$folder/pipe-ttl"
    flush; write ttl ttl
    flush; write newer newer; write again again
    flush; write multiplexer multiplexer
done

for way in pipe plain over pipe-ttl ttl newer again multiplexer; do echo "$way: $(median "$folder/$way" 1) s"; done
echo "D4 plain sets, of redis-cli --pipe: $(ratio_by_round "$folder/pipe" "$folder/plain"); with a TTL, of the same with a TTL: $(ratio_by_round "$folder/pipe-ttl" "$folder/ttl"); StackExchange.Redis, plain: $(ratio_by_round "$folder/pipe" "$folder/multiplexer")"
echo "D5 sets with versions, of plain sets: $(ratio_by_round "$folder/plain" "$folder/newer") where nothing is, $(ratio_by_round "$folder/over" "$folder/again") over entries with older ones"
