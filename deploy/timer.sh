#!/bin/sh
# What runs under a timer, for machines without systemd or cron.
set -u
pruned=never
while true; do
  python manage.py sentry_sync
  python manage.py sweep_calls
  today=$(date -u +%F)
  if [ "$pruned" != "$today" ] && [ "$(date -u +%H)" -ge 3 ]; then
    python manage.py prune --yes
    python manage.py prune_audit --yes
    python manage.py verify_audit
    pruned=$today
  fi
  sleep 60
done
