"""What people do: a form of another session, a right that ends, a call with very many events (U5 to U7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import Client

from tests.faults.doors import HTMX


def test_a_form_of_another_session_is_refused_in_words(support_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(support_user)

    answer = client.post("/environment/", {"environment": "staging", "csrfmiddlewaretoken": "x" * 64})

    assert answer.status_code == 403 and "Traceback" not in answer.content.decode()
    assert "send the form once more" in answer.content.decode()
    assert client.session.get("environment") is None


def test_who_is_disabled_is_out_at_the_next_fragment(doors, support_user):
    assert "1 error" in doors.marks()
    support_user.is_active = False
    support_user.save()

    asked, page_behind = {"ids": str(doors.call.pk)}, {"HX-Current-URL": "http://testserver/calls/"}
    fragment = doors.support.get("/calls/marks/", asked, headers=HTMX | page_behind)
    page = doors.support.get("/calls/")

    assert fragment["HX-Redirect"].startswith("/login/") and "Known" not in fragment.content.decode()
    assert (page.status_code, page["Location"]) == (302, "/login/?next=/calls/")


def test_a_fragment_of_very_many_events_stays_small(doors, sentry):
    now = datetime.now(UTC)
    for number in range(500):
        sentry.add_event(correlation_id="call-1", title="E" * 200, timestamp=now - timedelta(seconds=number))
    where = {"id": "call-1", "started": doors.call.started_at.isoformat(), "try": "1"}

    fragment = doors.support.get("/logs/call/", where, headers=HTMX)

    assert fragment.status_code == 200 and b"EEEE" in fragment.content
    assert len(fragment.content) < 300_000
