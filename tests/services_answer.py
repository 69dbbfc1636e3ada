"""Do the PostgreSQL and the Redis of the settings answer? Says which does not; the exit status tells."""

from __future__ import annotations

import os
import sys

import psycopg
import redis


def _complaints() -> list[str]:
    found = []
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2).close()
    except psycopg.Error as error:
        found.append(f"PostgreSQL does not answer: {str(error).strip()}")
    try:
        redis.Redis.from_url(os.environ["CACHE_URL"], socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        found.append(f"Redis does not answer: {error}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(_complaints()) or None)
