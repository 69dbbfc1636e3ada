"""The page of a call's evidence: what is pinned, and what a person may do with it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.audit.models import Entry
from dashboard.evidence.models import Evidence, Hold
from dashboard.evidence.pins import pin, take
from tests.calls.test_call_list import text
from tests.evidence.conftest import address

pytestmark = pytest.mark.django_db
SENTENCE = "This is a snapshot of"


def test_a_person_pins_a_call_and_sees_the_snapshot(support_client, failing_call):
    assert "Nothing is pinned of this call." in text(support_client.get(address(failing_call)))

    support_client.post(address(failing_call, "pin"), {"reason": "Ticket 4711", "known": "0"})
    waiting = text(support_client.get(address(failing_call)))
    support_client.post(address(failing_call, "take"))
    page = text(support_client.get(address(failing_call)))

    assert "Asking Sentry for the snapshot" in waiting and SENTENCE not in waiting
    for words in (
        SENTENCE,
        "By mira",
        "Ticket 4711",
        "Its hash is right.",
        "BookingFailed: no answer 0",
        "BookingFailed: no answer 1",
        "1 error",
        "I want to move my appointment.",
        "Wants another day.",
        "+44 ••• 17",
        "call-with-errors",
    ):
        assert words in page


def test_the_page_outlives_sentry_and_the_call(support_client, sandbox, failing_call, pinned):
    before = Evidence.objects.get().content
    sandbox.faults.set("status", status=503)
    requests = len(sandbox.requests)
    url = address(failing_call)
    failing_call.delete()

    page = text(support_client.get(url))

    assert SENTENCE in page and "BookingFailed: no answer 0" in page and "deleted by age" in page
    assert (len(sandbox.requests), Evidence.objects.get().content) == (requests, before)


def test_a_fragment_takes_it_and_shows_it(support_client, failing_call):
    pin(failing_call)
    headers = {"HX-Request": "true", "HX-Target": "evidence"}

    answer = support_client.post(address(failing_call, "take"), headers=headers)

    assert answer.content.decode().strip().startswith('<div id="evidence">')
    assert SENTENCE in text(answer)


def test_sentry_away_leaves_the_wish(support_client, sandbox, failing_call):
    pin(failing_call)
    sandbox.faults.set("status", status=503)
    headers = {"HX-Request": "true", "HX-Target": "evidence"}

    answer = text(support_client.post(address(failing_call, "take"), headers=headers))

    assert "The snapshot is not taken yet." in answer and Evidence.objects.get().taken_at is None


def test_after_a_day_it_is_taken_without_sentry(sandbox, failing_call, support_client):
    evidence = pin(failing_call)
    sandbox.faults.set("status", status=503)

    taken = take(evidence, backend="discover", wait=5.0, now=timezone.now() + timedelta(days=1, minutes=1))
    page = text(support_client.get(address(failing_call)))

    assert taken and "Its events are not in this snapshot." in page and "Wants another day." in page


def test_two_clicks_pin_once(support_client, failing_call):
    form = {"reason": "", "known": "0"}
    support_client.post(address(failing_call, "pin"), form)
    support_client.post(address(failing_call, "take"))
    support_client.post(address(failing_call, "pin"), form)

    assert Evidence.objects.count() == 1


def test_a_changed_snapshot_is_told_apart(support_client, failing_call, pinned):
    changed = pinned.content.replace("BookingFailed", "NothingFailed")
    assert changed != pinned.content
    Evidence.objects.update(content=changed)

    page = text(support_client.get(address(failing_call)))

    assert "This snapshot was changed after it was taken." in page and "Its hash is right" not in page


def test_a_held_snapshot_cannot_be_unpinned(lead_client, failing_call, pinned):
    hold = {"act": "place", "reason": "Letter of a lawyer"}
    lead_client.post(address(failing_call, "hold"), hold)
    lead_client.post(address(failing_call, "unpin", evidence=pinned.pk))
    assert Evidence.objects.count() == 1 and "Letter of a lawyer" in text(
        lead_client.get(address(failing_call))
    )

    lead_client.post(address(failing_call, "hold"), hold | {"act": "release"})
    lead_client.post(address(failing_call, "unpin", evidence=pinned.pk))

    assert Evidence.objects.count() == 0
    acts = Entry.objects.exclude(call_id=None).exclude(event="call_opened")
    trail = list(acts.order_by("id").values_list("event", "reason", "call_id"))
    assert [event for event, _reason, _call in trail] == ["pin", "hold", "release", "unpin"]
    assert {call for _event, _reason, call in trail} == {failing_call.pk}
    assert trail[1][1] == "Letter of a lawyer"
    assert Hold.objects.get().released_at is not None


def test_a_hold_needs_a_reason(lead_client, failing_call):
    lead_client.post(address(failing_call, "hold"), {"act": "place", "reason": "why not"})

    assert not Hold.objects.exists()


def test_an_older_snapshot_stays_readable(support_client, failing_call, pinned, take_now):
    take_now(failing_call)
    page = support_client.get(address(failing_call))
    link = re.search(r'\?snapshot=([0-9a-f-]+)"', page.content.decode())[1]

    assert link == str(pinned.pk)
    assert pinned.sha256 in text(support_client.get(address(failing_call), {"snapshot": link}))


def test_the_logs_tab_offers_it_when_sentry_has_forgotten(support_client, settings, failing_call, pinned):
    offer = "Sentry keeps events for 10 days; this call is older."
    settings.SENTRY_RETENTION_DAYS = 10
    assert offer not in text(support_client.get(failing_call.get_absolute_url()))

    failing_call.started_at -= timedelta(days=11)
    failing_call.ended_at -= timedelta(days=11)
    failing_call.save()

    assert offer in text(support_client.get(failing_call.get_absolute_url()))


def test_a_page_of_evidence_asks_the_database_little(
    support_client, failing_call, pinned, django_assert_max_num_queries
):
    # Once an hour there is one more, which writes down who looks.
    support_client.get(address(failing_call))
    with django_assert_max_num_queries(7):
        support_client.get(address(failing_call))


def test_nothing_is_there_without_a_call(support_client, failing_call):
    page, act = address(failing_call), address(failing_call, "pin")
    failing_call.delete()

    assert support_client.get(page).status_code == 404
    assert support_client.post(act).status_code == 404


@pytest.mark.parametrize("door", ["hold", "unpin"])
def test_an_agent_pins_and_neither_holds_nor_unpins(support_client, failing_call, pinned, door):
    parts = {"evidence": pinned.pk} if door == "unpin" else {}
    form = {"act": "place", "reason": "Letter of a lawyer"}

    assert support_client.post(address(failing_call, door, **parts), form).status_code == 403
    assert "Place a legal hold" not in text(support_client.get(address(failing_call)))
    assert (Evidence.objects.count(), Hold.objects.count()) == (1, 0)


def test_the_snapshot_keeps_the_verdict_of_its_moment(support_client, pinned, failing_call):
    page = text(support_client.get(address(failing_call)))
    assert "The call was completed, but not everything went well. Whose part Ours: our own software" in page
    assert "The tool “book” failed." in page and "Sentry has 1 error of this call" in page
