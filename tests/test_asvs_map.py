"""Every requirement of OWASP ASVS 5.0 that applies here has a test or a sentence, and the docs count them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAP: dict[str, dict[str, str]] = tomllib.loads((ROOT / "tests" / "asvs.toml").read_text())
ALL = {id: held for part in MAP.values() for id, held in part.items()}
TESTS = {id: held for id, held in ALL.items() if held.startswith("tests/")}
APPLY = """
1.1.1-2 1.2.1-5 1.2.9 1.3.2-3 1.3.6-7 1.3.10 1.4.2 1.5.2 2.1.1-3 2.2.1-3 2.3.1-3 2.4.1 3.2.1-2 3.3.1-4
3.4.1-6 3.5.1 3.5.3-4 3.7.1-2 4.1.1-3 4.2.1 5.2.1 5.2.3 5.4.1-2 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-3 7.1.1-2
7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 8.1.1-2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 11.1.1-2 11.2.1-3 11.4.1-3
11.5.1 12.1.1-2 12.2.1-2 12.3.1-3 13.1.1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3
15.2.1-3 15.3.1-5 15.3.7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
"""
CHOSEN = """
1.2.10 1.3.12 3.4.7-8 3.5.8 4.1.4 4.2.5 7.5.3 8.3.2 13.1.2-3 13.2.6 13.4.6 14.2.5-7 15.4.1-4 16.5.4
"""


def ids(text: str) -> set[str]:
    """Read `1.1.1-3` as three ids."""
    found = set()
    for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:-(\d+))?", text):
        found |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def test_every_requirement_is_there_and_no_other():
    assert set(MAP["level-1-and-2"]) == ids(APPLY) and len(ids(APPLY)) == 167
    assert set(MAP["chosen-of-level-3"]) == ids(CHOSEN)


@pytest.mark.parametrize("held", sorted(set(TESTS.values())))
def test_the_test_is_there(held):
    path, _, name = held.partition("::")
    text = (ROOT / path).read_text()

    assert f"def {name}(" in text if name else "def test_" in text


def test_a_sentence_says_something():
    sentences = {id: held for id, held in ALL.items() if id not in TESTS}

    assert [id for id, held in sentences.items() if len(held) < 30 or not held.endswith(".")] == []


def table() -> str:
    """Return the table of docs/security.md."""
    rows = ["| chapter | held by a test | by a sentence | not met |", "|---|---|---|---|"]
    kinds = Counter((int(id.partition(".")[0]), _kind(id)) for id in ALL)
    for chapter in sorted({chapter for chapter, _kind in kinds}):
        counts = (kinds[chapter, kind] for kind in ("test", "sentence", "not met"))
        rows.append(f"| V{chapter} | " + " | ".join(map(str, counts)) + " |")
    totals = (
        sum(n for (_, which), n in kinds.items() if which == kind) for kind in ("test", "sentence", "not met")
    )
    return "\n".join([*rows, "| all | " + " | ".join(map(str, totals)) + " |"])


def _kind(id: str) -> str:
    return "test" if id in TESTS else "not met" if ALL[id].startswith("Not met") else "sentence"


def test_the_docs_have_the_counts_and_what_is_not_met():
    docs = (ROOT / "docs" / "security.md").read_text()

    assert table() in docs
    assert [id for id in ALL if _kind(id) == "not met" and f"* **{id}** {ALL[id]}" not in docs] == []
