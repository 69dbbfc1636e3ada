from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from dashboard.calls.models import Call
from dashboard.calls.vocabulary import Outcome, Status
from tests.factories import make_call

pytestmark = pytest.mark.django_db


def live_url(html: str) -> str:
    found = re.search(r'id="live"[^>]*hx-get="([^"]+)"', html)
    assert found
    return unescape(found[1])


def opened(client, query: str = "") -> str:
    """Open the table and return where it asks for what is new."""
    return live_url(client.get(f"/calls/{query}").content.decode())


def look(client, url: str) -> str:
    response = client.get(url, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def hold(client, url: str) -> str:
    return look(client, f"{url}&hold=on")


def ago(**length: float) -> datetime:
    return datetime.now(UTC) - timedelta(**length)


def places(html: str) -> list[tuple[str, str]]:
    """Return (what it follows, the row) for every row that came."""
    return re.findall(r'hx-swap-oob="afterend:#([^"]+)".*?<tr id="c-([0-9a-f-]+)"', html, re.S)


def test_nothing_new_answers_with_no_rows(support_client):
    make_call(started_at=ago(minutes=5))

    html = look(support_client, opened(support_client))

    assert places(html) == [] and "<button" not in html


def test_a_new_call_goes_on_top_of_its_day_once(support_client):
    first = make_call(started_at=ago(seconds=90))
    url = opened(support_client)
    call = make_call(started_at=ago(seconds=1), running=True)

    html = look(support_client, url)

    day = (
        f"day-{call.started_at:%Y-%m-%d}"
        if call.started_at.date() == first.started_at.date()
        else "rows-head"
    )
    assert places(html) == [(day, str(call.pk))]
    assert places(look(support_client, live_url(html))) == []


def test_a_call_that_is_told_late_goes_where_it_belongs(support_client):
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    newer, _older = (make_call(started_at=start - timedelta(hours=hours)) for hours in (0, 4))
    url = opened(support_client)
    earlier, later = (make_call(started_at=start - timedelta(hours=hours)) for hours in (2, 1))

    html = look(support_client, url)

    after = f"c-{newer.pk}"
    assert places(html) == [(after, str(earlier.pk)), (after, str(later.pk))]


def test_the_first_call_of_a_day_brings_its_heading(support_client):
    make_call(started_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    url = opened(support_client)
    for hour in (9, 10):
        make_call(started_at=datetime(2026, 11, 21, hour, tzinfo=UTC))

    html = look(support_client, url)

    assert [after for after, _row in places(html)] == ["rows-head", "day-2026-11-21"]
    assert html.count('class="day"') == 1


def test_a_call_older_than_the_page_is_left_to_the_next_page(support_client):
    make_call(started_at=ago(minutes=5))
    url = opened(support_client)
    make_call(started_at=ago(days=3))

    assert places(look(support_client, url)) == []


def test_calls_of_another_environment_or_outcome_do_not_come(support_client):
    make_call(started_at=ago(minutes=5))
    url = opened(support_client, "?environment=production&outcome=completed")
    make_call(started_at=ago(minutes=1), environment="staging")
    make_call(started_at=ago(minutes=1), outcome=Outcome.FAILED)
    wanted = make_call(started_at=ago(minutes=1))

    assert [row for _after, row in places(look(support_client, url))] == [str(wanted.pk)]


def test_while_somebody_reads_new_calls_wait_behind_a_button(support_client):
    make_call(started_at=ago(minutes=5))
    url = opened(support_client)
    calls = [make_call(started_at=ago(seconds=second), running=True) for second in (3, 2)]

    html = hold(support_client, url)

    assert places(html) == [] and "Show 2 new calls" in html
    shown = places(look(support_client, live_url(html)))
    assert [row for _after, row in shown] == [str(call.pk) for call in calls]


def test_a_flood_of_calls_is_a_link_to_the_newest(support_client):
    make_call(started_at=ago(minutes=5))
    url = opened(support_client)
    for second in range(25):
        make_call(started_at=ago(seconds=second), running=True)

    html = look(support_client, url)

    assert places(html) == [] and "Show the newest calls" in html


def test_a_running_call_moves_through_its_states_in_its_row(support_client):
    call = make_call(started_at=ago(minutes=2), running=True, status=Status.RINGING)
    url = opened(support_client)

    Call.objects.filter(pk=call.pk).update(status=Status.IN_PROGRESS)
    html = look(support_client, url)
    assert f"innerHTML:#o-{call.pk}" in html and "In progress" in html
    assert 'id="marks"' not in html

    Call.objects.filter(pk=call.pk).update(
        status=Status.ENDED, outcome=Outcome.FAILED, ended_at=ago(seconds=1), duration_ms=119_000
    )
    html = look(support_client, live_url(html))
    assert "Failed" in html and "1:59" in html
    assert f"innerHTML:#m-{call.pk}" in html and re.search(r'id="marks"[^>]*hx-trigger="load"', html)
    assert f"innerHTML:#o-{call.pk}" not in look(support_client, live_url(html))


def test_an_older_page_gets_states_but_no_new_rows(support_client):
    for minute in range(1, 60):
        make_call(started_at=ago(minutes=minute))
    running = make_call(started_at=ago(hours=2), running=True)
    first = support_client.get("/calls/").content.decode()
    older = re.search(r'href="(\?cursor=older[^"]*|\?[^"]*cursor=older[^"]*)"', first)
    assert older
    url = opened(support_client, unescape(older[1]))
    make_call(started_at=ago(minutes=1))

    html = look(support_client, url)

    assert places(html) == [] and f"innerHTML:#o-{running.pk}" in html


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?since=soon&rows=x",
        "?since=2026-11-23T10:00:00%2B00:00&rows=x",
        "?since=2026-11-23T10:00:00Z&rows=\x00",
    ],
)
def test_a_mangled_address_is_refused(support_client, query):
    assert support_client.get(f"/calls/live/{query}").status_code == 400


def test_one_look_costs_few_queries(support_client, django_assert_max_num_queries):
    for minute in range(1, 40):
        make_call(started_at=ago(minutes=minute))
    url = opened(support_client)
    for second in range(9):
        make_call(started_at=ago(seconds=second))

    with django_assert_max_num_queries(4):
        look(support_client, url)
