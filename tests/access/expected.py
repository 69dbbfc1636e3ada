"""The answers that `access.toml` promises."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "access.toml"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SAME_AS = {"HEAD": "GET"}
SIGN_IN = "L"
REFUSED = "405"


@dataclass(frozen=True)
class Line:
    """What the file says of one door. An answer is a status, or L for the way to the sign-in page."""

    name: str
    answers: dict[str, list[str]] = field(default_factory=dict)
    ask: str = ""
    send: dict[str, str] = field(default_factory=dict)
    body: str = ""
    of: str = ""
    open: bool = False
    csrf_exempt: bool = False

    def answer(self, method: str, column: int) -> str:
        """Return what one asker gets; a method that the line does not name is refused to everybody."""
        row = next(
            (self.answers[name] for name in (method, SAME_AS.get(method), "*") if name in self.answers), None
        )
        return row[column] if row else REFUSED


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


def askers() -> list[str]:
    return list(_file()["askers"])


def lines() -> dict[str, Line]:
    """Return what is said of doors, by name."""
    return {name: _line(name, said) for name, said in _file()["doors"].items()}


def addresses() -> dict[str, Line]:
    """Return what is said of addresses that are no pattern of their own, by path."""
    return {path: _line(path, said) for path, said in _file()["addresses"].items()}


def written_by_reading() -> dict[str, str]:
    """Return which tables a look or a refusal may write, each with its reason."""
    return dict(_file()["written_by_reading"])


def _line(name: str, said: dict[str, Any]) -> Line:
    more = dict(said)
    answers = {method: _row(name, more.pop(method)) for method in (*METHODS, "*") if method in more}
    return Line(name=name, answers=answers, **more)


def _row(name: str, said: str) -> list[str]:
    """Read one answer a column, or the name of a row that several doors share."""
    row = _file()["rows"].get(said, said).split()
    row = row * len(askers()) if len(row) == 1 else row
    assert len(row) == len(askers()), f"{name}: {said!r} is neither a row nor one answer for each asker"
    return row
