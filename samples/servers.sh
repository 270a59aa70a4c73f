# Sourced by samples that want a server: starts it on a free port of 127.0.0.1, with its files in a temporary folder, and stops it by its process id when the script ends.
server_folder=
server_ids=()

stop_servers() {
    [ ${#server_ids[@]} -eq 0 ] || { kill "${server_ids[@]}" 2>/dev/null; wait "${server_ids[@]}" 2>/dev/null || true; }
    [ -z "$server_folder" ] || rm -rf "$server_folder"
}
trap stop_servers EXIT

# A port that nobody listens on.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# Waits until somebody listens on a port, for at most ten seconds.
wait_for_port() {
    for ((i = 0; i < 500; i++)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.02
    done
    echo "nobody listens on 127.0.0.1:$1" >&2
    return 1
}

# Starts two memcached servers and sets CISTERN_MEMCACHED to their hosts and ports, with a blank between; where memcached is not installed, says so and sets nothing.
start_memcached() {
    command -v memcached >/dev/null || { echo "memcached is not installed (Debian: apt-get install memcached): what needs it is left out"; return 0; }
    local ports=() port user=()
    [ "$(id -u)" -ne 0 ] || user=(-u nobody)
    for _ in 1 2; do
        port=$(free_port)
        memcached -l 127.0.0.1 -p "$port" -U 0 "${user[@]}" &
        server_ids+=($!)
        wait_for_port "$port"
        ports+=("127.0.0.1:$port")
    done
    export CISTERN_MEMCACHED=${ports[*]}
}

# Starts Redis and sets CISTERN_REDIS to its host and port; where it is not installed, says so and sets nothing.
start_redis() {
    command -v redis-server >/dev/null || { echo "redis-server is not installed (Debian: apt-get install redis-server): what needs it is left out"; return 0; }
    [ -n "$server_folder" ] || server_folder=$(mktemp -d)
    local port
    port=$(free_port)
    redis-server --port "$port" --bind 127.0.0.1 --dir "$server_folder" --save "" --appendonly no > "$server_folder/redis.log" &
    server_ids+=($!)
    wait_for_port "$port"
    export CISTERN_REDIS=127.0.0.1:$port
}
