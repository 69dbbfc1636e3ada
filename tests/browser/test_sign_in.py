from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser.pages import rows, sign_in, wait_for_marks
from tests.factories import make_call

pytestmark = pytest.mark.browser


def test_a_person_signs_in_and_sees_the_calls(world, mira, open_browser):
    page = open_browser()
    page.goto("/")
    sign_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    expect(page.get_by_label("Username")).to_have_value("mira")
    sign_in(page)
    expect(page).to_have_title("Calls · AI Receptionist")
    expect(rows(page)).to_have_count(50)


def test_a_session_that_ended_leads_to_the_sign_in_and_back(world, mira, page):
    page.goto("/calls/?environment=production")
    wait_for_marks(page)
    Session.objects.all().delete()
    page.get_by_label("Outcome").select_option("failed")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/calls/\?environment=production$"))
    expect(rows(page)).to_have_count(50)


def test_a_person_signs_out(sandbox, page):
    make_call()
    page.goto("/calls/")
    page.get_by_role("button", name="Account: mira").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/calls/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
