#!/usr/bin/env bash
# Runs all tests with coverage and prints how many of the public members of the libraries some test runs.
# Exit code 0 when all are. The reports stay in artifacts/coverage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

rm -rf artifacts/coverage
dotnet test Cistern.slnx --configuration Debug --nologo -maxcpucount:1 --settings scripts/coverage.runsettings --results-directory artifacts/coverage "$@" || echo "Some tests failed; the figure counts what ran."

libraries=()
for project in src/Cistern src/Cistern.Testing src/backends/* src/sources/* src/adapters/*; do
    name=$(basename "$project")
    if [ -e "artifacts/bin/$name/debug/$name.dll" ]; then libraries+=("artifacts/bin/$name/debug/$name.dll"); fi
done
dotnet run --project scripts/PublicCoverage --configuration Release -- artifacts/coverage "${libraries[@]}"
