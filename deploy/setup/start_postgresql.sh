#!/bin/bash
# Starts a PostgreSQL of our own, made on first use and reused after; prints its DATABASE_URL on stdout.
set -euo pipefail
. "$(dirname "$0")/postgresql.sh"

exec 9>"$out/postgresql.lock"
flock 9

if [ ! -f "$data/PG_VERSION" ]; then
    say "PostgreSQL: a new cluster in $folder"
    as_owner rm -rf "$data"
    as_owner sh -c "umask 077; head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >'$folder/password'"
    quietly initdb as_owner "$programs/initdb" --pgdata "$data" --username factory --encoding UTF8 --locale C.UTF-8 \
        --auth scram-sha-256 --pwfile "$folder/password"
    # It holds nothing but tests: speed instead of surviving a power cut. The path of a socket has at most 107 bytes.
    as_owner sh -c "cat >>'$data/postgresql.conf'" <<EOF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$([ ${#folder} -lt 90 ] && echo "$folder")'
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
EOF
fi

if ! as_owner "$programs/pg_ctl" status --pgdata "$data" >/dev/null; then
    port=$("$root/.venv/bin/python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    quietly postgresql as_owner "$programs/pg_ctl" start --pgdata "$data" --wait --timeout 60 --log "$folder/log" \
        --options "-p $port" 9>&-
    say "PostgreSQL: answers at port $port"
fi

port=$(as_owner sed -n 4p "$data/postmaster.pid")
export PGPASSWORD
PGPASSWORD=$(as_owner cat "$folder/password")
question="select 1 from pg_database where datname = 'factory'"
connection="host=127.0.0.1 port=$port user=factory dbname=postgres"
[ "$("$programs/psql" "$connection" -Atc "$question")" = 1 ] ||
    quietly createdb "$programs/psql" "$connection" -c "create database factory"
echo "postgres://factory:$PGPASSWORD@127.0.0.1:$port/factory"
