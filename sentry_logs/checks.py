"""Django's system checks of the connection to Sentry: sentry_logs.E001 and on, W001 and on.

What is only missing is a warning, so that a fresh clone starts; what is wrong is an error.
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from sentry_logs.services.configuration import Problem, problems


@register("sentry")
def sentry_is_set_up(**kwargs: Any) -> list[CheckMessage]:
    return [_message(problem) for problem in problems()]


def _message(problem: Problem) -> CheckMessage:
    is_wrong = problem.kind == "wrong"
    make = Error if is_wrong else Warning
    letter = "E" if is_wrong else "W"
    words = f"{problem.variable}: {problem.words}"
    return make(words, hint=problem.hint or None, id=f"sentry_logs.{letter}{problem.number:03}")
