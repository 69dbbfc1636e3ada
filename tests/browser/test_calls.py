from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from dashboard.calls.models import Call
from sentry_logs.models import Check
from tests.browser.pages import (
    ago,
    background,
    call_with_events,
    parameters,
    row_of,
    rows,
    wait_for_marks,
)

pytestmark = pytest.mark.browser


def test_the_table_stands_before_sentry_has_answered(world, page):
    world.sandbox.faults.set("hang")
    page.goto("/calls/")
    expect(rows(page)).to_have_count(50)
    expect(page.get_by_text("Asking Sentry for errors…")).to_be_visible()
    expect(page.locator(".mark .bone").first).to_be_visible()
    world.sandbox.faults.clear()
    wait_for_marks(page)
    expect(page.locator(".mark .bone")).to_have_count(0)
    expect(page.locator(".mark", has_text="None").first).to_be_visible()


def test_a_failing_call_stands_out_and_says_how_badly(world, page):
    failing = call_with_events(world.sandbox, "error", "fatal", "error", started_at=ago(minutes=9))
    clean = call_with_events(world.sandbox, "info", started_at=ago(minutes=8))
    page.goto("/calls/")
    wait_for_marks(page)
    expect(row_of(page, failing)).to_contain_text("1 fatal, 2 errors")
    expect(row_of(page, failing)).to_contain_text("Error number 2")
    expect(row_of(page, clean)).to_contain_text("None")
    cells = row_of(page, failing).locator("th, td")
    tints = {background(cell) for cell in cells.all()}
    assert len(tints) == 1
    assert tints != {background(row_of(page, clean).locator("td").first)}


def test_the_marks_of_the_demo_are_those_of_its_events(world, page):
    page.goto("/calls/?environment=production")
    wait_for_marks(page)
    shown = page.locator("tr:has(.mark:is([data-level=error], [data-level=fatal]))")
    ids = [
        identifier.removeprefix("c-") for identifier in shown.evaluate_all("all => all.map(row => row.id)")
    ]
    marked = set(Call.objects.filter(pk__in=ids).values_list("platform_call_id", flat=True))
    on_page = Call.objects.filter(environment="production").newest_first()[:50]
    assert marked == {call.platform_call_id for call in on_page} & world.scenario.error_ids()
    assert marked


def test_marks_renew_themselves_once_a_minute(world, page):
    call = call_with_events(world.sandbox, "info", started_at=ago(minutes=9))
    page.clock.install()
    page.goto("/calls/")
    expect(row_of(page, call)).to_contain_text("None")
    world.sandbox.add_event(correlation_id=call.platform_call_id, title="It broke", timestamp=ago(minutes=8))
    # The browser's clock is ahead of the server's: what was checked must be old there too.
    Check.objects.update(asked_at=ago(minutes=2))
    cache.clear()
    page.clock.run_for(61_000)
    expect(row_of(page, call)).to_contain_text("1 error")


def test_check_now_asks_without_a_new_page(world, page):
    world.sandbox.faults.set("status", status=500)
    page.goto("/calls/")
    expect(page.locator("#marks")).to_contain_text("Sentry")
    expect(page.locator(".mark", has_text="Check failed").first).to_be_visible()
    world.sandbox.faults.clear()
    cache.clear()
    page.get_by_role("link", name="Check for errors now").click()
    wait_for_marks(page)
    expect(page.locator(".mark", has_text="Check failed")).to_have_count(0)


def test_a_call_is_found_by_its_callers_number(world, page):
    call = call_with_events(world.sandbox, started_at=ago(days=2), from_number="+442079468123")
    page.goto("/calls/")
    search = page.get_by_label("Search by call id, event id or phone number")
    search.fill("020 7946 8123")
    search.press("Enter")
    expect(rows(page)).to_have_count(1)
    expect(row_of(page, call)).to_be_visible()
    expect(search).to_have_value("020 7946 8123")
    assert "8123" not in page.url and parameters(page)["q"][0].startswith("number:")


def test_a_call_is_found_by_any_id(world, page):
    awkward = world.newest(lambda call: '"' in call.correlation_id)
    page.goto("/calls/")
    search = page.get_by_label("Search by call id, event id or phone number")
    search.fill(awkward.correlation_id)
    search.press("Enter")
    expect(rows(page)).to_have_count(1)
    page.reload()
    expect(search).to_have_value(awkward.correlation_id)
    expect(rows(page)).to_have_count(1)


def test_outcome_and_range_narrow_the_list_and_back_widens_it(world, page):
    page.goto("/calls/?environment=all")
    page.get_by_label("Outcome").select_option("failed")
    expect(page.get_by_label("Outcome")).to_have_value("failed")
    expect(rows(page).filter(has_text="Completed")).to_have_count(0)
    page.get_by_label("Started").select_option("24h")
    expect(page).to_have_url(re.compile("range=24h"))
    failed = Call.objects.filter(outcome="failed", started_at__gte=ago(hours=24)).count()
    expect(rows(page)).to_have_count(failed)
    page.go_back()
    expect(page.get_by_label("Started")).to_have_value("any")
    expect(page.get_by_label("Outcome")).to_have_value("failed")
    page.go_back()
    expect(page.get_by_label("Outcome")).to_have_value("")
    expect(rows(page)).to_have_count(50)


def test_only_calls_with_errors(world, page):
    page.goto("/calls/?environment=all&range=24h")
    world.sandbox.faults.set("hang")
    page.get_by_label("Only with errors").check()
    world.sandbox.faults.clear()
    expect(page).to_have_url(re.compile("errors=1"))
    since = ago(hours=24)
    failing = {c.correlation_id for c in world.scenario.calls if c.started_at > since and world.has_errors(c)}
    expect(rows(page)).to_have_count(len(failing))
    wait_for_marks(page)
    expect(page.locator(".mark:is([data-level=error], [data-level=fatal])")).to_have_count(len(failing))


def test_paging_keeps_its_place_in_the_address(world, page):
    page.goto("/calls/")
    first = rows(page).first.get_attribute("id")
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile("cursor=older"))
    expect(rows(page).first).not_to_have_id(str(first))
    second = rows(page).first.get_attribute("id")
    page.reload()
    expect(rows(page).first).to_have_id(str(second))
    page.get_by_role("link", name="Newer").click()
    expect(rows(page).first).to_have_id(str(first))
    page.go_back()
    expect(rows(page).first).to_have_id(str(second))


def test_a_search_without_a_match_says_what_was_searched(world, page):
    page.goto("/calls/?q=nobody-has-this-id&environment=production")
    expect(page.get_by_text("No call matches “nobody-has-this-id”.")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    expect(rows(page)).to_have_count(50)
    assert parameters(page) == {"environment": ["production"]}
