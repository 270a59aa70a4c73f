# Sourced by test.sh and .ci/run: adds up test results.
passed=0 failed=0 skipped=0

# Adds the counters of every trx file in a folder. A skipped test is one that was not executed.
count_trx() {
    local file counters
    for file in "$1"/*.trx; do
        [ -e "$file" ] || continue
        counters=$(grep -m1 -o '<Counters [^>]*' "$file") || { failed=$((failed + 1)); continue; }
        passed=$((passed + $(counter passed "$counters")))
        failed=$((failed + $(counter failed "$counters") + $(counter error "$counters") + $(counter timeout "$counters") + $(counter aborted "$counters")))
        skipped=$((skipped + $(counter total "$counters") - $(counter executed "$counters")))
    done
}

# The value of one attribute; 0 when it is not there.
counter() {
    [[ "$2" =~ [[:space:]]"$1"=\"([0-9]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

# Prints the closing line.
print_counts() {
    if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"
    else echo "$passed passed, $failed failed"; fi
}

# Adds the samples: one line each, "passed NAME" or "failed NAME".
count_samples() {
    local outcome name
    [ -e "$1" ] || { failed=$((failed + 1)); return; }
    while read -r outcome name; do
        if [ "$outcome" = passed ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done < "$1"
}
