#!/bin/bash
# Stops what set-up started for this folder: its PostgreSQL and the engine whose pid we kept. Touches no other.
set -euo pipefail
. "$(dirname "$0")/progress.sh"

if compgen -G "/usr/lib/postgresql/*/bin" >/dev/null; then
    . "$(dirname "$0")/postgresql.sh"
    if as_owner "$programs/pg_ctl" status --pgdata "$data" >/dev/null 2>&1; then
        quietly postgresql-stop as_owner "$programs/pg_ctl" stop --pgdata "$data" --mode fast --wait
        say "PostgreSQL: stopped"
    fi
fi

pid=$(cat "$root/out/engine/dockerd.pid" 2>/dev/null || true)
if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
    kill "$pid"
    for _ in $(seq 100); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
    say "engine: stopped"
fi
rm -f "$root/out/engine/dockerd.pid"
