"""What only Sentry itself can say: its limits at this moment, the fields it gives, how far back it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings

from sentry_logs.backends import configured_client, rows
from sentry_logs.client import Page, RateLimit, SearchQuery
from sentry_logs.services.asking import checked
from sentry_logs.services.findings import Finding, iso

FIELDS = (
    "id", "timestamp", "level", "title", "message", "culprit", "transaction", "environment",
    "issue.id", "event.type", "project.name",
)  # fmt: skip
NEEDED = ("id", "timestamp", "level", "title", "environment")
"""Fields that every event of the receptionist has; others may well be empty."""

LOOKED_AT = 10
FARTHEST = timedelta(days=400)
CLAMP = "Sentry may move the start of a question to what it keeps, without saying so."


def rate_limits(key: str, subject: str) -> Finding:
    limit = _ask([], ["id", "timestamp"], ["-timestamp"], timedelta(hours=1), 1).rate_limit
    if limit is None or limit.limit is None:
        words = "Sentry names none, as servers of one's own do"
        return Finding(key, subject, "ok", words, facts={"limit": None})
    words = f"{limit.limit:,} requests in a row, {limit.remaining or 0:,} left"
    if limit.reset_at:
        words += f" until {datetime.fromtimestamp(limit.reset_at, UTC):%H:%M:%S}"
    if limit.concurrent_limit:
        words += f"; {limit.concurrent_limit:,} at the same time"
    return Finding(key, subject, "ok", words, facts=_facts(limit))


def fields(key: str, subject: str) -> Finding:
    """Look at a few of the newest tagged events; a field is empty when all of them lack it."""
    tag_field = f"tags[{settings.SENTRY_CORRELATION_TAG}]"
    tagged = [str(SearchQuery(tag=settings.SENTRY_CORRELATION_TAG).tagged())]
    asked = [*FIELDS, tag_field]
    page = _ask(tagged, asked, ["-timestamp", "-id"], timedelta(days=90), LOOKED_AT)
    if not page.rows:
        return Finding(key, subject, "unknown", "No event with a correlation id in 90 days to look at")
    empty = [name for name in asked if not any(rows.text(row, name) for row in page.rows)]
    missing = [name for name in empty if name in (*NEEDED, tag_field)]
    facts = {"asked": asked, "empty": empty, "missing": missing, "events": len(page.rows)}
    if missing:
        words = f"Missing in the newest {len(page.rows)} events: {', '.join(missing)}"
        hint = "Pages need these fields. A proxy may remove them, or the server may know them by other names."
        return Finding(key, subject, "failed", words, hint, facts)
    words = f"All {len(asked)} come back"
    if empty:
        words = f"All needed ones come back; always empty: {', '.join(empty)}"
    return Finding(key, subject, "ok", words, facts=facts)


def reach(key: str, subject: str) -> Finding:
    """Find the oldest event that Sentry still gives."""
    page = _ask([], ["id", "timestamp"], ["timestamp"], FARTHEST, 1)
    oldest = rows.moment(page.rows[0], "timestamp") if page.rows else None
    if oldest is None:
        return Finding(key, subject, "unknown", f"No event within {FARTHEST.days} days", CLAMP)
    days, assumed = (datetime.now(UTC) - oldest).days, settings.SENTRY_RETENTION_DAYS
    words = f"The oldest event is of {oldest:%d %b %Y}, {days} days ago"
    facts = {"oldestEvent": iso(oldest), "days": days, "retentionDays": assumed}
    return Finding(key, subject, "ok", words, f"{_compared(days, assumed)} {CLAMP}", facts)


def _compared(days: int, assumed: int) -> str:
    if days > assumed:
        return f"Sentry keeps more than SENTRY_RETENTION_DAYS={assumed} says: set it to at least {days}."
    if days < assumed - 1:
        return (
            f"Either the project is younger than SENTRY_RETENTION_DAYS={assumed}, or Sentry keeps less: then "
            "set it to what your plan says."
        )
    return f"This fits SENTRY_RETENTION_DAYS={assumed}."


def _facts(limit: RateLimit) -> dict[str, object]:
    return {
        "limit": limit.limit,
        "remaining": limit.remaining,
        "resetAt": limit.reset_at,
        "concurrentLimit": limit.concurrent_limit,
        "concurrentRemaining": limit.concurrent_remaining,
    }


def _ask(
    query: Sequence[str], columns: Sequence[str], sort: Sequence[str], length: timedelta, per_page: int
) -> Page:
    now = datetime.now(UTC)
    start, end = now - length, now
    return checked(
        lambda: configured_client().events(
            fields=columns, query=" ".join(query), start=start, end=end, sort=sort, per_page=per_page
        )
    )
