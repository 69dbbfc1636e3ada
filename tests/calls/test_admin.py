from __future__ import annotations

import pytest

from tests.factories import make_call

URL = "/admin/calls/call/"


@pytest.mark.parametrize(
    "asked", [{}, {"q": "call-"}, {"q": "+442079460123"}, {"outcome__exact": "completed"}]
)
def test_an_admin_sees_calls(admin_client, asked):
    make_call(from_number="+442079460123")
    response = admin_client.get(URL, asked)
    assert "1 call" in response.content.decode()


def test_nobody_edits_facts(admin_client):
    call = make_call()
    assert admin_client.get(f"{URL}{call.pk}/change/").status_code == 200
    assert admin_client.post(f"{URL}{call.pk}/change/", {"line": "Other"}).status_code == 403
    assert admin_client.get(f"{URL}add/").status_code == 403


def test_support_has_no_door_to_it(support_client):
    assert support_client.get(URL).status_code == 302
