"""A method that a door does not take is refused first, whoever asks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver

from dashboard.methods import methods_of

OTHERS = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"]


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize("url", ["/", "/calls/", "/login/", "/livez", "/admin/", "/api/calls", "/api/"])
def test_no_door_takes_others(db, url, method):
    answer = Client().generic(method, url)

    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) <= {"GET", "HEAD", "POST"}
    assert not answer.cookies


def test_it_says_what_the_door_takes():
    def taken(url):
        return methods_of(get_resolver().resolve(url).func)

    assert taken("/calls/") == ["GET", "HEAD"]
    assert taken("/environment/") == taken("/logout/") == taken("/webhooks/production/vapi") == ["POST"]
    assert taken("/api/calls") == taken("/login/") == taken("/admin/") == ["GET", "HEAD", "POST"]


def test_sending_a_form_to_a_page_that_takes_none_is_refused_before_it_is_looked_at(db):
    answer = Client(enforce_csrf_checks=True).post("/calls/", {"a": "b"})

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
