from __future__ import annotations

import re

import pytest

from sentry_logs.sandbox import start_sandbox
from tests.sandbox.conftest import Door, ago

ENTRY = re.compile(r'<([^>]+)>; rel="(\w+)"; results="(\w+)"; cursor="([^"]+)"')


def links(answer) -> dict[str, tuple[str, str, str]]:
    return {
        rel: (url, results, cursor) for url, rel, results, cursor in ENTRY.findall(answer.headers["Link"])
    }


def fill(door: Door, count: int, same_second: bool = False) -> None:
    for number in range(count):
        seconds = 0 if same_second else number
        door.sandbox.add_event(title=f"{number:03d}", timestamp=ago(minutes=1, seconds=seconds))


def walk(door: Door, **asked) -> list[str]:
    seen, cursor = [], None
    while True:
        answer = door.events(cursor=cursor, **asked)
        seen += [row["title"] for row in answer.json()["data"]]
        _, results, cursor = links(answer)["next"]
        if results == "false":
            return seen


def test_both_neighbours_are_always_there(any_door):
    fill(any_door, 3)
    found = links(any_door.events(per_page=2))
    assert found["previous"][1:] == ("false", "0:0:1")
    assert found["next"][1:] == ("true", "0:2:0")
    assert links(any_door.events())["next"][1] == "false"


def test_the_link_repeats_the_question(any_door):
    url = links(any_door.events(query="level:error", per_page=5))["next"][0]
    assert url.startswith(any_door.sandbox.url)
    assert "query=level%3Aerror" in url and "per_page=5" in url and url.endswith("&cursor=0:5:0")


def test_the_link_may_point_to_another_host(any_door):
    any_door.sandbox.options.link_host = "https://us.example.test"
    assert links(any_door.events())["next"][0].startswith("https://us.example.test/api/0/")


def test_a_walk_with_a_tie_breaker_sees_every_event_once(any_door):
    fill(any_door, 25, same_second=True)
    seen = walk(any_door, field=["title", "timestamp", "id"], sort=["-timestamp", "-id"], per_page=4)
    assert sorted(seen) == [f"{number:03d}" for number in range(25)]


def test_a_walk_without_a_tie_breaker_loses_events(any_door):
    fill(any_door, 25, same_second=True)
    seen = walk(any_door, field=["title", "timestamp"], sort="-timestamp", per_page=4)
    assert len(seen) == 25 and len(set(seen)) < 25


def test_a_full_last_page_says_that_it_is_the_last(any_door):
    fill(any_door, 4)
    assert links(any_door.events(per_page=2, cursor="0:2:0"))["next"][1] == "false"


def test_a_cursor_behind_the_end_gives_no_rows(any_door):
    fill(any_door, 2)
    answer = any_door.events(cursor="0:100:0")
    assert answer.json()["data"] == []
    assert links(answer)["previous"][1] == "true"


def test_a_page_holds_a_hundred_rows_by_default(any_door):
    fill(any_door, 101)
    assert len(any_door.rows()) == 100


def test_the_link_can_be_left_out(any_door):
    fill(any_door, 3)
    answer = any_door.events(noPagination=1, per_page=2)
    assert "Link" not in answer.headers
    assert len(answer.json()["data"]) == 2


@pytest.mark.parametrize("cursor", ["abc", "0:1", "0:x:0", "x:0:0", "0:1:2:3"])
def test_a_bad_cursor_is_refused(any_door, cursor):
    assert any_door.refusal(cursor=cursor) == "Invalid cursor parameter."


def test_too_long_a_page_is_refused_not_clamped(door, old_door):
    assert door.refusal(per_page=101) == "Invalid per_page value. Must be between 1 and 100."
    assert old_door.refusal(per_page=101) == "Invalid per_page value. Cannot exceed 100."
    assert door.refusal(per_page="many") == "Invalid per_page parameter."


@pytest.mark.parametrize("asked", [{"per_page": 0}, {"per_page": -1}, {"cursor": "0:-5:0"}])
def test_an_old_server_breaks_on_nonsense_pages(old_door, asked):
    answer = old_door.events(**asked)
    assert answer.status_code == 500
    assert answer.json()["detail"] == "Internal Error"


def test_groups_are_paged_too(any_door):
    for number in range(5):
        any_door.sandbox.add_event(correlation_id=f"call_{number}")
    asked = {"field": ["tags[correlation_id]", "count()"], "sort": ["-count()", "tags[correlation_id]"]}
    first = any_door.events(per_page=3, **asked)
    rest = any_door.rows(per_page=3, cursor=links(first)["next"][2], **asked)
    ids = [row["tags[correlation_id]"] for row in first.json()["data"] + rest]
    assert ids == [f"call_{number}" for number in range(5)]


def test_the_undefined_order_is_the_same_in_every_run():
    orders = []
    for _ in range(2):
        with start_sandbox(seed=3) as sandbox:
            door = Door(sandbox)
            fill(door, 10)
            orders.append([row["title"] for row in door.rows()])
    assert orders[0] == orders[1]
