from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ago, call_with_events, events, groups, row_of, rows, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(sandbox, open_browser, support_user):
    """A browser that runs no scripts."""
    return open_browser(support_user, java_script_enabled=False)


def test_sign_in_and_the_table(world, mira, open_browser):
    page = open_browser(java_script_enabled=False)
    page.goto("/calls/")
    sign_in(page)
    expect(rows(page)).to_have_count(50)
    page.get_by_role("link", name="Older").click()
    expect(rows(page)).to_have_count(50)
    expect(page).to_have_url(re.compile("cursor=older"))


def test_marks_come_with_a_link(sandbox, plain):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    plain.goto("/calls/")
    expect(plain.locator("#marks noscript")).to_be_visible()
    expect(plain.locator(".scripted").first).to_be_hidden()
    plain.get_by_role("link", name="Check for errors now").click()
    expect(row_of(plain, call)).to_contain_text("1 error")


def test_filters_have_a_button(sandbox, plain):
    call_with_events(sandbox, "error", started_at=ago(hours=1), outcome="failed")
    call_with_events(sandbox, "info", started_at=ago(hours=2))
    plain.goto("/calls/")
    plain.get_by_label("Outcome").select_option("failed")
    plain.get_by_role("button", name="Apply").focus()
    plain.keyboard.press("Enter")
    expect(plain).to_have_url(re.compile("outcome=failed"))
    expect(rows(plain)).to_have_count(1)


def test_only_with_errors_takes_one_more_click(sandbox, plain):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    call_with_events(sandbox, "info", started_at=ago(hours=2))
    plain.goto("/calls/?errors=1")
    plain.get_by_role("link", name="Show the calls with errors").click()
    expect(rows(plain)).to_have_count(1)
    expect(row_of(plain, call)).to_be_visible()


def test_the_logs_of_a_call_are_a_page(sandbox, plain):
    call = call_with_events(sandbox, "info", "error", started_at=ago(hours=1))
    plain.goto(call.get_absolute_url())
    plain.get_by_role("link", name="Show the logs of this call").click()
    expect(events(plain)).to_have_count(2)
    plain.locator("label", has_text="24 hours").click()
    plain.locator(".chips label", has_text="Info").click()
    plain.get_by_role("button", name="Apply").last.click()
    expect(events(plain)).to_have_count(1)
    expect(plain.locator(".segments label:has([name=range]:checked)")).to_have_text("24 hours")
    plain.get_by_role("link", name="Back to the call").click()
    expect(plain.locator("#cid")).to_have_text(call.platform_call_id)


def test_the_environment_is_switched(sandbox, plain):
    call_with_events(sandbox, "error", started_at=ago(hours=1))
    call_with_events(sandbox, "error", started_at=ago(hours=2), environment="staging")
    plain.goto("/calls/")
    plain.get_by_role("button", name="Staging").click()
    expect(rows(plain)).to_have_count(1)
    expect(plain).to_have_url(re.compile("environment=staging"))
    expect(plain.get_by_role("button", name="Staging", pressed=True)).to_be_visible()


def test_groups_open_on_the_browse_page(sandbox, plain):
    call_with_events(sandbox, "error", "info", started_at=ago(hours=1))
    plain.goto("/logs/")
    plain.get_by_role("link", name="Show the events").click()
    expect(groups(plain)).to_have_count(1)
    plain.locator("a.expand").click()
    expect(plain.locator("tr.inside li:has(details)")).to_have_count(2)
