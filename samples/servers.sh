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

# Starts PostgreSQL with a database of its own and sets CISTERN_POSTGRESQL to a connection string; where it is not installed, says so and sets nothing. It refuses to run as root: then it runs as nobody.
start_postgresql() {
    local programs port password user=()
    programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort --version-sort | tail -n 1)
    [ -n "$programs" ] || { echo "PostgreSQL is not installed (Debian: apt-get install postgresql): what needs it is left out"; return 0; }
    [ -n "$server_folder" ] || server_folder=$(mktemp -d)
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' ')
    mkdir "$server_folder/postgresql"
    echo "$password" > "$server_folder/postgresql/password"
    if [ "$(id -u)" -eq 0 ]; then
        user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
        chmod 711 "$server_folder"
        chown -R 65534:65534 "$server_folder/postgresql"
    fi
    (cd "$server_folder/postgresql" && "${user[@]}" "$programs/initdb" --pgdata data --username cistern --pwfile password --auth scram-sha-256 --encoding UTF8 --locale C --no-sync > initdb.log)
    port=$(free_port)
    (cd "$server_folder/postgresql" && exec "${user[@]}" "$programs/postgres" -D data -c port="$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= > log 2>&1) &
    server_ids+=($!)
    for ((i = 0; i < 500; i++)); do
        "$programs/pg_isready" -q -h 127.0.0.1 -p "$port" && break
        sleep 0.02
    done
    export CISTERN_POSTGRESQL="Host=127.0.0.1;Port=$port;Username=cistern;Password=$password;Database=postgres"
}
