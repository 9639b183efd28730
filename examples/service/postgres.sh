#!/usr/bin/env bash
# A PostgreSQL of its own on loopback, from Debian's package, in a folder that is gone afterwards.
#
#   ./postgres.sh run COMMAND...     runs the command with DATABASE_URL set, then stops the database
#   ./postgres.sh start DIR [PORT]   starts one in DIR and prints its URL; again, it keeps the rows
#   ./postgres.sh stop DIR           stops it
#
# Exits with 77 and says so where PostgreSQL is not installed (apt-get install postgresql).
set -euo pipefail

bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
if [[ ! -x $bin/initdb ]]; then
    echo "skipped: PostgreSQL is not installed (apt-get install postgresql)" >&2
    exit 77
fi

# initdb refuses to be root.
as_postgres() {
    if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

start() {
    local dir=$1 port=$2
    mkdir -p "$dir"
    if [[ ! -s $dir/PG_VERSION ]]; then
        chmod 700 "$dir"
        ((EUID != 0)) || chown postgres: "$dir"
        as_postgres "$bin/initdb" -D "$dir" --auth=trust -U postgres --no-sync >"$dir.log"
    fi
    # It must not hold on to the pipe that somebody reads the URL from.
    (cd "$dir" && as_postgres "$bin/pg_ctl" -D "$dir" -w -t 60 -l "$dir/log" \
        -o "-h 127.0.0.1 -p $port -k '$dir' -c fsync=off" start) >>"$dir.log" 2>&1 </dev/null || {
        cat "$dir.log" "$dir/log" >&2
        return 1
    }
    echo "postgres://postgres@127.0.0.1:$port/postgres"
}

stop() {
    (cd "$1" && as_postgres "$bin/pg_ctl" -D "$1" -w -m fast stop) >/dev/null
}

# On a port below those that the kernel hands out by itself. Nobody is asked whether it is free:
# PostgreSQL does not start on one that is taken, and then another is tried.
start_somewhere() {
    for _ in 1 2 3; do
        if start "$1" $((20000 + RANDOM % 10000)); then return; fi
    done
    return 1
}

case ${1-} in
run)
    shift
    dir=$(mktemp -d /tmp/thrifty-postgres.XXXXXX)
    trap 'stop "$dir" || true; rm -rf "$dir" "$dir.log"' EXIT
    DATABASE_URL=$(start_somewhere "$dir")
    export DATABASE_URL
    "$@"
    ;;
start) if [[ -n ${3-} ]]; then start "$2" "$3"; else start_somewhere "${2:?DIR is missing}"; fi ;;
stop) stop "${2:?DIR is missing}" ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
