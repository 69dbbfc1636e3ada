from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ago, call_with_events, groups, parameters

pytestmark = pytest.mark.browser


def search_for(page, text):
    page.get_by_label("Search", exact=True).fill(text)
    page.get_by_label("Search", exact=True).press("Enter")


def test_groups_arrive_after_the_page(world, page):
    world.sandbox.faults.set("hang")
    page.goto("/logs/")
    expect(page.get_by_text("Asking Sentry…")).to_be_visible()
    expect(page.locator("#totals")).to_contain_text("production")
    world.sandbox.faults.clear()
    expect(groups(page)).to_have_count(100)
    expect(page.locator("#totals tr", has_text="staging").locator("td").last).to_have_text(
        re.compile(r"^\d+$")
    )


def test_a_group_opens_and_closes_in_place(sandbox, page):
    call = call_with_events(sandbox, "info", "error", "error", started_at=ago(hours=1))
    page.goto("/logs/")
    group = groups(page).filter(has_text="2 error")
    expander = group.locator("a.expand")
    expander.click()
    expect(expander).to_have_attribute("aria-expanded", "true")
    expect(page.locator("tr.inside li:has(details)")).to_have_count(3)
    assert parameters(page)["open"] == [call.platform_call_id]
    page.reload()
    expect(page.locator("tr.inside li:has(details)")).to_have_count(3)
    expander.click()
    expect(expander).to_have_attribute("aria-expanded", "false")
    expect(page.locator("tr.inside")).to_be_hidden()


def test_a_group_leads_to_its_call(sandbox, page):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    page.goto("/logs/")
    groups(page).locator(".g-call a").click()
    expect(page.locator("#cid")).to_have_text(call.platform_call_id)


def test_a_wrong_search_shows_sentrys_words_beside_the_box(world, page):
    page.goto("/logs/")
    expect(groups(page)).to_have_count(100)
    search_for(page, "(slow")
    message = page.locator("#search-error")
    expect(message).to_contain_text("parenthes")
    expect(page.get_by_label("Search", exact=True)).to_have_value("(slow")
    search_for(page, "SchemaError")
    expect(message).to_be_hidden()
    expect(groups(page).first).to_be_visible()
    assert parameters(page)["search"] == ["SchemaError"]


def test_filters_are_kept_by_the_address(world, page):
    page.goto("/logs/?environment=all")
    expect(groups(page)).to_have_count(100)
    page.locator(".chips label", has_text="Info").click()
    expect(page).to_have_url(re.compile("level=debug"))
    assert sorted(parameters(page)["level"]) == ["debug", "error", "fatal", "warning"]
    page.get_by_label("Period").select_option("90d")
    expect(page).to_have_url(re.compile("statsPeriod=90d"))
    expect(page.locator("#totals td:nth-child(5):not(.zero)")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Period")).to_have_value("90d")
    expect(page.locator(".chips input:checked")).to_have_count(4)
    expect(groups(page).first).to_be_visible()


def test_pages_of_groups_and_back(world, page):
    page.goto("/logs/?environment=all&statsPeriod=90d")
    expect(groups(page)).to_have_count(100)
    first = groups(page).first.get_attribute("data-id")
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile("cursor="))
    expect(groups(page).first).not_to_have_attribute("data-id", str(first))
    page.go_back()
    expect(groups(page).first).to_have_attribute("data-id", str(first))


def test_events_without_an_id_are_counted_and_reached(sandbox, page):
    call_with_events(sandbox, "error", started_at=ago(hours=1))
    for number in range(3):
        sandbox.add_event(title=f"Worker {number} started", level="info", timestamp=ago(hours=1))
    page.goto("/logs/")
    expect(page.get_by_text("3 events without a correlation id")).to_be_visible()
    page.get_by_role("link", name="Show them").click()
    untagged = page.get_by_role("region", name="Events without a correlation id")
    expect(untagged.locator(".events > li:has(details)")).to_have_count(3)
    expect(untagged).to_contain_text("Worker 2 started")
