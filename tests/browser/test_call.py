from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dashboard.calls.models import Call
from dashboard.calls.phone import mask
from tests.browser.pages import ago, call_with_events, events, parameters, row_of, wait_for_marks
from tests.factories import make_call

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.ran=1</script><img src=x onerror=\"window.ran=1;alert('ran')\">"


def chosen_range(page):
    return page.locator("#panel .segments label:has([name=range]:checked)")


def test_from_the_table_to_an_event(sandbox, page):
    call = call_with_events(sandbox, "info", "error", started_at=ago(hours=1))
    page.goto("/calls/")
    row_of(page, call).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Call from {mask(call.from_number)}")
    expect(events(page)).to_have_count(2)
    error = events(page).filter(has_text="Error number 1")
    expect(error).to_contain_text("+0:01")
    expect(error).to_contain_text("production")
    error.locator("summary").first.click()
    expect(error.get_by_role("link", name="Open in Sentry")).to_have_attribute(
        "href", re.compile(rf"^{re.escape(sandbox.url)}/")
    )
    expect(error.locator(".body")).to_contain_text(call.platform_call_id)


def test_the_panel_says_that_it_is_loading(sandbox, page):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    sandbox.faults.set("hang")
    page.goto(call.get_absolute_url())
    expect(page.get_by_text("Asking Sentry for this call…")).to_be_visible()
    expect(page.get_by_text(call.platform_call_id)).to_be_visible()
    sandbox.faults.clear()
    expect(events(page)).to_have_count(1)


def test_range_and_level_are_kept_by_the_address(sandbox, page):
    call = call_with_events(sandbox, "info", "error", "error", started_at=ago(hours=1))
    page.goto(call.get_absolute_url())
    expect(chosen_range(page)).to_have_text("30 days")
    page.locator("#panel label", has_text="24 hours").click()
    expect(page).to_have_url(re.compile("range=24h"))
    page.locator("#panel .chips label", has_text="Info").click()
    expect(events(page)).to_have_count(2)
    assert "info" not in parameters(page)["level"]
    page.reload()
    expect(events(page)).to_have_count(2)
    expect(chosen_range(page)).to_have_text("24 hours")
    expect(page.locator("#panel .chips label", has_text="Info").locator("input")).not_to_be_checked()


def test_log_lines_stand_among_the_events_and_one_source_can_be_chosen(sandbox, page):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    sandbox.add_log(
        correlation_id=call.platform_call_id,
        message="Twilio media stream opened",
        timestamp=call.started_at + timedelta(seconds=2.4),
    )
    page.goto(call.get_absolute_url())
    expect(page.locator("#panel .status")).to_contain_text("Errors 1 · Logs 1")
    expect(events(page)).to_have_count(2)
    page.locator("#panel .segments label", has_text="Logs").click()
    expect(page).to_have_url(re.compile("source=logs"))
    expect(events(page)).to_have_count(1)
    expect(events(page)).to_contain_text("Twilio media stream opened")
    page.reload()
    expect(events(page)).to_have_count(1)


def test_back_from_a_chosen_range_shows_the_range_before(sandbox, page):
    call = call_with_events(sandbox, "error", started_at=ago(hours=1))
    page.goto(call.get_absolute_url())
    page.locator("#panel label", has_text="7 days").click()
    expect(page).to_have_url(re.compile("range=7d"))
    page.go_back()
    expect(chosen_range(page)).to_have_text("30 days")
    expect(events(page)).to_have_count(1)


def test_more_than_a_page_comes_without_gaps_or_repeats(sandbox, page):
    started = ago(hours=2)
    call = make_call(started_at=started)
    for second in range(150):
        sandbox.add_event(
            correlation_id=call.platform_call_id,
            level="info",
            title=f"Turn {second}",
            timestamp=started + timedelta(seconds=second),
        )
    page.goto(call.get_absolute_url())
    expect(events(page)).to_have_count(100)
    expect(page.locator("#panel")).to_contain_text("150 events, newest first")
    sandbox.add_event(correlation_id=call.platform_call_id, title="A late one", timestamp=ago(hours=1))
    page.get_by_role("link", name="Show 100 more").click()
    expect(page.get_by_text("That is everything Sentry has for this call")).to_be_visible()
    ids = page.locator("#panel code[id^='event-']").evaluate_all("all => all.map(code => code.id)")
    titles = page.locator("#panel .events .title").evaluate_all("all => all.map(title => title.textContent)")
    assert len(ids) == len(set(ids)) == 150
    assert set(titles) == {f"Turn {second}" for second in range(150)}


def test_an_empty_range_offers_the_wider_one(sandbox, page):
    call = call_with_events(sandbox, "info", "error", started_at=ago(days=40))
    page.goto(call.get_absolute_url())
    expect(chosen_range(page)).to_have_text("90 days")
    expect(events(page)).to_have_count(2)
    page.locator("#panel label", has_text="7 days").click()
    expect(page.get_by_text("No events found in the selected time range.")).to_be_visible()
    page.get_by_role("link", name="Show 2 events").click()
    expect(events(page)).to_have_count(2)
    expect(chosen_range(page)).to_have_text("90 days")
    page.reload()
    expect(events(page)).to_have_count(2)


def test_a_call_without_events_says_so(sandbox, page):
    call = make_call(started_at=ago(hours=1))
    page.goto(call.get_absolute_url())
    expect(page.get_by_text("No events for this call.")).to_be_visible()


def test_hostile_text_is_shown_and_never_run(sandbox, page):
    call = make_call(
        started_at=ago(hours=1), platform_call_id=HOSTILE[:150], line=HOSTILE, agent_name=HOSTILE
    )
    sandbox.add_event(
        correlation_id=call.platform_call_id,
        title=f"ValueError: {HOSTILE}",
        transaction=HOSTILE,
        timestamp=ago(minutes=59),
    )
    page.goto("/calls/")
    wait_for_marks(page)
    expect(row_of(page, call)).to_contain_text("ValueError: <script>window.ran=1</script>")
    row_of(page, call).get_by_role("link").click()
    event = events(page).filter(has_text=HOSTILE)
    event.locator("summary").click()
    expect(event.locator(".body")).to_contain_text(HOSTILE)
    page.goto("/logs/")
    expect(page.locator("#results")).to_contain_text("1 correlation id")
    page.locator("a.expand").click()
    expect(page.locator("tr.inside")).to_contain_text(HOSTILE)
    assert page.evaluate("window.ran") is None
    assert page.locator("main :is(script, img)").count() == 0


def test_the_correlation_id_is_copied(sandbox, open_browser, support_user):
    page = open_browser(support_user, permissions=["clipboard-read", "clipboard-write"])
    call = make_call(started_at=ago(hours=1))
    page.goto(call.get_absolute_url())
    page.get_by_role("button", name="Copy correlation id").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == call.platform_call_id


def test_an_event_opens_in_its_row_and_leads_to_the_one_beside_it(world, page):
    call = Call.objects.get(platform_call_id=world.newest(world.has_errors).correlation_id)
    page.goto(call.get_absolute_url())
    error = events(page).filter(has=page.locator("summary [data-level=error]")).first
    error.locator("summary").first.click()
    expect(error.get_by_role("heading", name="Stack trace")).to_be_visible()
    expect(error.locator(".frames .here").first).to_be_visible()
    expect(error.get_by_role("button", name="Copy as text")).to_be_visible()
    error.get_by_role("button", name="Older event").click()
    expect(error.locator(".body")).to_be_hidden()
    opened = page.locator(".events > li > details[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("> summary")).to_be_focused()
    opened.get_by_role("button", name="Newer event").click()
    expect(error.locator(".body")).to_be_visible()


def test_an_event_has_a_page_of_its_own_that_leads_to_its_call(world, page):
    call = Call.objects.get(platform_call_id=world.newest(world.has_errors).correlation_id)
    page.goto(call.get_absolute_url())
    error = events(page).filter(has=page.locator("summary [data-level=error]")).first
    error.locator("summary").first.click()
    error.get_by_role("link", name="This event alone").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Error")
    expect(page.locator(".frames .here").first).to_be_visible()
    page.get_by_role("link", name="Its call").click()
    expect(page).to_have_url(re.compile(call.get_absolute_url()))
