"""JSON that a program or a file gives, read and checked call by call."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pydantic import ValidationError

from dashboard.ingest.platforms.base import Unreadable
from dashboard.ingest.platforms.reading import clean_json
from dashboard.ingest.problems import Problem, problems
from dashboard.ingest.schema import CallIn


class NotJson(Exception):
    """The text tells the sender why."""


def read_json(body: bytes) -> Any:
    """Return what the JSON says, fit to be `checked` and stored."""
    try:
        text = body.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_refuse)
        # Only an escape can smuggle in what a database cannot hold: a NUL, or half a character.
        return clean_json(found) if "\\u" in text else found
    except UnicodeDecodeError as error:
        raise NotJson(f"The body is not UTF-8 text: its byte {error.start} cannot be read.") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"The body is not JSON: {error}.") from None
    except (RecursionError, Unreadable):
        raise NotJson("The body is nested too deeply.") from None
    except ValueError:
        raise NotJson(
            "The body has a number that JSON does not know, or one of thousands of digits."
        ) from None


def checked(item: Any) -> CallIn | list[Problem]:
    """Return the call that a JSON value is, or what is wrong with it."""
    try:
        return CallIn.model_validate(item)
    except ValidationError as error:
        return problems(error)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
