from __future__ import annotations

import json

import pytest

from dashboard.ingest.cleaning import DEEPEST, clean_json, clean_text


def nested(levels):
    value = "in"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("a\x00b", "a\ufffdb"),
        ("\ud83d", "\ufffd"),
        ("😀\u202e", "😀\u202e"),
        ("abcdefghij", "abcdefgh"),
    ],
)
def test_text_is_made_fit(text, cleaned):
    assert clean_text(text, 8) == cleaned


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ({"a": [1, 2.5, None, True, "x"]}, {"a": [1, 2.5, None, True, "x"]}),
        ({"a\x00": "b\ud800"}, {"a\ufffd": "b\ufffd"}),
        ({"nan": float("nan"), "inf": [float("-inf")]}, {"nan": None, "inf": [None]}),
        ({"n": 10**400, "m": -(2**63), "k": 2**63 - 1}, {"n": None, "m": None, "k": 2**63 - 1}),
        ({"n": int("9" * 4_000) ** 2}, {"n": None}),
        ({"t": (1, {2})}, {"t": [1, "{2}"]}),
        ({"emoji": "😀"}, {"emoji": "😀"}),
        (nested(DEEPEST), nested(DEEPEST)),
    ],
    ids=["fit", "text", "no numbers", "large", "larger", "other types", "astral", "deep enough"],
)
def test_json_is_made_fit(value, cleaned):
    assert clean_json(value) == cleaned


@pytest.mark.parametrize("levels", [DEEPEST + 1, 500, 100_000])
def test_what_is_too_deep_is_cut(levels):
    assert json.dumps(clean_json(nested(levels))) == "[" * DEEPEST + "null" + "]" * DEEPEST
