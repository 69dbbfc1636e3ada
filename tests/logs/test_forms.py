from __future__ import annotations

import pytest
from django.http import QueryDict

from sentry_logs.forms import BrowseForm, ErrorCheckForm, EventsForm
from sentry_logs.periods import PERIODS


def asked(form_class, query):
    form = form_class(QueryDict(query))
    assert form.is_valid(), form.errors
    return form.cleaned_data


def errors(form_class, query):
    form = form_class(QueryDict(query))
    form.is_valid()
    return {name: " ".join(messages) for name, messages in form.errors.items()}


def test_what_is_left_out_of_an_events_question_has_its_default():
    assert asked(EventsForm, "correlationId=a") == {
        "correlationId": "a",
        "environment": "all",
        "statsPeriod": "30d",
        "level": (),
        "source": "",
        "limit": 100,
        "cursor": "",
    }


@pytest.mark.parametrize(("form_class", "period"), [(ErrorCheckForm, "7d"), (BrowseForm, "7d")])
def test_the_default_period(form_class, period):
    assert asked(form_class, "")["statsPeriod"] == period
    assert asked(form_class, "statsPeriod=")["statsPeriod"] == period


@pytest.mark.parametrize(
    ("form_class", "query", "named", "allowed"),
    [
        (EventsForm, "correlationId=a&statsPeriod=14d", "statsPeriod", "24h, 7d, 30d, 90d"),
        (ErrorCheckForm, "statsPeriod=24h", "statsPeriod", "7d, 14d, 30d"),
        (BrowseForm, "statsPeriod=%207d", "statsPeriod", "24h, 7d, 14d, 30d, 90d"),
        (BrowseForm, "environment=prod", "environment", "production, staging, all"),
        (BrowseForm, "level=warn", "level", "fatal, error, warning, info, debug"),
        (BrowseForm, "level=error,fatal", "level", "fatal, error, warning, info, debug"),
        (BrowseForm, "eventType=transaction", "eventType", "error, default, csp"),
        (EventsForm, "correlationId=a&limit=101", "limit", "from 1 to 100"),
        (EventsForm, "correlationId=a&limit=0", "limit", "from 1 to 100"),
        (EventsForm, "correlationId=a&limit=1_0", "limit", "from 1 to 100"),
        (EventsForm, "correlationId=a&limit=%EF%BC%95", "limit", "from 1 to 100"),
    ],
)
def test_an_unknown_value_is_refused_and_the_allowed_ones_are_named(form_class, query, named, allowed):
    found = errors(form_class, query)
    assert list(found) == [named]
    assert allowed in found[named]


@pytest.mark.parametrize("name", ["correlationId", "environment", "statsPeriod", "limit", "cursor"])
def test_a_single_value_given_twice_is_refused(name):
    query = QueryDict("correlationId=a", mutable=True)
    query.setlist(name, ["7d", "7d"])
    assert errors(EventsForm, query.urlencode())[name].endswith("Give this parameter once.")


def test_levels_are_repeated_and_come_worst_first():
    assert asked(BrowseForm, "level=info&level=fatal&level=info")["level"] == ("fatal", "info")


def test_all_levels_are_the_same_question_as_none():
    every = "level=debug&level=info&level=warning&level=error&level=fatal"
    assert asked(BrowseForm, every)["level"] == asked(BrowseForm, "")["level"] == ()


@pytest.mark.parametrize("query", ["", "correlationId=", "correlationId=%20%09"])
def test_an_empty_id_is_refused(query):
    assert "every event without an id" in errors(EventsForm, query)["correlationId"]


def test_white_space_around_an_id_is_dropped_and_the_rest_kept():
    assert asked(EventsForm, "correlationId=%20a%20%22b%22%20%F0%9F%93%9E%20")["correlationId"] == 'a "b" 📞'


@pytest.mark.parametrize("text", ["a%00b", "%00", "a%0Ab", "a%7F", "a%C2%85b"])
def test_control_characters_are_refused_in_ids_and_searches(text):
    assert "control characters" in errors(EventsForm, f"correlationId={text}")["correlationId"]
    assert "control characters" in errors(ErrorCheckForm, f"correlationId={text}")["correlationId"]
    assert "control characters" in errors(BrowseForm, f"search={text}")["search"]


def test_ids_of_an_error_check_are_repeated_without_duplicates():
    assert asked(ErrorCheckForm, "")["correlationId"] == ()
    assert asked(ErrorCheckForm, "correlationId=b&correlationId=a&correlationId=b")["correlationId"] == (
        "b",
        "a",
    )


def test_a_hundred_ids_are_the_most():
    ids = "&".join(f"correlationId=c{number}" for number in range(101))
    assert "at most 100" in errors(ErrorCheckForm, ids)["correlationId"]
    assert len(asked(ErrorCheckForm, ids.rpartition("&")[0])["correlationId"]) == 100


def test_one_empty_id_among_others_is_refused():
    assert (
        "every event without an id"
        in errors(ErrorCheckForm, "correlationId=a&correlationId=")["correlationId"]
    )


def test_unknown_parameters_are_named_with_the_likely_one():
    form = BrowseForm(QueryDict("statPeriod=7d&colour=red&search=a"))
    assert form.unknown_parameters() == {
        "statPeriod": "There is no such parameter. Did you mean statsPeriod?",
        "colour": "There is no such parameter.",
    }


def test_environments_come_from_the_settings(settings):
    settings.SENTRY_ENVIRONMENTS = ("eu", "us")
    assert asked(BrowseForm, "environment=us")["environment"] == "us"
    assert "eu, us, all" in errors(BrowseForm, "environment=staging")["environment"]


def test_a_long_wrong_value_is_not_repeated_whole():
    assert len(errors(BrowseForm, f"level={'x' * 5000}")["level"]) < 200


def test_a_question_speaks_the_language_of_the_services():
    form = BrowseForm(QueryDict("environment=staging&level=error&eventType=csp&search=slow"))
    assert form.is_valid()
    assert form.question() == {
        "environment": "staging",
        "period": PERIODS["7d"],
        "levels": ("error",),
        "event_type": "csp",
        "search": "slow",
        "cursor": None,
    }
