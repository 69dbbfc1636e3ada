"""Walks over several pages of Sentry's answers."""

from __future__ import annotations

from datetime import timedelta

from sentry_logs.backends import Filters


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
