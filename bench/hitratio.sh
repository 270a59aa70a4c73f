#!/usr/bin/env bash
# Hit ratios of each policy of eviction, by replaying traces as `cistern replay` does. Traces are not part of this repository: name the folder that has them
# (NAME.u32.gz, a little-endian number of 32 bits for each request).
#   bench/hitratio.sh [--page FILE.html] [--entry-bytes BYTES] FOLDER [policies, comma separated] [part of a trace's name]
# With --page, the curves of every trace and of their mean are drawn as one page. With --entry-bytes, the room is not so many entries but what so many take in a cache that holds
# BYTES for each, everything counted, with keys of 19 characters and values of 100 bytes: to compare at equal memory.
set -euo pipefail
page= bytes=
if [ "${1-}" = --page ] && [ $# -ge 2 ]; then
    page=$(realpath -m -- "$2")
    shift 2
fi
if [ "${1-}" = --entry-bytes ] && [ $# -ge 2 ]; then
    bytes=$2
    shift 2
fi
[ $# -ge 1 ] && [ -d "$1" ] || { echo "usage: bench/hitratio.sh [--page FILE.html] [--entry-bytes BYTES] FOLDER [policies] [name]" >&2; exit 2; }
traces=$(cd "$1" && pwd)
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
quietly dotnet build bench/HitRatio --configuration Release --nologo
describe_machine
dotnet artifacts/bin/HitRatioBench/release/HitRatioBench.dll "$traces" "$page" "$bytes" "$@"
