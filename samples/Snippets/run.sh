#!/usr/bin/env bash
# Builds and runs this sample; exit code 0 when it does what its README says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source samples/servers.sh
start_redis
start_memcached
start_postgresql
dotnet run --project samples/Snippets --configuration Release
