from __future__ import annotations

DOTS = "•••"


def hidden(kind: str) -> str:
    """Return what stands in the place of something hidden, such as [email •••]."""
    return f"[{kind} {DOTS}]"


def count_hidden(*texts: str) -> int:
    """Say how many things are hidden in masked texts."""
    return sum(text.count(DOTS) for text in texts)
