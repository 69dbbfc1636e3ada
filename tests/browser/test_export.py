from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from dashboard.calls.models import Call
from tests.browser.pages import wait_for_marks

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("with_scripts", [True, False])
def test_the_filtered_table_can_be_taken_along(world, open_browser, lead_user, with_scripts):
    page: Page = open_browser(lead_user, java_script_enabled=with_scripts)
    page.goto("/calls/?environment=production&outcome=completed")
    if with_scripts:
        wait_for_marks(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="Export as CSV").click()
    assert started.value.suggested_filename.startswith("calls-production-")
    wanted = Call.objects.filter(environment="production", outcome="completed")
    lines = started.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + wanted.count() and wanted.count() > 50


def test_there_is_a_page_where_there_is_no_file(world, open_browser, lead_user, complaints):
    page = open_browser(lead_user)
    page.goto("/calls/export/?range=2h")
    expect(page.get_by_role("heading", name="No file was made")).to_be_visible()
    expect(page.get_by_text("There is no such time range.")).to_be_visible()
    complaints.clear()
