"""Where the old way really is limited, and the new one is not."""

from __future__ import annotations

from datetime import timedelta

from sentry_logs.backends import Filters


def fill(sandbox, now, number):
    for minute in range(number):
        sandbox.add_event(correlation_id="noise", level="info", timestamp=now - timedelta(minutes=minute))


def test_the_old_way_misses_what_is_older_than_the_last_100_events(
    discover, project_events, sandbox, day, now
):
    event = sandbox.add_event(correlation_id="call-1", level="error", timestamp=now - timedelta(hours=5))
    fill(sandbox, now, 120)
    asked = Filters(correlation_id="call-1")

    old = project_events.events(asked, day, limit=100, cursor=None)
    new = discover.events(asked, day, limit=100, cursor=None)

    assert (old.value, old.limit) == ((), "the last 100 events of the project")
    assert ([found.id for found in new.value], new.limit) == ([event], "")


def test_the_old_way_is_complete_when_the_last_100_events_reach_back_far_enough(
    project_events, sandbox, day, now
):
    sandbox.add_event(correlation_id="call-1", timestamp=now)
    for _number in range(130):
        sandbox.add_event(correlation_id="call-1", timestamp=day.start - timedelta(minutes=1))

    found = project_events.events(Filters(correlation_id="call-1"), day, limit=100, cursor=None)

    assert (len(found.value), found.limit) == (1, "")


def test_pages_of_the_new_way_have_neither_gaps_nor_repeats(discover, sandbox, day, now):
    ids = {
        sandbox.add_event(correlation_id="call-1", timestamp=now - timedelta(seconds=n // 7))
        for n in range(250)
    }
    seen: list[str] = []
    cursor = None
    for _page in range(3):
        found = discover.events(Filters(correlation_id="call-1"), day, limit=100, cursor=cursor)
        seen += [event.id for event in found.value]
        cursor = found.next_cursor

    assert (len(seen), set(seen), cursor) == (250, ids, None)


def test_all_pages_of_error_ids_are_followed(discover, sandbox, day, now):
    for number in range(230):
        sandbox.add_event(
            correlation_id=f"call-{number}", level="error", timestamp=now - timedelta(seconds=number)
        )

    found = discover.error_ids("all", day)

    assert (len(found.value), found.limit) == (230, "")
