from __future__ import annotations

from datetime import UTC, datetime, timedelta

URL = "/api/sentry/error-check"
NOW = datetime.now(UTC).replace(microsecond=0)


def get(client, **parameters):
    return client.get(URL, query_params=parameters)


def test_it_returns_every_id_not_the_first_hundred(support_client, sandbox):
    expected = {f"call-{number}" for number in range(250)}
    for number, name in enumerate(sorted(expected)):
        sandbox.add_event(correlation_id=name, level="error", timestamp=NOW - timedelta(minutes=number))
        sandbox.add_event(correlation_id=name, level="error", timestamp=NOW - timedelta(minutes=number))

    body = get(support_client).json()

    assert set(body) == {"correlationIds", "meta"}
    assert (len(body["correlationIds"]), set(body["correlationIds"])) == (250, expected)
    assert body["meta"]["complete"] is True


def test_fatal_counts_as_an_error_and_a_warning_does_not(support_client, sandbox):
    sandbox.add_event(correlation_id="fatal", level="fatal", timestamp=NOW)
    sandbox.add_event(correlation_id="warning", level="warning", timestamp=NOW)

    assert get(support_client).json()["correlationIds"] == ["fatal"]


def test_the_default_period_is_7_days(support_client, sandbox):
    sandbox.add_event(correlation_id="old", level="error", timestamp=NOW - timedelta(days=8))

    assert get(support_client).json()["correlationIds"] == []
    assert get(support_client, statsPeriod="14d").json()["correlationIds"] == ["old"]
    assert get(support_client, statsPeriod="24h").json()["error"]["parameter"] == "statsPeriod"


def test_it_can_be_asked_for_certain_ids_only(support_client, sandbox):
    for name in ("a", "b", 'c"*'):
        sandbox.add_event(correlation_id=name, level="error", timestamp=NOW)

    assert set(get(support_client, correlationId=["a", 'c"*', "x"]).json()["correlationIds"]) == {"a", 'c"*'}
    assert get(support_client, correlationId=["a", ""]).json()["error"]["parameter"] == "correlationId"
