"""No question of the calls table reads a whole table, however its filters are combined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.calls import views
from dashboard.calls.models import Call, CallAlias
from dashboard.calls.paging import Cursor
from sentry_logs.models import Check, SyncState, Tally
from tests.bench.million import fill
from tests.searching import searched

SIZE = 20_000 if connection.vendor == "sqlite" else 60_000
URL = "/calls/"
FACTS = {"environment": "production", "outcome": "failed", "range": "90d"}
# SQLite's "SCAN … USING INDEX" walks an index in the order of the page, which a LIMIT ends.
WHOLE = {
    "sqlite": re.compile(r"SCAN (?:calls_|sentry_logs_tally|[UVW]\d)\S*(?! USING)(?:\s|$)"),
    "postgresql": re.compile(r"Seq Scan on (?:calls_call|calls_callalias)\b"),
}

ON_SQLITE = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL goes by how many rows it expects"
)


@pytest.fixture(scope="module")
def many_calls(django_db_setup, django_db_blocker) -> Iterator[Call]:
    """Enough calls for a database to tell an index from a table; the one in the middle."""
    with django_db_blocker.unblock():
        fill(SIZE, timezone.now(), lambda done, total: None, errors=100)
        yield Call.objects.newest_first()[SIZE // 2]
        for model in (Tally, Check, SyncState, CallAlias, Call):
            model.objects.all()._raw_delete(using="default")
        if connection.vendor == "sqlite":
            # Room that is left free would let a full disk take rows.
            connection.cursor().execute("VACUUM")


def plans(client, asked: dict[str, str], url: str = URL) -> Iterator[tuple[str, str]]:
    """Yield the questions about calls that a page asks, each with its plan."""
    if "q" in asked:
        asked = asked | {"q": searched(client, asked["q"])}
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url, asked)
    assert response.status_code == 200
    # Changing the environment is remembered, and a search by number recorded, which is no part of reading.
    read = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("SELECT")]
    assert sum("audit_chain" not in sql for sql in read) <= 6
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    for query in queries.captured_queries:
        if "calls_call" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(explain + query["sql"])
                yield query["sql"], "\n".join(str(row[-1]) for row in cursor.fetchall())


def cursors(call: Call) -> list[dict[str, str]]:
    return [{}, *({"cursor": str(Cursor.at(call, way))} for way in ("older", "newer"))]


def pasted(call: Call) -> list[str]:
    alias = CallAlias.objects.filter(kind="twilio_call_sid")[SIZE // 7]
    return [
        str(call.pk),
        call.platform_call_id,
        call.platform_call_id[:12],
        "conv_",
        alias.value,
        f'12:00:01 sid="{alias.value}" from {call.from_number}',
        call.from_number,
        call.from_number[-4:],
        call.to_number,
        "nothing has this id",
    ]


def held(client, asked: dict[str, str], url: str = URL) -> None:
    for sql, plan in plans(client, asked, url):
        assert not WHOLE[connection.vendor].search(plan), (asked, plan, sql)


@pytest.mark.django_db
def test_filters_walk_an_index(many_calls, support_client):
    for chosen in product((False, True), repeat=4):
        facts = {
            name: value
            for (name, value), is_chosen in zip([*FACTS.items(), ("errors", "1")], chosen, strict=True)
            if is_chosen
        }
        for cursor in cursors(many_calls):
            held(support_client, {"environment": "all"} | facts | cursor)


@ON_SQLITE
@pytest.mark.django_db
def test_many_calls_with_errors_are_found_on_a_walk(many_calls, support_client, monkeypatch):
    monkeypatch.setattr(views, "MOST_PICKED", 10)
    for cursor in cursors(many_calls):
        *_others, (_sql, plan) = plans(support_client, {"environment": "all", "errors": "1"} | cursor)
        assert "USING INDEX call_newest" in plan, plan


@pytest.mark.django_db
def test_a_search_looks_up_what_was_pasted(many_calls, support_client):
    for text, cursor, facts in product(pasted(many_calls), cursors(many_calls), ({}, FACTS)):
        held(support_client, {"environment": "all", "q": text} | facts | cursor)


@ON_SQLITE
@pytest.mark.django_db
def test_a_filter_beside_a_search_does_not_choose_the_index(many_calls, support_client):
    for asked in ({"errors": "1"}, *({"q": text} for text in pasted(many_calls))):
        for _sql, plan in plans(support_client, FACTS | asked):
            assert "environment=?" not in plan and "outcome=?" not in plan, plan


@ON_SQLITE
@pytest.mark.django_db
def test_a_search_does_not_even_walk_a_whole_index(many_calls, support_client):
    for text in pasted(many_calls):
        for _sql, plan in plans(support_client, {"environment": "all", "q": text}):
            assert not re.search(r"SCAN (?:calls_|[UVW]\d)", plan), (text, plan)


@ON_SQLITE
@pytest.mark.django_db
def test_two_filters_have_an_index_of_both(many_calls, support_client):
    for _sql, plan in plans(support_client, FACTS):
        assert "(environment=? AND outcome=? AND started_at>? AND started_at<?)" in plan, plan


@pytest.mark.django_db
def test_a_whole_number_is_told_from_others_within_the_index(many_calls, support_client):
    """Many lines may share their last digits."""
    for _sql, plan in plans(support_client, {"environment": "all", "q": many_calls.to_number}):
        assert "call_to_newest" in plan, plan


@pytest.mark.django_db
def test_the_admins_list_is_as_lean(many_calls, admin_client):
    for asked in ({}, {"environment": "production"}, {"outcome__exact": "failed"}, {"p": "7"}):
        held(admin_client, asked, "/admin/calls/call/")
    for text in pasted(many_calls):
        held(admin_client, {"q": text}, "/admin/calls/call/")
