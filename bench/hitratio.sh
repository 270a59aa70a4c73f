#!/usr/bin/env bash
# Hit ratios of each kind of eviction, by replaying traces through the in-memory backend. Traces are not part of this repository: name the folder that has them
# (NAME.u32.gz, a little-endian number of 32 bits for each request).
#   bench/hitratio.sh FOLDER [kinds, comma separated] [part of a trace's name]
set -euo pipefail
[ $# -ge 1 ] && [ -d "$1" ] || { echo "usage: bench/hitratio.sh FOLDER [kinds] [name]" >&2; exit 2; }
traces=$(cd "$1" && pwd)
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
quietly dotnet build bench/HitRatio --configuration Release --nologo
describe_machine
dotnet artifacts/bin/HitRatioBench/release/HitRatioBench.dll "$traces" "$@"
