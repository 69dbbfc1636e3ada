"""Answers of the right shape whose rows or links are not to be trusted (S21, S23 to S27)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from sentry_logs import services
from sentry_logs.backends import walking
from sentry_logs.periods import PERIODS
from sentry_logs.sandbox import server

DAY = PERIODS["24h"]
NEXT = '<{url}>; rel="next"; results="true"; cursor="{cursor}"'


def row(number: int = 1, **cells: object) -> dict[str, object]:
    known = {
        "id": f"{number:032x}",
        "timestamp": datetime.now(UTC).isoformat(),
        "level": "error",
        "title": f"Event {number}",
        "tags[correlation_id]": "call-1",
    }
    return {**known, **cells}


def answer_with(sentry, *rows: object, link: str = "", **more: object) -> None:
    body = json.dumps({"data": rows, "meta": {"fields": {}}}).encode()
    sentry.faults.set("status", status=200, body=body, headers=[("Link", link)] if link else [], **more)


def titles(doors) -> list[str]:
    return [event["title"] for event in doors.json().json()["events"]]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/api/0/", "javascript:alert(1)", "http://user:word@127.0.0.1:{port}/", "//x\ty"],
)
def test_the_address_in_a_link_is_never_asked(doors, sentry, second, url):
    link = NEXT.format(url=url.format(port=second.port), cursor="0:100:0")
    answer_with(sentry, row(1), link=link, times=1)

    page = doors.json().json()
    assert page["hasMore"] and page["events"]
    assert doors.json(cursor=page["nextCursor"]).status_code == 200
    assert second.connections == 0
    assert len(sentry.requests) == 2 and sentry.requests[0].path == sentry.requests[1].path


@pytest.mark.control
def test_a_plain_client_follows_the_address_in_a_link(plain, sentry, second):
    answer_with(sentry, row(1), link=NEXT.format(url=f"http://127.0.0.1:{second.port}/", cursor="0:100:0"))
    requests.get(plain().links["next"]["url"], timeout=1)
    assert second.connections == 1


@pytest.mark.control
def test_a_plain_client_walks_on_and_counts_twice(plain, sentry):
    answer_with(sentry, row(1), link=NEXT.format(url=f"{sentry.url}/", cursor="0:100:0"))
    pages = [plain(asked={"cursor": "0:100:0"}) for _page in range(10)]
    assert all("next" in page.links for page in pages)
    assert len({event["id"] for page in pages for event in page.json()["data"]}) == 1


@pytest.mark.parametrize("cursor", ["x" * 65_000, "a b", "-1:-5:0", ""])
def test_a_cursor_that_is_none_ends_the_walk(doors, sentry, cursor):
    answer_with(sentry, row(1), link=NEXT.format(url="/", cursor=cursor))
    response = doors.json()
    assert response.status_code in (200, 502)
    assert response.status_code == 502 or not response.json()["hasMore"]


def test_an_event_that_comes_twice_is_shown_once(doors, sentry):
    answer_with(sentry, row(1), row(2), row(1))
    page = doors.json().json()
    assert sorted(event["title"] for event in page["events"]) == ["Event 1", "Event 2"]
    assert page["meta"]["complete"]


def test_a_group_that_comes_twice_is_counted_once(sentry):
    group = {"tags[correlation_id]": "call-1", "count()": 3, "max(timestamp)": datetime.now(UTC).isoformat()}
    answer_with(sentry, group, link=NEXT.format(url="/", cursor="0:100:0"), times=1)
    answer_with(sentry, group)
    found = services.error_correlation_ids(backend="discover", environment="all", period=DAY)
    assert (found.value, found.complete) == (("call-1",), True)


def test_a_cursor_that_comes_again_ends_the_walk(sentry):
    group = {"tags[correlation_id]": "call-1", "count()": 3}
    answer_with(sentry, group, link=NEXT.format(url="/", cursor="0:100:0"))
    found = services.error_correlation_ids(backend="discover", environment="all", period=DAY)
    assert (found.value, found.complete) == (("call-1",), False)
    assert "of more" in found.limit and len(sentry.requests) == 2


def test_ever_new_cursors_end_after_twenty_seconds(sentry, monkeypatch):
    moments = iter(range(0, 1_000, 3))
    monkeypatch.setattr(walking.time, "monotonic", lambda: next(moments))
    pages = (
        walking.Page(rows=({"tag": str(number)},), next_cursor=f"0:{number}:0") for number in range(10_000)
    )
    found, limit = walking.walk(lambda _cursor: next(pages))
    assert 5 < len(found) < 10 and limit == f"the first {len(found)} rows of more"


def test_ever_new_cursors_end_after_so_many_pages():
    pages = (
        walking.Page(rows=({"tag": str(number)},), next_cursor=f"0:{number}:0") for number in range(10_000)
    )
    found, _limit = walking.walk(lambda _cursor: next(pages))
    assert len(found) == walking.MAX_PAGES


@pytest.mark.control
def test_a_clock_that_is_ahead_hides_no_fresh_event(doors, plain, sentry, monkeypatch):
    ahead = timedelta(minutes=10)
    monkeypatch.setattr(server.Handler, "date_time_string", lambda _self: _date(datetime.now(UTC) + ahead))
    sentry.add_event(correlation_id="call-1", title="Fresh", timestamp=datetime.now(UTC) + ahead)

    hour = {"start": datetime.now(UTC) - timedelta(hours=1), "end": datetime.now(UTC) + timedelta(seconds=1)}
    until_our_now = {name: f"{moment:%Y-%m-%dT%H:%M:%S}" for name, moment in hour.items()}
    assert len(plain(asked={**until_our_now, "statsPeriod": None}).json()["data"]) == 1
    assert titles(doors) == ["Fresh", "Known"]
    assert "Sentry's clock is 10 minutes ahead of ours" in doors.panel()


def test_a_clock_that_is_behind_hides_nothing_either(doors, sentry, monkeypatch):
    behind = timedelta(minutes=-10)
    monkeypatch.setattr(server.Handler, "date_time_string", lambda _self: _date(datetime.now(UTC) + behind))
    assert titles(doors) == ["Known"]
    assert "Sentry's clock is 10 minutes behind ours" in doors.panel()


def test_the_end_of_a_limit_is_counted_by_the_clock_of_sentry(doors, sentry, monkeypatch):
    ahead = timedelta(minutes=5)
    monkeypatch.setattr(server.Handler, "date_time_string", lambda _self: _date(datetime.now(UTC) + ahead))
    reset = str(int((datetime.now(UTC) + ahead).timestamp()) + 20)
    sentry.faults.set("status", status=429, body="slow", headers=[("X-Sentry-Rate-Limit-Reset", reset)])
    assert 15 <= int(doors.json()["Retry-After"]) <= 21


@pytest.mark.control
@pytest.mark.parametrize("odd", [row(3, timestamp="soon"), row(3, timestamp=None), None])
def test_one_odd_row_fails_a_plain_reading_of_all(plain, sentry, odd):
    answer_with(sentry, row(1), odd)
    with pytest.raises((TypeError, ValueError)):
        [datetime.fromisoformat(event["timestamp"]) for event in plain().json()["data"]]


def test_a_row_that_cannot_be_shown_is_counted_and_hides_no_other(doors, sentry):
    wide = {f"column{number}": None for number in range(10_000)}
    answer_with(
        sentry,
        row(1),
        row(2, title=None, level=7, **{"issue.id": "soon", "culprit": ["x"]}),
        row(3, timestamp="soon"),
        row(4, id=None),
        None,
        row(5, **wide),
        row(6, id="not hex"),
    )
    page = doors.json().json()
    assert {event["id"] for event in page["events"]} == {row(1)["id"], row(2)["id"], row(5)["id"], "not hex"}
    assert not page["meta"]["complete"]
    assert "3 rows could not be shown" in page["meta"]["sources"][0]["reason"]
    assert "3 rows could not be shown" in doors.panel()


@pytest.mark.control
def test_rows_of_another_call_are_left_out_and_named(doors, plain, sentry):
    sentry.add_event(correlation_id="call-2", title="Of somebody else")
    control = doors.json().json()
    assert [event["title"] for event in control["events"]] == ["Known"] and control["meta"]["complete"]

    sentry.faults.set("ignore_query")
    assert {event["tags[correlation_id]"] for event in plain().json()["data"]} == {"call-1", "call-2"}
    page = doors.json(limit="99").json()
    assert [event["title"] for event in page["events"]] == ["Known"]
    assert not page["meta"]["complete"]
    (source,) = page["meta"]["sources"]
    assert source["state"] == "failed" and "did not filter" in source["reason"]


def test_rows_of_other_calls_alone_never_mean_none(doors, sentry):
    sentry.faults.set("ignore_query")
    shown = doors.panel(id="call-9")
    assert "Sentry did not filter" in shown
    assert "No events for this call" not in shown and "Known" not in shown


def _date(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
