#!/usr/bin/env bash
# Batches of sets to a PostgreSQL server of this machine (D6), in turn with psql on the same server and a table of the same columns and indexes: new keys beside \copy of a binary file, keys that are there
# beside \copy into a temporary table and an upsert from it, each in one transaction, where the backend has one for each batch. psql gets rows that are ready in a file, and the time of its start is taken off;
# the backend hashes and encodes its own, on a connection that is open. Ratios are medians of each round's; above 1 the backend is faster. The server is a fresh one in a temporary folder, as nobody when this is root.
#   bench/postgresql.sh [rounds] [entries] [entries in a batch]...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-5} entries=${2:-200000}
batches=("${@:3}")
[ ${#batches[@]} != 0 ] || batches=(1000 10000 50000 "$entries")
binaries=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$binaries" ] || binaries=$(dirname "$(command -v initdb || true)")
{ [ -x "$binaries/initdb" ] && command -v psql >/dev/null; } || { echo "needs postgres and psql (Debian: apt-get install postgresql)" >&2; exit 1; }
folder=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
server=
finish() {
    # Quickly: it does not wait for clients, and ends its children.
    if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    chown 65534:65534 "$folder"
fi
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=bench PGDATABASE=postgres PGPASSWORD=$RANDOM$RANDOM$RANDOM PGOPTIONS=
(umask 077; echo "$PGPASSWORD" > "$folder/password")
[ ${#as[@]} = 0 ] || chown 65534:65534 "$folder/password"
quietly "${as[@]}" "$binaries/initdb" -D "$folder/data" -U bench --pwfile "$folder/password" --auth scram-sha-256 --encoding UTF8 --locale C --no-sync
"${as[@]}" "$binaries/postgres" -D "$folder/data" -c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=512MB -c autovacuum=off -c fsync=off > "$folder/log" 2>&1 &
server=$!
for ((attempt = 0; attempt < 200; attempt++)); do "$binaries/pg_isready" -q && break; kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }; read -rt 0.1 <> <(:) || true; done

quietly dotnet build bench/PostgreSql --configuration Release --nologo
program=artifacts/bin/PostgreSqlBench/release/PostgreSqlBench.dll
address="postgres://bench:$PGPASSWORD@127.0.0.1:$port/postgres?table="
dotnet $program file "$folder/rows" "$entries"
for table in theirs "${batches[@]/#/ours_}"; do dotnet $program create "$address$table"; done
describe_machine
echo "$rounds rounds, $entries entries with keys of 19 bytes and values of 100 bytes, in batches of ${batches[*]}, $("$binaries/postgres" --version)"

cat > "$folder/copy.sql" <<SQL
\copy theirs from '$folder/rows' (format binary)
SQL
cat > "$folder/upsert.sql" <<SQL
BEGIN;
CREATE TEMPORARY TABLE staged (LIKE theirs) ON COMMIT DROP;
\copy staged from '$folder/rows' (format binary)
INSERT INTO theirs SELECT * FROM staged ON CONFLICT (key_hash) DO UPDATE SET key = excluded.key, version = excluded.version, created_at = excluded.created_at, expires_at = excluded.expires_at,
    absolute_end = excluded.absolute_end, replaced = excluded.replaced, metadata = excluded.metadata, value = excluded.value;
COMMIT;
SQL

run() { psql -qX -v ON_ERROR_STOP=1 "$@"; }
theirs() {
    local start whole
    start=$(measure_seconds run -c 'SELECT 1') && whole=$(measure_seconds run -f "$folder/$1.sql") || exit 1
    awk -v whole="$whole" -v start="$start" 'BEGIN { printf "%.4f\n", whole - start }' >> "$folder/$1.theirs"
}
ours() { dotnet $program set "${address}ours_$2" "$entries" "$2" >> "$folder/$1.ours_$2"; }
for ((round = 1; round <= rounds; round++)); do
    for table in theirs "${batches[@]/#/ours_}"; do quietly run -c "TRUNCATE $table"; done
    quietly run -c CHECKPOINT
    for way in copy upsert; do
        theirs $way
        told="round $round, $way: psql $(tail -n 1 "$folder/$way.theirs") s, cistern"
        for batch in "${batches[@]}"; do
            ours $way "$batch"
            told+=" $batch: $(tail -n 1 "$folder/$way.ours_$batch" | cut -d ' ' -f 1) s"
        done
        echo "$told"
    done
    for batch in "${batches[@]}"; do [ "$(run -Atc "SELECT count(*) FROM ours_$batch")" = "$entries" ] || { echo "entries are missing" >&2; exit 1; }; done
done

for way in copy upsert; do
    for batch in "${batches[@]}"; do
        seconds=$(median "$folder/$way.ours_$batch" 1)
        echo "D6 $way, batches of $batch: of psql $(ratio_by_round "$folder/$way.theirs" "$folder/$way.ours_$batch"); $(awk -v entries="$entries" -v seconds="$seconds" 'BEGIN { printf "%.0f", entries / seconds }') entries/s, the process held $(($(median "$folder/$way.ours_$batch" 2) / 1024)) MB at most"
    done
done
