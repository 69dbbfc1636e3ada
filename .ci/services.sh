#!/usr/bin/env bash
# Start PostgreSQL and Redis where they do not answer yet, and fail when one cannot be had.
set -euo pipefail

postgres() { pg_isready --quiet --host 127.0.0.1 --port 5432; }
redis() { [ "$(redis-cli -h 127.0.0.1 -p 6379 ping 2>/dev/null)" = PONG ]; }

answers_soon() {
  for _ in $(seq 1 100); do
    if "$1"; then return; fi
    sleep 0.1
  done
  echo "$1 does not answer on its usual port of 127.0.0.1" >&2
  return 1
}

if ! postgres; then
  version=$(ls /etc/postgresql | sort --version-sort | tail -n 1)
  pg_ctlcluster --skip-systemctl-redirect "$version" main start
fi
if ! redis; then
  redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no >/dev/null
fi
answers_soon postgres
answers_soon redis
