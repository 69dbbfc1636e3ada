"""Texts in place of a cursor."""

# fmt: off
from __future__ import annotations

FIXED = [
    *("", " ", "-1", "0:0:0", "0:-100:0", "0:100:0", "older", "older.", "older.1.", "newer.0." + "0" * 32, "::::", "a:b"),
    *("older." + "9" * 17 + "." + "0" * 32, "older." + "9" * 18 + "." + "0" * 32, "older.-1." + "0" * 32, "." * 99),
    *("older.1." + "g" * 32, "OLDER.1." + "0" * 32, "bnVsbA:1:a", "W10:1tEsT:AAAA", ".eJw:1:x", "=" * 64, "a" * 8000),
    *("older.1." + "0" * 32 + "\n", "older.\u0661." + "0" * 32, "\x00", "a\x00b", "a\r\nb", "\ufffd", "%00", "\U0001f600"),
]
