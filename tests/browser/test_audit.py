from __future__ import annotations

import pytest
from django.test import RequestFactory
from playwright.sync_api import expect

from dashboard.audit.record import Event, Result, record
from tests.browser.conftest import World
from tests.browser.pages import assert_no_barriers, assert_no_sideways_scrolling, parameters
from tests.factories import make_call

pytestmark = pytest.mark.browser


@pytest.fixture
def trail(world: World, lead_user, support_user, admin_user) -> None:
    """An hour's work: signing in, looking, being refused, changing."""

    def by(user, event, **facts) -> None:
        request = RequestFactory().get("/")
        request.user = user
        record(event, request=request, **facts)

    call = make_call()
    by(support_user, Event.SIGNED_IN)
    by(support_user, Event.CALL_OPENED, call=call, result=Result.SHOWN)
    by(support_user, Event.REVEAL, call=call, result=Result.LIMITED, fields=["from_number", "transcript"])
    reason = "Callback: the caller asked for a copy of the appointment, ticket 4711-" + "long" * 12
    by(lead_user, Event.REVEAL, call=call, result=Result.SHOWN, reason=reason)
    by(support_user, Event.DENIED, result=Result.DENIED)
    by(lead_user, Event.EXPORT, fields=["calls"], detail="user=lena format=csv filters=?environment=staging")
    by(admin_user, Event.ROLE_CHANGED, detail="mira: given Support lead", fields=["groups"])
    record(Event.SIGN_IN_FAILED, result=Result.FAILED, detail="as nobody we know")


def test_no_barriers_and_no_sideways_scrolling(open_browser, trail, lead_user):
    page = open_browser(lead_user, bypass_csp=True)
    page.goto("/audit/")
    expect(page.get_by_role("heading", name="Audit trail")).to_be_visible()

    assert_no_barriers(page)
    assert_no_sideways_scrolling(page)


def test_choosing_an_event_changes_list_and_address(open_browser, trail, lead_user):
    page = open_browser(lead_user)
    page.goto("/audit/")

    page.get_by_label("Event").select_option("export")

    expect(page.locator("tr[id^='e-']")).to_have_count(1)
    assert parameters(page)["event"] == ["export"]
