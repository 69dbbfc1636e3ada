"""The columns of `dataset=logs`.

Source: https://docs.sentry.io/product/explore/logs/ and sentry's search/eap/ourlogs/attributes.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from sentry_logs.sandbox.columns import TAG_FIELD, Column, Columns, Read
from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.filters import Filter
from sentry_logs.sandbox.logs import SEVERITIES
from sentry_logs.sandbox.predicates import Filters

RETENTION = timedelta(days=30)
LONGEST_NAME = 200
LARGEST_PAGE = 9_999
DATASETS = ("logs", "ourlogs")


class LogColumns(Columns):
    """Any name is a column; an attribute that a line does not have is null."""

    def get(self, name: str) -> Column:
        """Find the column of a public name; a name that is too long is refused."""
        explicit = TAG_FIELD.match(name)
        attribute = explicit["tag"].partition(",")[0] if explicit else name
        if len(attribute) > LONGEST_NAME:
            raise InvalidSearchQuery(f"{name} is too long, can be a maximum of 200 characters")
        if not explicit and name in PLAIN:
            return Column(name, *PLAIN[name])
        if not explicit and name in self._special:
            return Column(name, *self._special[name])
        return Column(name, "string", _attribute(attribute), is_tag=True)


class LogFilters(Filters):
    """As for events, but words are looked for in the message only, and their case matters."""

    def test(self, condition: Filter) -> Callable[[Event], bool]:
        """Make the predicate of one filter, or refuse it."""
        if condition.key in ("timestamp", "timestamp_precise"):
            raise InvalidSearchQuery(f"{condition.key} cannot be filtered by; use start and end")
        if condition.key != "message" or isinstance(condition.value, list):
            return super().test(condition)
        wanted, negative = str(condition.value).replace("\\*", "*"), condition.operator == "!="
        return lambda line: (wanted in line.message) != negative


def _attribute(*names: str) -> Read:
    def read(line: Event) -> str | None:
        return next((line.tags[name] for name in names if name in line.tags), None)

    return read


def _sent(key: str) -> Read:
    return lambda line: line.payload.get(key)


PLAIN: dict[str, tuple[str, Read]] = {
    "id": ("string", attrgetter("id")),
    "sentry.item_id": ("string", attrgetter("id")),
    "timestamp": ("date", attrgetter("second")),
    # Nanoseconds are too big for numbers in a browser, so Sentry writes them as text.
    "timestamp_precise": ("string", lambda line: str(line.payload["nanos"])),
    "message": ("string", attrgetter("message")),
    "message.template": ("string", _attribute("sentry.message.template")),
    "severity": ("string", attrgetter("level")),
    "severity_number": ("integer", lambda line: SEVERITIES[line.level]),
    "environment": ("string", attrgetter("environment")),
    "release": ("string", attrgetter("release")),
    "trace": ("string", _sent("trace_id")),
    "span_id": ("string", _sent("span_id")),
    "logger.name": ("string", _attribute("logger.name")),
    "project.id": ("integer", attrgetter("project_id")),
}


def precise(name: str) -> Callable[[Any], float]:
    """Make `min(timestamp_precise)` or `max(timestamp_precise)`: nanoseconds as a number."""
    choose = min if name == "min" else max
    return lambda lines: float(choose((line.payload["nanos"] for line in lines), default=0))
