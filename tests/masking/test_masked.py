from __future__ import annotations

import copy
import json
import pickle

import pytest
from django.template import Context, Engine
from django.utils.html import escape

from sentry_logs.masking import Masked, mask_json, mask_number
from sentry_logs.masking.clear import clear

NUMBER = "+447700900123"
SHOWN = "+44 ••• 23"


@pytest.fixture
def masked():
    return Masked(NUMBER, SHOWN)


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        "{}".format,
        "%s".__mod__,
        "{:>40}".format,
        escape,
        lambda masked: masked.__html__(),
        lambda masked: json.dumps({"to": masked}, ensure_ascii=False),
        lambda masked: f"{masked!r}",
        lambda masked: masked + "",
        lambda masked: ",".join([masked]),
        lambda masked: copy.deepcopy(masked),
        lambda masked: pickle.loads(pickle.dumps(masked)),
        lambda masked: Engine().from_string("{{ m }}").render(Context({"m": masked})),
    ],
)
def test_it_is_masked_however_it_is_shown(masked, show):
    assert SHOWN in show(masked)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda masked: pickle.loads(pickle.dumps(masked))]
)
def test_what_is_kept_elsewhere_has_the_masked_form_only(masked, copied):
    assert clear(copied(masked)) == SHOWN


def test_only_the_way_back_has_the_clear_text(masked):
    assert clear(masked) == NUMBER


def test_its_clear_text_is_not_in_what_a_cache_would_keep(masked):
    assert b"900123" not in pickle.dumps(masked)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (NUMBER, SHOWN),
        ("+12125550187", "+1 ••• 87"),
        ("+353861234567", "+353 ••• 67"),
        ("00447700900123", SHOWN),
        ("07700900123", "••• 23"),
        ("112", "•••"),
        ("+4412", "+44 •••"),
        ("+", "•••"),
    ],
)
def test_a_number_shows_its_country_and_its_last_two_digits(number, shown):
    assert mask_number(number) == shown


def test_json_is_masked_by_the_names_of_its_fields_and_by_what_its_texts_hold():
    sent = {
        "callerName": "Mara",
        "phone": "07700 900123",
        "date": "2026-11-24",
        "from": "2026-11-24",
        "slot_id": 12345678,
        "amount": 12.5,
        "pin": 1234,
        "note": ["call mara@example.com"],
        "tool": {"name": "find_appointment", "ok": True, "address": {"line": "12 Baker Street"}},
    }

    assert mask_json(sent) == {
        "callerName": "[name •••]",
        "phone": "••• 23",
        "date": "2026-11-24",
        "from": "2026-11-24",
        "slot_id": 12345678,
        "amount": 12.5,
        "pin": "[detail •••]",
        "note": ["call [email •••]"],
        "tool": {"name": "find_appointment", "ok": True, "address": {"line": "[address •••]"}},
    }
