# Sourced by the benchmarks: measures programs and compares their medians. Needs bash 5, and GNU time for memory.

# Runs a command without its output and prints its wall time in seconds. A command that fails ends the benchmark.
measure_seconds() {
    local started=${EPOCHREALTIME/./} ended
    "$@" >/dev/null 2>&1 || { echo "failed: $*" >&2; exit 1; }
    ended=${EPOCHREALTIME/./}
    awk -v microseconds=$((ended - started)) 'BEGIN { printf "%.4f\n", microseconds / 1e6 }'
}

# The same, and the most memory the command held, in KB (0 without GNU time): "SECONDS KILOBYTES".
measure_seconds_and_memory() {
    local report=$folder/memory seconds
    [ -x /usr/bin/time ] || { echo "$(measure_seconds "$@") 0"; return; }
    seconds=$(measure_seconds /usr/bin/time --output "$report" --format %M "$@") || exit 1
    echo "$seconds $(tail -n 1 "$report")"
}

# The median of one column of a file.
median() {
    sort -n -k "$2,$2" "$1" | awk -v column="$2" '{ values[NR] = $column } END { print NR % 2 ? values[(NR + 1) / 2] : (values[NR / 2] + values[NR / 2 + 1]) / 2 }'
}

# The first number divided by the second.
ratio() {
    awk -v first="$1" -v second="$2" 'BEGIN { if (second == 0) print "n/a"; else printf "%.2f\n", first / second }'
}

# The median of the first file's numbers divided by the second's, line by line: of the same round, in which the machine was as fast for both.
ratio_by_round() {
    printf '%.2f\n' "$(median <(paste -d ' ' <(cut -d ' ' -f 1 "$1") <(cut -d ' ' -f 1 "$2") | awk '{ print $1 / $2 }') 1)"
}

# When, from what and on what the figures were taken.
describe_machine() {
    echo "$(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD), $(nproc) cores,$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2), .NET SDK $(dotnet --version)"
}

# Runs a command, and shows what it said only if it fails.
quietly() {
    "$@" > "$folder/quietly.log" 2>&1 || { cat "$folder/quietly.log" >&2; exit 1; }
}
