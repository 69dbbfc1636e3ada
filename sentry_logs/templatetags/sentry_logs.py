from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sentry_logs.answers import LogEvent
from sentry_logs.services.hiding import hidden_in

register = template.Library()

ICONS = frozenset(
    {
        "clean",
        "close",
        "copy",
        "debug",
        "down",
        "error",
        "expired",
        "fatal",
        "inbound",
        "info",
        "keys",
        "left",
        "mark",
        "offline",
        "out",
        "outbound",
        "partly",
        "refresh",
        "reveal",
        "right",
        "search",
        "theme",
        "ticket",
        "unknown",
        "user",
        "warning",
    }
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUS = "\N{MINUS SIGN}"


@register.simple_tag
def icon(name: str | None, label: str = "", level: str = "") -> SafeString:
    """Draw an icon of the sprite; give a label where no word stands beside it."""
    known = name if name in ICONS else "unknown"
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    hue = format_html(' data-level="{}"', level) if level else ""
    sprite = static("img/icons.svg")
    return format_html('<svg class="icon" {}{}><use href="{}#{}"/></svg>', said, hue, sprite, known)


@register.inclusion_tag("_level.html")
def level(name: str | None) -> dict[str, str]:
    return {"level": name or ""}


@register.inclusion_tag("_environment.html")
def environment_badge(name: str | None) -> dict[str, str]:
    return {"env": name or ""}


@register.filter
def clock(moment: datetime | None) -> str:
    """Write the time of day in UTC: 13:38:10."""
    return _utc(moment).strftime("%H:%M:%S") if moment else ""


@register.filter
def clock_precise(moment: datetime | None) -> str:
    """Write the time of day with milliseconds where they are known: 13:38:10.792."""
    return clock(moment) + _milliseconds(moment) if moment else ""


@register.filter
def iso(moment: datetime | None) -> str:
    """Write a moment for `<time datetime>`, which allows three digits of a second at most."""
    if not moment:
        return ""
    precision = "milliseconds" if moment.microsecond else "seconds"
    return _utc(moment).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


@register.filter
def since(moment: datetime | None, start: datetime | None) -> str:
    """Write how long after the start of a call something happened: +2:06, or −0:03 before it."""
    if not moment or not start:
        return ""
    # Both are cut to whole seconds first, so that the figure agrees with the two clocks on the page.
    seconds = int((_whole(moment) - _whole(start)).total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    length = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"{MINUS if seconds < 0 else '+'}{length}"


@register.filter
def since_precise(moment: datetime | None, start: datetime | None) -> str:
    """As `since`, with milliseconds where they are known: +2:06.398."""
    if not moment or not start or not moment.microsecond:
        return since(moment, start)
    apart = _utc(moment) - _whole(start)
    sign = MINUS if apart < timedelta() else "+"
    return f"{sign}{since(EPOCH + abs(apart), EPOCH)[1:]}{_milliseconds(EPOCH + abs(apart)) or '.000'}"


@register.filter
def day(moment: datetime | date | None) -> str:
    """Write a day as a heading: "Today, Monday 23 November"; another year is named."""
    if not moment:
        return ""
    that = _utc(moment).date() if isinstance(moment, datetime) else moment
    today = timezone.now().astimezone(UTC).date()
    name = format_date(that, "l j F")
    if that == today:
        return f"Today, {name}"
    if that == today - timedelta(days=1):
        return f"Yesterday, {name}"
    return name if that.year == today.year else f"{name} {that.year}"


@register.filter
def thousands(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


@register.filter
def short_id(identifier: str | None) -> str:
    """Shorten a long id in its middle: both ends are what people compare."""
    whole = identifier or ""
    return f"{whole[:8]}…{whole[-4:]}" if len(whole) > 16 else whole


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _milliseconds(moment: datetime) -> str:
    return f".{moment.microsecond // 1_000:03}" if moment.microsecond else ""


def _whole(moment: datetime) -> datetime:
    return _utc(moment).replace(microsecond=0)


@register.filter
def hidden_words(events: Iterable[LogEvent]) -> str:
    """Say how many things are hidden in events: 3 items hidden."""
    counts = [hidden_in(event) for event in events or ()]
    number = sum(counts)
    return f"{number:,} item{'' if number == 1 else 's'} hidden" if number else ""


@register.simple_tag
def who_else_url(issue_id: str) -> str:
    """Return where the other calls of an issue are listed, if the product around this app lists any."""
    path: str = getattr(settings, "CALLS_OF_ISSUE", "")
    return path.format(issue=quote(issue_id, safe="")) if path else ""
