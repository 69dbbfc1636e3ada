from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dashboard.calls.models import Call
from dashboard.calls.vocabulary import Outcome, Status
from tests.browser.pages import ago, call_with_events, row_of, rows, wait_for_marks
from tests.factories import make_call

pytestmark = pytest.mark.browser

AWAY = (5, 5)


def next_look(page) -> None:
    with page.expect_response("**/calls/live/**"):
        page.clock.run_for(5_000)


@pytest.fixture
def table(world, page):
    """The table, its marks in, the pointer away from it, and the browser's clock in our hands."""
    page.clock.install()
    page.goto("/calls/")
    wait_for_marks(page)
    page.mouse.move(*AWAY)
    return page


def test_a_call_appears_moves_through_its_states_and_gets_its_mark(world, table):
    call = call_with_events(world.sandbox, "error", started_at=ago(seconds=5), running=True)
    Call.objects.filter(pk=call.pk).update(status=Status.RINGING)
    next_look(table)
    row = row_of(table, call)
    expect(row).to_contain_text("Ringing")
    expect(rows(table).first).to_have_attribute("id", f"c-{call.pk}")

    Call.objects.filter(pk=call.pk).update(status=Status.IN_PROGRESS)
    next_look(table)
    expect(row).to_contain_text("In progress")

    Call.objects.filter(pk=call.pk).update(
        status=Status.ENDED, outcome=Outcome.FAILED, ended_at=ago(seconds=1), duration_ms=4_000
    )
    next_look(table)
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("1 error")


def test_no_row_moves_while_the_pointer_is_on_the_table(table):
    target = rows(table).nth(3)
    target.hover()
    before = target.bounding_box()
    call = make_call(started_at=ago(seconds=1), running=True)
    next_look(table)

    button = table.get_by_role("button", name="Show 1 new call")
    expect(button).to_be_visible()
    assert target.bounding_box() == before
    expect(row_of(table, call)).to_have_count(0)

    button.click()
    expect(row_of(table, call)).to_be_visible()
    expect(button).to_have_count(0)


def test_what_waited_comes_when_the_pointer_is_gone(table):
    rows(table).nth(3).hover()
    call = make_call(started_at=ago(seconds=1), running=True)
    next_look(table)
    expect(row_of(table, call)).to_have_count(0)

    table.mouse.move(*AWAY)
    next_look(table)

    expect(row_of(table, call)).to_be_visible()


def test_the_focus_stays_in_its_row(table):
    link = rows(table).nth(2).get_by_role("link")
    link.focus()
    make_call(started_at=ago(seconds=1), running=True)
    next_look(table)

    expect(link).to_be_focused()
    expect(table.get_by_role("button", name="Show 1 new call")).to_be_visible()
