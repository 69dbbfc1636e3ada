"""How gunicorn serves the dashboard: `gunicorn dashboard.wsgi` reads this file by itself."""

from __future__ import annotations

import logging
import os

import gunicorn.util

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Views wait for the database and sometimes for Sentry, so threads suit.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
# Longer than any answer of ours may take, shorter than a proxy waits.
timeout = 30
# What is under way at a deploy is finished.
graceful_timeout = 30
keepalive = 65
# A worker is renewed now and then, so that no leak can grow for weeks; not all at the same moment.
max_requests = 50_000
max_requests_jitter = 5_000
# Heartbeats go to memory; on a slow disk a healthy worker would be taken for a dead one.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def write_error(client: object, status: int, reason: str, message: str) -> None:
    """Answer what is no HTTP with the headers of every answer, without repeating what came."""
    from dashboard.headers import refusal

    gunicorn.util.write_nonblock(client, refusal(status, reason))


gunicorn.util.write_error = write_error


def post_worker_init(worker: object) -> None:
    """Keep secrets out of gunicorn's own lines; read the webhooks that a killed process had not come to."""
    from datetime import timedelta

    from dashboard.ingest.settle import catch_up
    from dashboard.logs import RedactSecrets

    for name in ("gunicorn.error", "gunicorn.access"):
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(RedactSecrets())
    catch_up(older_than=timedelta())
