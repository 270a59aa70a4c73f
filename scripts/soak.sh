#!/usr/bin/env bash
# Mixed operations on each backend for some time, every answer checked, by a server of its own where one is needed: no call may fail or be wrong, and memory must stay as it was.
#   scripts/soak.sh [seconds of each, 600 by default] [backends: sqlite file redis …, all by default]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source samples/servers.sh

seconds=${1:-600}
shift || true
backends=("$@")
[ ${#backends[@]} -gt 0 ] || backends=(memory file sqlite redis memcached postgresql tiers)

dotnet build scripts/Soak --configuration Release --nologo --verbosity quiet
folder=$(mktemp -d)
status=0
for backend in "${backends[@]}"; do
    case $backend in
        memory) address=memory: ;;
        file) address=file:$folder/cache.json ;;
        sqlite) address=sqlite:$folder/cache.db ;;
        memcached) start_memcached; address=${CISTERN_MEMCACHED:?memcached is not installed}; address=memcached://${address/ /,} ;;
        postgresql)
            start_postgresql
            : "${CISTERN_POSTGRESQL:?PostgreSQL is not installed}"
            address=$(sed -E 's|^Host=([^;]*);Port=([^;]*);Username=([^;]*);Password=([^;]*);Database=(.*)$|postgres://\3:\4@\1:\2/\5|' <<< "$CISTERN_POSTGRESQL") ;;
        redis) start_redis; address=redis://${CISTERN_REDIS:?redis-server is not installed} ;;
        tiers) start_redis; address=tiers+redis://${CISTERN_REDIS:?redis-server is not installed} ;;
        *) echo "unknown backend: $backend" >&2; exit 2 ;;
    esac
    dotnet artifacts/bin/Soak/release/Soak.dll "$address" "$seconds" || status=1
done
rm -rf "$folder"
exit $status
