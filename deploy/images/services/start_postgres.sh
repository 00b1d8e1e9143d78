#!/bin/sh
# Makes the cluster on the first start, with the user, password and database that the environment names, and serves it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    : "${POSTGRES_PASSWORD:?give the database a password}"
    printf %s "$POSTGRES_PASSWORD" >"/tmp/password"
    initdb --username "${POSTGRES_USER:-postgres}" --pwfile /tmp/password --auth scram-sha-256 \
        --encoding UTF8 --locale C.UTF-8
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    pg_ctl start --silent --wait --options "-c listen_addresses='' -c unix_socket_directories=/tmp"
    PGPASSWORD=$POSTGRES_PASSWORD createdb --host /tmp --username "${POSTGRES_USER:-postgres}" \
        "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"
    pg_ctl stop --silent --wait --mode fast
fi
exec postgres -c listen_addresses='*' "$@"
