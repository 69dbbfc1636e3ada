from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.pages import ago, call_with_events, events, groups, rows, wait_for_marks

pytestmark = pytest.mark.browser


@pytest.fixture
def call(sandbox, transactional_db):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    sandbox.faults.set("status", status=503)
    return call


def recover(sandbox):
    """Sentry answers again, and the seconds in which a failure is remembered are over."""
    sandbox.faults.clear()
    cache.clear()


def test_the_call_page_says_what_is_wrong_and_recovers(call, sandbox, page):
    page.goto(call.get_absolute_url())
    alert = page.locator("#panel").get_by_role("alert")
    expect(alert).to_contain_text("Sentry")
    expect(alert).to_contain_text("Calls and their facts come from our own database")
    expect(page.get_by_text(call.platform_call_id)).to_be_visible()
    recover(sandbox)
    alert.get_by_role("link", name="Try again").click()
    expect(events(page)).to_have_count(1)
    expect(alert).to_have_count(0)


def test_the_browse_page_says_what_is_wrong_and_recovers(call, sandbox, page):
    page.goto("/logs/")
    alert = page.locator("#results").get_by_role("alert")
    expect(alert).to_contain_text("Sentry")
    recover(sandbox)
    alert.get_by_role("link", name="Try again").click()
    expect(groups(page)).to_have_count(1)


def test_the_table_works_without_sentry(call, sandbox, page):
    page.goto("/calls/")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Check failed")
    page.get_by_label("Outcome").select_option("completed")
    expect(rows(page)).to_have_count(1)


def test_only_with_errors_cannot_be_said_without_sentry(call, sandbox, page):
    page.goto("/calls/?errors=1")
    alert = page.locator("#table").get_by_role("alert")
    expect(alert).to_contain_text("We cannot say which calls had errors.")
    recover(sandbox)
    alert.get_by_role("link", name="Try again").click()
    expect(rows(page)).to_have_count(1)
    wait_for_marks(page)


def test_a_dashboard_that_does_not_answer_is_said_and_the_page_stays(call, sandbox, page, complaints):
    page.goto("/calls/")
    page.route(re.compile("/calls/(find/|\\?)"), lambda route: route.abort())
    page.get_by_label("Outcome").select_option("failed")
    expect(page.get_by_text("The server did not answer. Try again.")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    page.context.close()
    assert any("ERR_FAILED" in line for line in complaints)
    complaints.clear()
