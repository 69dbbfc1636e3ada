"""How long somebody stays signed in, and ending it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from dashboard.people.rights import Somebody

BEGAN, SEEN, PROVED, BROWSER = "began_at", "seen_at", "proved_at", "browser"
# A look is remembered this often, so that not every request writes.
SEEN_EVERY = timedelta(minutes=5)
# The first that a browser says of itself; most claim to be some of the later ones as well.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


@dataclass(frozen=True)
class Open:
    """A session that somebody could go on with."""

    key: str
    began: datetime
    seen: datetime
    browser: str


def begin(request: HttpRequest) -> None:
    """Note when somebody signed in; what was noted for a session before that is gone."""
    now = _now()
    request.session.update({BEGAN: now, SEEN: now, PROVED: now})
    request.session[BROWSER] = _browser(request.headers.get("User-Agent", ""))


def is_over(session: SessionBase) -> bool:
    """Whether a session was left alone or went on for too long, or never noted when it began."""
    now = _now()
    idle = now - session.get(SEEN, 0) > settings.SESSION_COOKIE_AGE
    return bool(idle or now - session.get(BEGAN, 0) > settings.SESSION_LONGEST.total_seconds())


def touch(session: SessionBase) -> None:
    """Note that a person did something. Saving it renews the cookie and the row in the database."""
    if _now() - session[SEEN] >= SEEN_EVERY.total_seconds():
        session[SEEN] = _now()


def is_proved(session: SessionBase) -> bool:
    """Whether the person said lately who they are: by signing in, or when asked again."""
    return bool(_now() - session.get(PROVED, 0) <= settings.PROOF_HOLDS.total_seconds())


def prove(session: SessionBase) -> None:
    session[PROVED] = _now()


def open_sessions(user: Somebody) -> list[Open]:
    """Return a person's sessions, the one used last first."""
    found = [
        Open(row.session_key, _moment(kept, BEGAN), _moment(kept, SEEN), kept.get(BROWSER, ""))
        for row, kept in _sessions_of(user)
    ]
    return sorted(found, key=lambda session: session.seen, reverse=True)


def end_sessions(user: Somebody, *, but: str | None = None) -> int:
    """Sign a person out everywhere, except in the session with the key `but`. Return how many ended."""
    keys = [row.session_key for row, _kept in _sessions_of(user) if row.session_key != but]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _sessions_of(user: Somebody) -> Iterator[tuple[Session, dict[str, Any]]]:
    # Sessions do not say whose they are; the ones of a team are few enough to look into.
    for row in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        kept = row.get_decoded()
        if kept.get(SESSION_KEY) == str(user.pk):
            yield row, kept


def _browser(said: str) -> str:
    """Return a name that people know, such as “Firefox on Windows”; a full user agent would tell too much."""
    name = next((name for word, name in BROWSERS.items() if word in said), "")
    system = next((name for name in SYSTEMS if name in said), "")
    return " on ".join(filter(None, (name, system)))


def _moment(kept: dict[str, Any], name: str) -> datetime:
    return datetime.fromtimestamp(kept.get(name, 0), UTC)


def _now() -> int:
    return int(timezone.now().timestamp())
