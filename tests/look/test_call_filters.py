from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("+442079464417", "+44 20 ••• 4417"),
        ("+44 (0)20 7946 4417", "+44 20 ••• 4417"),
        ("00442079464417", "+44 20 ••• 4417"),
        ("+441314960717", "+44 131 ••• 0717"),
        ("+441134960717", "+44 113 ••• 0717"),
        ("+441223496071", "+44 1223 ••• 6071"),
        ("+447700905911", "+44 7700 ••• 5911"),
        ("+1 (212) 555-0143", "+1 212 ••• 0143"),
        ("+493012345678", "+49 ••• 5678"),
        ("+353123456789", "+353 ••• 6789"),
        ("+491234", "+49 ••• 34"),
        ("02079464417", "••• 4417"),
    ],
)
def test_a_number_shows_its_country_its_area_and_its_end(number: str, shown: str) -> None:
    assert tags.masked(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("1", "•••"), ("999", "••• 9"), ("4417", "••• 17"), ("+44", "+44 •••")]
)
def test_a_short_number_is_never_shown_whole(number: str, shown: str) -> None:
    assert tags.masked(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sip:+442079464417@pbx.example;user=phone", "+44 20 ••• 4417"),
        ("<sips:+442079464417@pbx.example>", "+44 20 ••• 4417"),
        ("tel:+442079464417", "+44 20 ••• 4417"),
        ("sip:mira.okafor@example.com", "SIP address"),
    ],
)
def test_an_address_shows_no_name_and_no_host(address: str, shown: str) -> None:
    assert tags.masked(address) == shown


@pytest.mark.parametrize(
    "number", ["", None, "anonymous", "Restricted", "+266696687", "client:mira", "1" * 16, "+"]
)
def test_a_caller_without_a_number_is_hidden(number: str | None) -> None:
    assert tags.masked(number) == "Number hidden"


@given(st.from_regex(r"(\+|00)?[0-9]{1,20}", fullmatch=True) | st.text())
def test_nobody_sees_more_than_four_digits_behind_the_dots(number: str) -> None:
    shown = tags.masked(number)

    assert re.fullmatch(
        r"(\+\d{1,3} (\d{2,4} )?)?•••( \d{1,4})?|Number hidden|SIP address|\+\d{1,3} •••", shown
    )


@given(st.from_regex(r"\+[0-9]{8,15}", fullmatch=True))
def test_at_least_two_digits_of_a_number_stay_hidden(number: str) -> None:
    assert len(re.findall(r"\d", tags.masked(number))) <= len(number) - 1 - 2
