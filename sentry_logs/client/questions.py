from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Required, TypedDict

from sentry_logs.client.pagination import usable_cursor

MAX_FIELDS = 20
MAX_PER_PAGE = 100
LOGS = "logs"
_NO_TRANSACTIONS = "!event.type:transaction"


class Asked(TypedDict, total=False):
    """What a page of rows is asked by: `start` and `end` are aware, `per_page` is 100 at most."""

    fields: Required[Sequence[str]]
    query: Required[str]
    start: Required[datetime]
    end: Required[datetime]
    sort: Sequence[str]
    per_page: int
    cursor: str | None
    environments: Sequence[str]


@dataclass(frozen=True, slots=True)
class EventsQuestion:
    """A question to the organization's events, checked; ValueError for what Sentry would refuse.

    Source: https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
    """

    fields: Sequence[str]
    query: str
    start: datetime
    end: datetime
    sort: Sequence[str] = ()
    per_page: int = MAX_PER_PAGE
    cursor: str | None = None
    environments: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.fields) <= MAX_FIELDS:
            raise ValueError(f"Ask for 1 to {MAX_FIELDS} fields.")
        if not 1 <= self.per_page <= MAX_PER_PAGE:
            raise ValueError(f"per_page must be between 1 and {MAX_PER_PAGE}.")
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("start and end need a time zone.")
        if self.start >= self.end:
            raise ValueError("start must be before end.")
        check_cursor(self.cursor)

    def params(self, dataset: str, projects: Sequence[str]) -> list[tuple[str, str]]:
        """The query string as pairs, in the order of Sentry's documentation."""
        pairs = [("dataset", dataset), *(("project", project) for project in projects)]
        pairs += [("field", field) for field in self.fields]
        pairs += [("query", self._query(dataset))]
        # A part of a second belongs to the range: the start is rounded down, the end up.
        pairs += [("start", _second(self.start)), ("end", _second(self.end, up=True))]
        pairs += [("environment", environment) for environment in self.environments]
        pairs += [("sort", column) for column in self.sort]
        pairs += [("per_page", str(self.per_page))]
        return [*pairs, *cursor_param(self.cursor)]

    def _query(self, dataset: str) -> str:
        if dataset in ("errors", LOGS):
            return self.query
        return f"({self.query}) {_NO_TRANSACTIONS}" if self.query.strip() else _NO_TRANSACTIONS


def check_cursor(cursor: str | None) -> None:
    if cursor is not None and not usable_cursor(cursor):
        raise ValueError("This is not a cursor of Sentry.")


def cursor_param(cursor: str | None) -> list[tuple[str, str]]:
    return [] if cursor is None else [("cursor", cursor)]


def _second(moment: datetime, *, up: bool = False) -> str:
    whole = moment.astimezone(UTC).replace(microsecond=0)
    if up and moment.microsecond:
        whole += timedelta(seconds=1)
    return whole.strftime("%Y-%m-%dT%H:%M:%S")
