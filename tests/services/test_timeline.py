"""Several sources become one list: every event once, in order, whatever the pages of the sources are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sentry_logs.answers import LogEvent, Window
from sentry_logs.services.timeline import Part, Place, Step, next_page, pack, unpack

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=1))


def event(source, number, at):
    return LogEvent(
        f"{source}{number:030}", "", "", "info", at, "", "", source, "", None, None, "", "", "call-1"
    )


class Server:
    """Answers as Sentry does: a window, sorted, cut into pages by offset."""

    def __init__(self, events):
        self.events = sorted(events, key=lambda one: (one.timestamp, one.id), reverse=True)

    def page(self, step, size):
        inside = [one for one in self.events if one.timestamp < step.end]
        offset = int(step.sentry or 0)
        more = offset + size < len(inside)
        return Part(inside[offset : offset + size], str(offset + size) if more else None)


def walk(servers, limit, arrive=None):
    place = Place(WINDOW, {name: Step(WINDOW.end) for name in servers})
    pages = []
    for _page in range(400):
        size = min(20, limit + len(place.at_edge))
        parts = {name: servers[name].page(step, size) for name, step in place.steps.items()}
        events, place = next_page(place, parts, limit)
        pages.append(events)
        if place is None:
            return pages
        place = unpack(pack(place, "question"), "question")
        if arrive:
            arrive()
    raise AssertionError("the walk never ended")


moments = st.lists(
    st.builds(
        lambda seconds, micro: START + timedelta(seconds=seconds, microseconds=micro),
        st.integers(0, 12),
        st.sampled_from([0, 0, 1, 500_000, 999_999]),
    ),
    max_size=70,
)


@settings(max_examples=200, deadline=None)
@given(errors=moments, logs=moments, limit=st.integers(1, 15))
def test_every_event_comes_once_and_in_order(errors, logs, limit):
    errors = [moment.replace(microsecond=0) for moment in errors]
    servers = {
        "errors": Server([event("errors", number, at) for number, at in enumerate(errors)]),
        "logs": Server([event("logs", number, at) for number, at in enumerate(logs)]),
    }

    pages = walk(servers, limit)

    seen = [one for page in pages for one in page]
    times = [one.timestamp for one in seen]
    assert sorted(one.id for one in seen) == sorted(
        one.id for server in servers.values() for one in server.events
    )
    assert times == sorted(times, reverse=True)
    assert all(len(page) <= limit for page in pages)


def test_what_arrives_during_a_walk_moves_nothing():
    old = [event("logs", number, START + timedelta(seconds=number)) for number in range(60)]
    server = Server(old)
    others = [event("errors", number, START + timedelta(seconds=2 * number)) for number in range(30)]
    numbers = iter(range(1000, 2000))

    def arrive():
        server.events.insert(0, event("logs", next(numbers), START + timedelta(minutes=30)))

    pages = walk({"logs": server, "errors": Server(others)}, 10, arrive)

    assert sorted(one.id for page in pages for one in page) == sorted(one.id for one in (*old, *others))


def test_a_second_with_more_than_a_page_is_walked_through():
    crowd = [event("errors", number, START) for number in range(75)]
    pages = walk({"errors": Server(crowd), "logs": Server([])}, 10)
    assert len({one.id for page in pages for one in page}) == 75


def test_a_full_page_comes_at_once_where_there_are_enough():
    servers = {
        name: Server([event(name, number, START + timedelta(seconds=number)) for number in range(40)])
        for name in ("errors", "logs")
    }
    assert len(walk(servers, 10)[0]) == 10
