"""A form that was sent after the session ended leads to the sign-in and back to its page."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/calls/?range=7d", "/calls/%3Frange%3D7d"),
        ("https://evil.example/calls/", "/"),
        ("http://testserver.evil.example/x", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("door", ["/environment/", "/logout/"])
def test_it_leads_back_to_the_page_and_not_to_the_door_of_the_form(db, door, page, back):
    response = Client().post(door, {"environment": "staging"}, headers={"Referer": page})

    assert (response.status_code, response["Location"]) == (302, f"/login/?next={back}")
