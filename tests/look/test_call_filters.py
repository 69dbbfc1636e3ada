from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.calls.phone import mask
from dashboard.calls.templatetags import calls as tags


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (59, "0:59"), (227, "3:47"), (3723, "1:02:03"), (194.9, "3:14"), (None, "")],
)
def test_duration_stands_in_a_column(seconds: float | None, words: str) -> None:
    assert tags.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (180, "3 min"), (194, "3 min 14 s"), (3723, "1 h 2 min 3 s"), (None, "")],
)
def test_duration_stands_in_a_sentence(seconds: float | None, words: str) -> None:
    assert tags.duration_words(seconds) == words


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+442079464417", "+44 ••• 17"),
        ("+44 (0)20 7946 4417", "+44 ••• 17"),
        ("00442079464417", "+44 ••• 17"),
        ("+1 (212) 555-0143", "+1 ••• 43"),
        ("+493012345678", "+49 ••• 78"),
        ("+353123456789", "+353 ••• 89"),
        ("+491234", "+49 •••"),
        ("02079464417", "••• 17"),
    ],
)
def test_a_number_shows_its_country_and_its_end(number: str, shown: str) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("1", "•••"), ("999", "•••"), ("4417", "•••"), ("+44", "+44 •••")]
)
def test_a_short_number_is_never_shown(number: str, shown: str) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sip:+442079464417@pbx.example;user=phone", "+44 ••• 17"),
        ("<sips:+442079464417@pbx.example>", "+44 ••• 17"),
        ("tel:+442079464417", "+44 ••• 17"),
        ("sip:mira.okafor@example.com", "SIP address"),
    ],
)
def test_an_address_shows_no_name_and_no_host(address: str, shown: str) -> None:
    assert mask(address) == shown


@pytest.mark.parametrize(
    "number", ["", "anonymous", "Restricted", "+266696687", "client:mira", "1" * 16, "+"]
)
def test_a_caller_without_a_number_is_hidden(number: str) -> None:
    assert mask(number) == "Number hidden"


@given(st.from_regex(r"(\+|00)?[0-9]{1,20}", fullmatch=True) | st.text())
def test_nobody_sees_more_than_the_country_and_two_digits(number: str) -> None:
    assert re.fullmatch(r"(\+\d{1,3} )?•••( \d{2})?|Number hidden|SIP address", mask(number))


@given(st.from_regex(r"\+[0-9]{8,15}", fullmatch=True))
def test_at_least_four_digits_of_a_number_stay_hidden(number: str) -> None:
    assert len(re.findall(r"\d", mask(number))) <= len(number) - 1 - 4
