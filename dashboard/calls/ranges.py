"""When calls started: one of a few ranges that end now, or a stretch between two moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from sentry_logs.answers import Window
from sentry_logs.periods import PERIODS, WIDEST, Period, smallest_covering

ANY_TIME = "any"
RANGES = [
    (ANY_TIME, "Any time"),
    ("1h", "Last hour"),
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
]
STRETCH = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)Z/(\d{4}-\d\d-\d\dT\d\d:\d\d)Z", re.ASCII)
DAY = timedelta(days=1)
NO_RANGE = "There is no such time range."


class RangeField(forms.ChoiceField):
    """A named range, or a stretch written as `2026-11-23T09:00Z/2026-11-23T10:00Z`."""

    def __init__(self) -> None:
        super().__init__(required=False, choices=RANGES, error_messages={"invalid_choice": NO_RANGE})

    def validate(self, value: Any) -> None:
        if value and not named(value) and stretch_of(value) is None:
            raise ValidationError(NO_RANGE)


def named(text: str) -> bool:
    return text in dict(RANGES)


def write(start: datetime, end: datetime) -> str:
    """Write a stretch as an address carries it, in whole minutes of UTC."""
    return "/".join(f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}" for moment in (start, end))


def stretch_of(text: str) -> Window | None:
    """Read a stretch; None for anything else, also for one that ends before it begins."""
    found = STRETCH.fullmatch(text)
    if not found:
        return None
    try:
        start, end = (datetime.fromisoformat(part).replace(tzinfo=UTC) for part in found.groups())
    except ValueError:
        return None
    return Window(start, end) if start < end else None


def window_of(text: str, now: datetime) -> Window | None:
    """Return the stretch that a range means at a moment; None for any time."""
    return PERIODS[text].window(now) if text in PERIODS else stretch_of(text)


def period_of(text: str) -> Period:
    """Return the time in which Sentry is asked about; it keeps nothing for longer than the widest."""
    stretch = stretch_of(text)
    if stretch is None:
        return PERIODS.get(text, WIDEST)
    names = tuple(name for name, _label in RANGES if name in PERIODS)
    return PERIODS[smallest_covering(stretch.start, timezone.now(), names)]


def words_for(text: str) -> str:
    """Say a range in the middle of a sentence."""
    if stretch := stretch_of(text):
        return label_for(stretch)
    return f"the {dict(RANGES)[text].lower()}" if text in PERIODS else "any time"


def label_for(stretch: Window) -> str:
    start, end = stretch.start, stretch.end
    if end - start == DAY and start.hour == start.minute == 0:
        return f"{start.day} {start:%b %Y}"
    same_day = start.date() == (end - timedelta(minutes=1)).date()
    last = f"{end:%H:%M}" if same_day else f"{end.day} {end:%b, %H:%M}"
    return f"{start.day} {start:%b, %H:%M} to {last}"
