"""Cells of a CSV file that no spreadsheet takes for a formula.

A cell that begins with one of TRIGGERS is run by spreadsheets. It gets an apostrophe in front, and so does
the text after a separator inside a cell, since a spreadsheet set to another separator splits there.
"""

from __future__ import annotations

import re

TRIGGERS = "=+-@\t\r\n\0＝＋－＠"
SEPARATORS = ",;|\t\r\n"
# Spreadsheets pass over these before they decide what a cell is.
PASSED_OVER = r"""(?:[^\S\t\r\n]|["'`‘’“”\u200b\ufeff])*"""

_BEGINNING = rf"(?:\A|(?<=[{SEPARATORS}]))"
_AHEAD = rf"(?={PASSED_OVER}[{re.escape(TRIGGERS)}])"
_UNGUARDED = re.compile(_BEGINNING + _AHEAD)
_GUARDED = re.compile(rf"{_BEGINNING}'{_AHEAD}")


def guard(cell: str) -> str:
    """Return the cell with an apostrophe wherever a formula could begin."""
    return _UNGUARDED.sub("'", cell)


def unguard(cell: str) -> str:
    """Return what `guard` was given."""
    return _GUARDED.sub("", cell)
