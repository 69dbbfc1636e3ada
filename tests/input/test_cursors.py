"""Places in a list: ours, signed and unsigned, spoiled in every way, and those of another question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote

import pytest

from tests.factories import make_call
from tests.input.conftest import TIMES, tried_at
from tests.input.corpus.cursors import FIXED

LISTS = {
    "/api/calls": "limit=1",
    "/api/sentry/browse": "",
    "/api/sentry/events": "correlationId=call-1&limit=1",
}


def spoiled(cursor: str, count: int) -> list[str]:
    random = Random(5)
    found = [
        cursor[:-1],
        cursor[1:],
        cursor + "A",
        cursor[::-1],
        cursor.swapcase(),
        cursor * 2,
        cursor.replace(":", "."),
    ]
    for _ in range(count):
        at = random.randrange(len(cursor))
        found.append(cursor[:at] + random.choice("aZ0-_:.=%\x00é ") + cursor[at + 1 :])
    return found


@pytest.fixture
def cursors(reader, sentry) -> dict[str, str]:
    """A good one of each list."""
    now = datetime.now(UTC)
    for number in range(3):
        make_call(platform_call_id=f"paged-{number}", started_at=now - timedelta(minutes=number))
    for number in range(120):
        sandbox_id = "call-1" if number < 3 else f"id-{number}"
        sentry.add_event(correlation_id=sandbox_id, title="Paged", timestamp=now - timedelta(seconds=number))
    found = {path: reader.ask(f"{path}?{query}").json()["nextCursor"] for path, query in LISTS.items()}
    assert all(found.values())
    return found


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_may_be_anything(reader, cursors, path):
    others = [cursor for other, cursor in cursors.items() if other != path]
    tries = [*FIXED, *others, cursors[path], *spoiled(cursors[path], 60 * TIMES)]
    cases = [
        (f"{path} {cursor!r}", f"{path}?{LISTS[path]}&cursor={quote(cursor)}".replace("?&", "?"), {})
        for cursor in tries
    ]
    tried_at("cursors", reader, cases)


def test_a_good_cursor_leads_on_and_another_questions_is_refused(reader, cursors):
    for path, cursor in cursors.items():
        target = f"{path}?{LISTS[path]}&cursor={quote(cursor)}".replace("?&", "?")
        assert reader.ask(target).status == 200
        if path != "/api/calls":
            assert reader.ask(f"{target}&environment=staging").status == 400
