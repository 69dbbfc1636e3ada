"""The kinds of parameter that questions about logs are made of. A wrong value is refused, not guessed at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from sentry_logs.answers import ALL_ENVIRONMENTS, LEVELS

Choices = Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]]

SHOWN = 60
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
EMPTY_ID = "Give a correlation id. An empty one would mean every event without an id."


class OneOf(forms.ChoiceField):
    """One of a few values; left out or empty, it is the default."""

    def __init__(self, *, default: str, choices: Choices, **options: Any) -> None:
        super().__init__(required=False, choices=choices, **options)
        self.default, self.offered = default, choices

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or self.default

    def validate(self, value: Any) -> None:
        if value != self.default and not self.valid_value(value):
            offered = self.offered() if callable(self.offered) else self.offered
            raise not_one_of(value, (name for name, _label in offered if name))


class EnvironmentField(OneOf):
    def __init__(self, **options: Any) -> None:
        super().__init__(default=ALL_ENVIRONMENTS, choices=environment_choices, **options)


class LevelsField(forms.MultipleChoiceField):
    """Levels, worst first and each once; none and all of them both mean every level."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, choices=[(level, level.capitalize()) for level in LEVELS], **options)

    def clean(self, value: Any) -> tuple[str, ...]:
        chosen = [level for level in self.to_python(value) if level]
        for level in chosen:
            if level not in LEVELS:
                raise not_one_of(level, LEVELS)
        return tuple(level for level in LEVELS if level in chosen) if set(chosen) != set(LEVELS) else ()


class TextField(forms.CharField):
    """A line of text: no control characters, and no white space around it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = [refuse_control_characters]


class CorrelationIdField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages={"required": EMPTY_ID}, **options)


class CorrelationIdsField(forms.Field):
    """An id each time the parameter is given; none at all is no restriction."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.most = most

    def clean(self, value: Any) -> tuple[str, ...]:
        one = CorrelationIdField()
        ids = tuple(dict.fromkeys(one.clean(text) for text in value or ()))
        if len(ids) > self.most:
            raise ValidationError(f"Give at most {self.most} ids, not {len(ids)}.")
        return ids


class WholeNumberField(forms.Field):
    def __init__(self, *, least: int, most: int, default: int, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.least, self.most, self.default = least, most, default

    def to_python(self, value: Any) -> int:
        if value in self.empty_values:
            return self.default
        # int() would also take "+5", "1_0" and the digits of other scripts.
        if WHOLE_NUMBER.fullmatch(str(value)) and self.least <= int(value) <= self.most:
            return int(value)
        raise ValidationError(f"“{shown(value)}” is not a whole number from {self.least} to {self.most}.")


def environment_choices() -> Sequence[tuple[str, str]]:
    return [(name, name) for name in (*settings.SENTRY_ENVIRONMENTS, ALL_ENVIRONMENTS)]


def refuse_control_characters(text: str) -> None:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValidationError("Line breaks and control characters cannot be part of it.")


def not_one_of(value: object, allowed: Iterable[str]) -> ValidationError:
    return ValidationError(f"“{shown(value)}” is not one of: {', '.join(allowed)}.")


def shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
