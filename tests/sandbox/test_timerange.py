from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentry_logs.sandbox.http import Request
from sentry_logs.sandbox.timerange import read_range
from tests.sandbox.conftest import NOW, ago

STAMP = "%Y-%m-%dT%H:%M:%S"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"statsPeriod": "soon"}, "Invalid date range: Invalid statsPeriod: 'soon'"),
        ({"start": "2026-01-01"}, "Invalid date range: start and end are both required"),
        ({"start": "2026-01-02", "end": "2026-01-01"}, "Invalid date range: start must be before end"),
        (
            {"start": "2020-01-01", "end": "2020-02-01"},
            "Invalid date range. Please try a more recent date range.",
        ),
        (
            {"start": "whenever", "end": "2026-01-01"},
            "Invalid date range: whenever is not a valid ISO8601 date query",
        ),
    ],
)
def test_bad_ranges_are_refused_in_sentrys_words(any_door, params, words):
    assert any_door.refusal(**params) == words


def test_the_start_belongs_to_the_range_and_the_end_does_not(any_door):
    for minutes in (10, 5, 1):
        any_door.sandbox.add_event(title=str(minutes), timestamp=ago(minutes=minutes))
    span = {"start": ago(minutes=10).strftime(STAMP), "end": ago(minutes=1).strftime(STAMP)}
    assert any_door.titles("", **span) == ["10", "5"]


@pytest.mark.parametrize(
    "spell", [lambda at: at.strftime(STAMP + "Z"), lambda at: at.isoformat(), lambda at: str(at.timestamp())]
)
def test_zones_and_unix_seconds_are_understood(any_door, spell):
    any_door.sandbox.add_event(title="one", timestamp=ago(minutes=5))
    assert any_door.titles("", start=spell(ago(minutes=6)), end=spell(ago(minutes=4))) == ["one"]


def test_a_period_wins_over_start_and_end(any_door):
    any_door.sandbox.add_event(title="one", timestamp=ago(minutes=5))
    span = {"start": ago(days=3).strftime(STAMP), "end": ago(days=2).strftime(STAMP)}
    assert any_door.titles("", statsPeriod="1h", **span) == ["one"]


def test_a_period_without_a_unit_is_seconds(any_door):
    any_door.sandbox.add_event(title="one", timestamp=datetime.now(UTC) - timedelta(minutes=5))
    assert any_door.titles("", statsPeriod="90") == []
    assert any_door.titles("", statsPeriod="600") == ["one"]


def test_without_a_range_it_is_ninety_days(any_door):
    any_door.sandbox.options.retention = None
    any_door.sandbox.add_event(title="new", timestamp=ago(days=89))
    any_door.sandbox.add_event(title="old", timestamp=ago(days=91))
    assert any_door.titles("") == ["new"]


def test_an_old_start_moves_silently_to_the_retention(any_door):
    any_door.sandbox.options.retention = timedelta(days=30)
    any_door.sandbox.add_event(title="kept", timestamp=ago(days=29))
    any_door.sandbox.add_event(title="gone", timestamp=ago(days=31))
    assert any_door.titles("", statsPeriod="365d") == ["kept"]


@pytest.mark.parametrize(
    ("period", "old", "end"),
    [
        ("30d", True, "12:00:07"),
        ("30d", False, "12:15:07"),
        ("24h", True, "12:13:07"),
        ("24h", False, "12:14:07"),
        ("1h", True, "12:13:37"),
    ],
)
def test_long_relative_periods_are_rounded_and_hide_the_newest_events_on_old_servers(period, old, end):
    request = Request("GET", "/", (("statsPeriod", period),), {}, b"", "", "")
    asked = read_range(request, datetime(2026, 11, 23, 12, 13, 37, tzinfo=UTC), None, old)
    assert f"{datetime.fromtimestamp(asked.end, UTC):%H:%M:%S}" == end


def test_absolute_ranges_are_not_rounded(any_door):
    any_door.sandbox.add_event(title="one", timestamp=ago(seconds=1))
    span = {"start": ago(days=40).strftime(STAMP), "end": (NOW + timedelta(seconds=5)).strftime(STAMP)}
    assert any_door.titles("", **span) == ["one"]


def test_from_some_time_ago_to_some_time_ago(any_door):
    for hours in (1, 5, 9):
        any_door.sandbox.add_event(title=str(hours), timestamp=ago(hours=hours))
    assert any_door.titles("", statsPeriodStart="8h", statsPeriodEnd="3h") == ["5"]
