#!/usr/bin/env bash
# R2: how long `cistern --help` takes from start to finish, against an empty Main published the same way.
# The two run in turn; medians are compared.
#   bench/r2.sh [rounds]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source bench/measure.sh

rounds=${1:-41}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/empty"
cat > "$folder/empty/Empty.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <InvariantGlobalization>true</InvariantGlobalization>
    <ConcurrentGarbageCollection>false</ConcurrentGarbageCollection>
  </PropertyGroup>
</Project>
PROJECT
echo 'internal static class Program { private static void Main() { } }' > "$folder/empty/Program.cs"

quietly dotnet publish "$folder/empty" --configuration Release --nologo --output "$folder/out-empty"
quietly dotnet publish src/apps/Cistern.Cli --configuration Release --nologo --output "$folder/out-cistern"
describe_machine

"$folder/out-empty/Empty"
"$folder/out-cistern/cistern" --help > /dev/null
for ((round = 1; round <= rounds; round++)); do
    measure_seconds "$folder/out-empty/Empty" >> "$folder/empty.figures"
    measure_seconds "$folder/out-cistern/cistern" --help >> "$folder/cistern.figures"
done

empty=$(median "$folder/empty.figures" 1)
cistern=$(median "$folder/cistern.figures" 1)
echo "$rounds rounds: empty Main $empty s; cistern --help $cistern s; ratio $(ratio "$cistern" "$empty")"
