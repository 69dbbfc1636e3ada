"""Everything under /api/ fails in one shape."""

from __future__ import annotations

import pytest
from django.test import Client

from dashboard.keys.models import ApiKey

DOORS = ["/api/sentry/events", "/api/sentry/error-check", "/api/sentry/browse"]


def assert_shape(response, status):
    assert response.status_code == status
    error = response.json()["error"]
    assert (
        {"code", "message", "status"}
        <= set(error)
        <= {"code", "message", "status", "parameter", "retryAfter"}
    )
    assert error["status"] == status


@pytest.mark.parametrize(
    "url", [*DOORS, "/api/calls", "/api/calls/vapi/a", "/api/openapi.json", "/api/nothing"]
)
def test_nobody_gets_in_without_a_key(db, url):
    response = Client().get(url)

    assert response.status_code in (401, 404)
    assert_shape(response, response.status_code)


@pytest.mark.parametrize("url", DOORS)
@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer \xe9", "token"])
def test_a_wrong_key_is_refused_even_beside_a_session(support_client, url, header):
    assert_shape(support_client.get(url, headers={"Authorization": header}), 401)


@pytest.mark.parametrize("url", DOORS)
def test_a_revoked_key_is_refused(db, url):
    key, secret = ApiKey.create("reporting", "read")
    key.revoke()

    assert_shape(Client().get(url, headers={"Authorization": f"Bearer {secret}"}), 401)


@pytest.mark.parametrize("url", DOORS)
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading_is_possible(support_client, url, method):
    response = getattr(support_client, method)(url)

    assert_shape(response, 405)
    assert response["Allow"]


def test_an_unknown_address_has_the_shape_too(support_client):
    assert_shape(support_client.get("/api/nothing"), 404)


def test_a_read_key_gets_an_answer(db, sandbox):
    _key, secret = ApiKey.create("reporting", "read")

    response = Client().get("/api/sentry/error-check", headers={"Authorization": f"Bearer {secret}"})

    assert (response.status_code, response.json()["correlationIds"]) == (200, [])
