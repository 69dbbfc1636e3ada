from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from sentry_logs.templatetags import sentry_logs as tags

START = datetime(2026, 11, 23, 13, 38, 11, 204_000, tzinfo=UTC)


def test_clock_is_utc_whatever_zone_the_moment_is_in() -> None:
    in_warsaw = START.astimezone(timezone(timedelta(hours=1)))

    assert tags.clock(in_warsaw) == "13:38:11"


def test_iso_ends_in_z_and_keeps_three_digits_of_a_second() -> None:
    assert tags.iso(START) == "2026-11-23T13:38:11.204Z"
    assert tags.iso(START.replace(microsecond=0)) == "2026-11-23T13:38:11Z"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "+0:00"),
        (126, "+2:06"),
        (-3, "−0:03"),
        (3723, "+1:02:03"),
        (-3723, "−1:02:03"),
        (90_000, "+25:00:00"),
    ],
)
def test_since_counts_from_the_start_of_the_call(seconds: int, words: str) -> None:
    assert tags.since(START + timedelta(seconds=seconds), START) == words


def test_since_agrees_with_the_clocks_of_both_moments() -> None:
    event = START.replace(second=13, microsecond=0)

    assert (tags.clock(START), tags.clock(event), tags.since(event, START)) == (
        "13:38:11",
        "13:38:13",
        "+0:02",
    )


@pytest.mark.parametrize("write", [tags.clock, tags.iso, tags.day, lambda moment: tags.since(moment, START)])
def test_a_missing_moment_is_written_as_nothing(write: object) -> None:
    assert callable(write) and write(None) == ""


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 1, 2, 0, 0, tzinfo=UTC), "Today, Friday 2 January"),
        (datetime(2026, 1, 1, 23, 59, tzinfo=UTC), "Yesterday, Thursday 1 January"),
        (datetime(2025, 12, 31, 12, 0, tzinfo=UTC), "Wednesday 31 December 2025"),
        (datetime(2026, 3, 16, 12, 0, tzinfo=UTC), "Monday 16 March"),
    ],
)
@time_machine.travel(datetime(2026, 1, 2, 0, 30, tzinfo=UTC), tick=False)
def test_day_is_a_heading(moment: datetime, words: str) -> None:
    assert tags.day(moment) == words


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (999, "999"), (1204, "1,204"), (None, "")])
def test_thousands_have_a_comma(number: int | None, words: str) -> None:
    assert tags.thousands(number) == words


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("call_9f3c1e70a1b24d55", "call_9f3…4d55"),
        ("0123456789abcdef", "0123456789abcdef"),
        ("", ""),
        (None, ""),
    ],
)
def test_only_long_ids_lose_their_middle(identifier: str | None, words: str) -> None:
    assert tags.short_id(identifier) == words


def test_an_icon_beside_a_word_is_silent() -> None:
    drawn = tags.icon("error")

    assert 'aria-hidden="true"' in drawn
    assert "img/icons.svg#error" in drawn


def test_an_icon_alone_says_what_it_means() -> None:
    drawn = tags.icon("inbound", label='In "bound"', level="error")

    assert 'role="img" aria-label="In &quot;bound&quot;"' in drawn
    assert 'data-level="error"' in drawn


@pytest.mark.parametrize("name", ["sample", "", None, '"><script>'])
def test_a_level_without_an_icon_gets_the_question_mark(name: str | None) -> None:
    assert "icons.svg#unknown" in tags.icon(name)
