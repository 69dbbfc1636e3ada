from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from dashboard.audit.models import Entry
from dashboard.audit.reading import PAGE
from dashboard.audit.record import Event, record
from dashboard.audit.shown import number_token
from tests.calls.test_call_list import text
from tests.factories import make_call

pytestmark = pytest.mark.django_db
URL = reverse("audit:trail")
EXPORT = reverse("audit:export")


def shown(response) -> list[str]:
    """The events on the page, newest first."""
    return [entry.event for entry in response.context["page"].entries]


def by(user, rf, event=Event.REVEAL, **facts) -> Entry:
    request = rf.get("/")
    request.user = user
    return record(event, request=request, **facts)


def body(response) -> str:
    return response.getvalue().decode()


@pytest.mark.parametrize("who", ["lead_client", "admin_client"])
def test_leads_and_administrators_see_everybody(request, who, support_user, rf):
    by(support_user, rf, reason="Callback: the caller asked", fields=["from_number"])

    page = text(request.getfixturevalue(who).get(URL))

    assert "Audit trail" in page
    for words in ("Reveal", "mira", "Support agent", "“Callback: the caller asked”"):
        assert words in page


def test_an_agent_sees_own_rows_only(support_client, support_user, lead_user, rf):
    by(lead_user, rf, Event.EXPORT, detail="of the lead")
    by(support_user, rf, detail="of the agent")

    for asked in ({}, {"q": "lena"}, {"q": "mira"}, {"event": "export"}):
        page = support_client.get(URL, asked)
        assert "of the lead" not in text(page)
        assert {entry.person_id for entry in page.context["page"].entries} <= {support_user.pk}
    assert "of the agent" in text(support_client.get(URL))
    assert "What you did" in text(support_client.get(URL))


def test_without_a_role_there_is_nothing(nobody_client):
    assert nobody_client.get(URL).status_code == 403


def test_one_is_found_by_person_key_call_request_and_number(lead_client, support_user, rf):
    call = make_call(platform_call_id="CA0123")
    by(support_user, rf, call=call)
    token = number_token("2079461234")
    by(support_user, rf, Event.NUMBER_SEARCH, detail=f"number {token}")

    assert shown(lead_client.get(URL, {"q": "MIRA"}))[:2] == ["number_search", "reveal"]
    assert shown(lead_client.get(URL, {"q": str(call.pk)})) == ["reveal"]
    assert shown(lead_client.get(URL, {"q": "CA0123"})) == ["reveal"]
    assert shown(lead_client.get(URL, {"q": token})) == ["number_search"]
    lead_client.get(call.get_absolute_url())
    look = Entry.objects.get(event="call_opened")
    assert shown(lead_client.get(URL, {"q": look.request_id})) == ["call_opened"]
    assert "No entry matches “nobody”" in text(lead_client.get(URL, {"q": "nobody"}))


def test_filters_by_event_and_time(lead_client, support_user, rf):
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=False):
        by(support_user, rf, Event.PIN)
    by(support_user, rf, Event.HOLD)

    assert "pin" in shown(lead_client.get(URL))
    assert "pin" not in shown(lead_client.get(URL, {"range": "7d"}))
    assert shown(lead_client.get(URL, {"event": "hold"})) == ["hold"]


@pytest.mark.parametrize(
    "asked",
    [{"event": "x"}, {"range": "x"}, {"before": "0"}, {"before": "x"}, {"after": "1" * 19}, {"after": "１"}]
    + [{"q": "a\x00b"}, {"q": "x" * 201}],
)
def test_what_cannot_be_asked_is_refused_in_words(lead_client, asked):
    response = lead_client.get(URL, asked)

    assert response.status_code == 400
    assert "This cannot be searched for." in text(response)


def test_pages_go_back_and_forth_and_miss_nothing(lead_client, lead_user, rf):
    for number in range(2 * PAGE + 10):
        by(lead_user, rf, Event.PIN, detail=f"row {number}")
    asked = {"event": "pin"}

    first = lead_client.get(URL, asked)
    second = lead_client.get(first.context["older_url"])
    third = lead_client.get(second.context["older_url"])
    back = lead_client.get(third.context["newer_url"])

    rows = [entry.pk for page in (first, second, third) for entry in page.context["page"].entries]
    assert len(rows) == len(set(rows)) == 2 * PAGE + 10
    assert rows == sorted(rows, reverse=True)
    assert [entry.pk for entry in back.context["page"].entries] == rows[PAGE : 2 * PAGE]
    assert not first.context["newer_url"] and not third.context["older_url"]


def test_a_page_costs_six_queries_at_most(lead_client, lead_user, rf, django_assert_max_num_queries):
    for _ in range(PAGE + 5):
        by(lead_user, rf, call=make_call())

    with django_assert_max_num_queries(4):
        lead_client.get(URL)
    for named in ("lena", "nobody", str(make_call().pk), "0123456789abcdef"):
        with django_assert_max_num_queries(6):
            lead_client.get(URL, {"q": named, "range": "30d"})


def test_it_says_who_opens_many_calls(lead_client, support_client):
    with time_machine.travel(datetime(2026, 11, 23, 14, 30, tzinfo=UTC), tick=False):
        for _ in range(3):
            support_client.get(make_call().get_absolute_url())
        page = text(lead_client.get(URL))

    assert "Most calls opened within an hour, last 24 hours: mira 3" in page


def test_htmx_gets_the_list_alone_with_its_address(lead_client):
    response = lead_client.get(URL, {"q": "lena"}, headers={"HX-Request": "true", "HX-Target": "trail"})

    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == "/audit/?q=lena"


def test_hostile_words_are_shown_and_not_run(lead_client, lead_user, rf):
    bad = '"><script>alert(1)</script>'
    by(lead_user, rf, reason=bad, detail=bad, fields=[bad])

    assert "<script>alert" not in lead_client.get(URL).content.decode()
    assert "<script>alert" not in lead_client.get(URL, {"q": bad}).content.decode()


@pytest.mark.parametrize("who", ["support_client", "nobody_client"])
def test_only_who_sees_all_may_take_it_along(request, who):
    assert request.getfixturevalue(who).post(EXPORT, {"format": "csv"}).status_code == 403


def test_the_trail_as_csv(lead_client, lead_user, rf):
    by(lead_user, rf, detail="=cmd()", fields=["b", "a"])

    response = lead_client.post(EXPORT, {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(body(response).removeprefix("\ufeff"))))

    assert response["Content-Disposition"].startswith('attachment; filename="audit-')
    assert (rows[0]["event"], rows[0]["detail"]) == ("export", "csv ?")
    assert (rows[1]["detail"], rows[1]["fields"]) == ("'=cmd()", "a b")
    assert len(rows) == Entry.objects.count()


def test_the_trail_as_json_lines_with_filters(lead_client, lead_user, rf, monkeypatch):
    monkeypatch.setattr("dashboard.audit.files.CHUNK", 2)
    entries = [by(lead_user, rf, Event.PIN) for _ in range(5)]

    lines = body(lead_client.post(EXPORT, {"format": "jsonl", "event": "pin"})).splitlines()

    assert [json.loads(line)["hash"] for line in lines] == [entry.hash for entry in reversed(entries)]
    assert Entry.objects.latest("id").detail == "jsonl ?event=pin"


@pytest.mark.parametrize("asked", [{}, {"format": "xml"}, {"format": "csv", "event": "x"}])
def test_an_export_of_nothing_sensible_is_refused(lead_client, asked):
    assert lead_client.post(EXPORT, asked).status_code == 400
    assert not Entry.objects.filter(event="export").exists()


def test_one_export_at_a_time_leaves_threads_for_the_pages(lead_client):
    first = lead_client.post(EXPORT, {"format": "csv"})

    busy = lead_client.post(EXPORT, {"format": "csv"})
    first.getvalue()
    again = lead_client.post(EXPORT, {"format": "csv"})
    again.getvalue()

    assert (first.status_code, busy.status_code, again.status_code) == (200, 503, 200)
    assert "Another export of the audit trail is running" in text(busy)


def test_a_file_that_broke_off_says_so(lead_client, monkeypatch):
    monkeypatch.setattr("dashboard.audit.files._csv_row", lambda entry: 1 / 0)

    response = lead_client.post(EXPORT, {"format": "csv"})
    with pytest.raises(ZeroDivisionError):
        for part in response:
            last = part

    assert b"This file is not complete" in last
