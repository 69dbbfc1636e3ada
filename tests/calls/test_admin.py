from __future__ import annotations

import pytest

from tests.factories import make_call

URL = "/admin/calls/call/"


@pytest.mark.parametrize("asked", [{}, {"q": "call-"}, {"outcome__exact": "completed"}])
def test_an_admin_sees_calls(admin_client, asked):
    make_call(from_number="+442079460123")
    response = admin_client.get(URL, asked)
    assert "1 call" in response.content.decode()


def test_a_number_is_not_searched_for_in_an_address(admin_client):
    make_call(from_number="+442079460123")

    assert "0 calls" in admin_client.get(URL, {"q": "+442079460123"}).content.decode()


def test_numbers_are_masked(admin_client):
    call = make_call(from_number="+442079460123", ended_reason_raw="hung up by +442079460123")

    page = admin_client.get(f"{URL}{call.pk}/change/").content.decode()

    assert "+44 ••• 23" in page and "460123" not in page


def test_nobody_edits_facts(admin_client):
    call = make_call()
    assert admin_client.get(f"{URL}{call.pk}/change/").status_code == 200
    assert admin_client.post(f"{URL}{call.pk}/change/", {"line": "Other"}).status_code == 403
    assert admin_client.get(f"{URL}add/").status_code == 403


def test_support_has_no_door_to_it(support_client):
    assert support_client.get(URL).status_code == 302
