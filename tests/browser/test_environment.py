from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ago, call_with_events, events, row_of, rows, sign_in, wait_for_marks

pytestmark = pytest.mark.browser


@pytest.fixture
def two_worlds(sandbox, transactional_db):
    """A production call whose id also has an event in staging, and a staging call."""
    call = call_with_events(sandbox, "error", "error", started_at=ago(hours=1))
    sandbox.add_event(
        correlation_id=call.platform_call_id,
        title="Only in staging",
        timestamp=ago(minutes=58),
        environment="staging",
    )
    other = call_with_events(sandbox, "fatal", started_at=ago(hours=2), environment="staging")
    return call, other


def switch_to(page, name):
    page.get_by_role("form", name="Environment").get_by_role("button", name=name).click()
    expect(page).to_have_url(re.compile(f"environment={name.lower()}"))


def test_the_switcher_changes_table_and_marks(two_worlds, page):
    call, other = two_worlds
    page.goto("/calls/")
    wait_for_marks(page)
    expect(rows(page)).to_have_count(2)
    expect(row_of(page, call)).to_contain_text("3 errors")
    switch_to(page, "Production")
    expect(rows(page)).to_have_count(1)
    expect(row_of(page, call)).to_contain_text("2 errors")
    switch_to(page, "Staging")
    expect(row_of(page, other)).to_contain_text("1 fatal")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_title("Calls (staging) · AI Receptionist")


def test_the_switcher_changes_the_logs_of_a_call(two_worlds, page):
    call, _other = two_worlds
    page.goto(call.get_absolute_url())
    expect(events(page)).to_have_count(3)
    switch_to(page, "Production")
    expect(events(page)).to_have_count(2)
    switch_to(page, "Staging")
    expect(page.get_by_text("This call is in production.")).to_be_visible()
    expect(events(page)).to_have_count(1)


def test_the_switcher_changes_the_browse_page(two_worlds, page):
    page.goto("/logs/")
    expect(page.locator("#results")).to_contain_text("2 correlation ids")
    switch_to(page, "Production")
    expect(page.locator("#results")).to_contain_text("1 correlation id,")
    expect(page.locator("#totals")).not_to_contain_text("staging")


def test_the_choice_follows_to_other_pages(two_worlds, page):
    page.goto("/calls/")
    switch_to(page, "Staging")
    page.get_by_role("link", name="Sentry events").click()
    pressed = page.get_by_role("button", name="Staging", pressed=True)
    expect(pressed).to_be_visible()
    page.goto("/calls/")
    expect(pressed).to_be_visible()


def test_a_copied_address_shows_a_colleague_the_same(two_worlds, mira, page, open_browser):
    call, _other = two_worlds
    page.goto("/calls/")
    switch_to(page, "Staging")
    page.goto(call.get_absolute_url())
    expect(page).to_have_url(re.compile("environment=staging"))
    copied = page.url
    colleague = open_browser()
    colleague.goto(copied)
    sign_in(colleague)
    expect(colleague.get_by_role("button", name="Staging", pressed=True)).to_be_visible()
    expect(events(colleague)).to_have_count(1)
    assert urlsplit(colleague.url) == urlsplit(copied)
