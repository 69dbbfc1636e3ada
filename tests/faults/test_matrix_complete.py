"""Every one of the 76 faults has its tests, and shows that it is real or says why it does not."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.faults.matrix import MATRIX, ROWS, WITHOUT_CONTROL

FOLDER = Path(__file__).resolve().parent


def test_the_matrix_has_every_row():
    assert (list(MATRIX), len(ROWS)) == (ROWS, 76)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_tests(row):
    _fault, *wanted = MATRIX[row]
    assert wanted
    assert [name for name in wanted if not _named(name)] == []


@pytest.mark.parametrize("row", ROWS)
def test_a_row_shows_that_its_fault_is_real_or_why_it_does_not(row):
    _fault, *wanted = MATRIX[row]
    has_control = any("pytest.mark.control" in mark for name in wanted for mark in _named(name))
    assert has_control != bool(WITHOUT_CONTROL.get(row))


def test_the_rows_that_share_a_test_are_all_in_its_table():
    text = (FOLDER / "test_answers.py").read_text()
    shared = [row for row, named in MATRIX.items() if "test_a_bad_answer_is_told_from_no_events" in named]
    assert set(shared) <= set(re.findall(r'^    \("(S\d+)",', text, re.M))


def _named(name: str) -> list[str]:
    """Return the marks of the tests of a name, those of each test in one text; none without a test."""
    file, _, start = name.rpartition("::")
    tests = _tests(FOLDER.parent / file) if file else _tests(FOLDER)
    return [" ".join(marks) for test, marks in tests.items() if test.startswith(start)]


@cache
def _tests(place: Path) -> dict[str, list[str]]:
    """Return all tests of a folder or a file with their marks."""
    paths = place.glob("test_*.py") if place.is_dir() else [place]
    files = [ast.parse(path.read_text()) for path in paths]
    tests = [node for file in files for node in file.body if isinstance(node, ast.FunctionDef)]
    return {test.name: [*map(ast.unparse, test.decorator_list)] for test in tests}
