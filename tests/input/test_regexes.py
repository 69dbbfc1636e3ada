"""No pattern of ours takes long, whatever the text (ReDoS)."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dashboard
import sentry_logs
from dashboard import spreadsheet
from dashboard.calls import pasted, phone
from dashboard.ingest import cleaning
from dashboard.ingest.platforms import reading, reasons
from sentry_logs.client import RefusedValue
from sentry_logs.client.pagination import parse_link
from sentry_logs.client.search_text import checked_search
from sentry_logs.masking import machine_digits, mask_text
from tests.input.conftest import share
from tests.input.corpus.attacks import LENGTH, TEXTS
from tests.input.tally import tried

MOST_SECONDS = 0.05
LEFT_OUT = ("sentry_logs.sandbox", "migrations", "dashboard.wsgi", "management.commands")
CAPPED = {
    "dashboard.calls.pasted": pasted.LONGEST_PASTED,
    "dashboard.calls.number_search": pasted.LONGEST_PASTED,
    "sentry_logs.client.search_text": 500,
    "dashboard.ingest.platforms.reading": 200,
    "sentry_logs.masking.machine_digits": machine_digits.LOOK_BEHIND,
}
"""Rooms that refuse a longer text before they look at it."""
ANYWHERE = ("search", "finditer", "findall", "sub", "subn", "split")


def modules() -> Iterator[Any]:
    for package in (dashboard, sentry_logs):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in info.name for part in LEFT_OUT):
                try:
                    yield importlib.import_module(info.name)
                except ImportError:  # An extra that is not installed.
                    continue


def patterns() -> dict[str, tuple[re.Pattern[Any], bool, int]]:
    """Return each pattern with whether it looks for its place itself, and how long its texts can be."""
    found = {}
    for module in modules():
        source = Path(module.__file__).read_text()
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{name} = re.compile" in source:
                anywhere = any(f"{name}.{method}" in source for method in ANYWHERE)
                found[f"{module.__name__}.{name}"] = value, anywhere, CAPPED.get(module.__name__, LENGTH)
    return found


PATTERNS = patterns()


def seconds(work: Callable[[], object]) -> float:
    before = time.thread_time()
    work()
    return time.thread_time() - before


def test_all_patterns_are_found():
    assert len(PATTERNS) > 50 and sum(anywhere for _, anywhere, _ in PATTERNS.values()) > 15


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_quick_on_any_text(name):
    pattern, anywhere, longest = PATTERNS[name]
    slow = []
    for text in share(TEXTS, list(PATTERNS).index(name), 4):
        text = text[:longest]
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        ways: list[Callable[[], object]] = [lambda s=subject: pattern.fullmatch(s)]
        if anywhere:
            ways.append(lambda s=subject: sum(1 for _ in pattern.finditer(s)))
        tried["patterns"] += len(ways)
        # The best of several: another thread's turn is no part of it.
        slow += [f"{text[:20]!r}" for way in ways if all(seconds(way) > MOST_SECONDS for _ in range(2))]
    assert not slow, slow


HOSTILE = "%41" * 16_000 + "@!"
FUNCTIONS = {
    "mask_text": mask_text,
    "pasted.read": lambda text: pasted.read(text[: pasted.LONGEST_PASTED]),
    "phone.mask": phone.mask,
    "spreadsheet.guard": lambda text: spreadsheet.unguard(spreadsheet.guard(text)),
    "clean_text": cleaning.clean_text,
    "reading.phone": reading.phone,
    "reading.instant": reading.instant,
    "parse_link": parse_link,
    "reasons": lambda text: [reasons.ending(platform, text[:2000]) for platform in reasons.RULES],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_reader_of_texts_is_quick(name):
    texts = share(TEXTS, list(FUNCTIONS).index(name), 3) + [HOSTILE]
    tried["patterns"] += len(texts)
    took = {text[:20]: seconds(lambda t=text: FUNCTIONS[name](t)) for text in texts}
    assert {text: one for text, one in took.items() if one > 0.5} == {}


def test_a_search_is_judged_quickly():
    for text in TEXTS:
        try:
            assert seconds(lambda t=text: checked_search(t[:500])) < MOST_SECONDS
        except RefusedValue:
            continue
