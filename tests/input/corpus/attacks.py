"""Long texts on which a careless pattern takes for ever, fifty thousand characters each."""

# fmt: off
from __future__ import annotations

LENGTH = 50_000
PIECES = [
    *("a", "0", " ", "\t", "\n", "(", ")", "[", '"', "\\", "'", ".", "-", "+", "@", "=", "&", "%", "%41", ":", "/", "<"),
    *("a ", "0 ", "a.", "0-", "a@", "a@b.", "+1 (0", "a:b,", "\u2022", "\u0301", "call_", "http://a", "sip:", "tel:+1"),
    *("0123456789abcdef", "a1b2-", "00-", "Aa", "aB", '\\"', "k:[a,", "tags[a]:", "AND (", "\ud7ff", "\r\n", ",;|", "=+@"),
]
ENDS = ["", "@!"]
TEXTS = [(piece * (LENGTH // len(piece) + 1))[:LENGTH] + end for piece in PIECES for end in ENDS]
