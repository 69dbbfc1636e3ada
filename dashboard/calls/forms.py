from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from dashboard.calls.models import Call, CallQuerySet
from dashboard.calls.paging import Cursor
from dashboard.calls.search import LONGEST_ID, LONGEST_SEARCH
from dashboard.calls.vocabulary import Outcome
from sentry_logs.periods import PERIODS, WIDEST, Period

ANY_TIME = "any"
RANGES = [
    (ANY_TIME, "Any time"),
    ("1h", "Last hour"),
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
]
TOO_LONG = f"An id or a number has at most {LONGEST_ID} characters."
MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls a person asked for."""

    q: str
    range: str
    outcome: str
    only_errors: bool
    cursor: Cursor | None

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.outcome or self.only_errors or self.range != ANY_TIME)

    @property
    def period(self) -> Period:
        """The time in which to look for errors; Sentry keeps none for longer than the widest."""
        return PERIODS.get(self.range, WIDEST)

    @property
    def range_words(self) -> str:
        if self.range != ANY_TIME:
            return f"the {dict(RANGES)[self.range].lower()}"
        return "the last 90 days" if self.only_errors else "any time"

    @property
    def outcome_words(self) -> str:
        return str(Outcome(self.outcome).label).lower() if self.outcome else ""

    def calls(self, environment: str, now: datetime) -> CallQuerySet:
        found = Call.objects.in_environment(environment).search(self.q)
        if self.outcome:
            found = found.with_outcome(self.outcome)
        if self.range != ANY_TIME:
            window = PERIODS[self.range].window(now)
            found = found.started_between(window.start, window.end)
        return found

    def query(self, environment: str, cursor: Cursor | None = None, **more: object) -> str:
        """Return the question as the query of a link, without what is empty."""
        asked = {
            "q": self.q,
            "range": "" if self.range == ANY_TIME else self.range,
            "outcome": self.outcome,
            "errors": "1" if self.only_errors else "",
            "cursor": cursor or "",
            "environment": environment,
        }
        return "?" + urlencode({name: value for name, value in (asked | more).items() if value != ""})


class CursorField(forms.CharField):
    def clean(self, value: Any) -> Cursor | None:
        text = super().clean(value)
        try:
            return Cursor.parse(text) if text else None
        except ValueError as error:
            raise ValidationError("This link to a page of the list is incomplete or mistyped.") from error


class CallFilterForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=LONGEST_SEARCH,
        error_messages={
            "max_length": TOO_LONG,
            "null_characters_not_allowed": "An id or a number has no invisible characters.",
        },
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Call id or phone number",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    range = forms.ChoiceField(
        required=False, choices=RANGES, error_messages={"invalid_choice": "There is no such time range."}
    )
    outcome = forms.ChoiceField(
        required=False,
        choices=[("", "Any outcome"), *Outcome.choices],
        error_messages={"invalid_choice": "There is no such outcome."},
    )
    errors_only = forms.ChoiceField(
        required=False,
        choices=[("1", "Only with errors")],
        error_messages={"invalid_choice": "“Only with errors” can only be 1."},
    )
    cursor = CursorField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="%s")

    def add_prefix(self, field_name: str) -> str:
        # A field called "errors" would hide the form's own errors from templates.
        return "errors" if field_name == "errors_only" else field_name

    def filter(self) -> CallFilter:
        """Return what a valid form asks for."""
        asked = self.cleaned_data
        return CallFilter(
            q=asked["q"],
            range=asked["range"] or ANY_TIME,
            outcome=asked["outcome"],
            only_errors=bool(asked["errors_only"]),
            cursor=asked["cursor"],
        )


class MarksForm(forms.Form):
    """Which rows want their marks, and for the how-manieth time they ask in a row."""

    ids = forms.CharField(max_length=MOST_MARKS * 40)

    def clean_ids(self) -> list[UUID]:
        try:
            ids = [UUID(text) for text in self.cleaned_data["ids"].split(",")]
        except ValueError as error:
            raise ValidationError("These are not ids of calls.") from error
        if len(ids) > MOST_MARKS:
            raise ValidationError(f"At most {MOST_MARKS} calls can be checked at once.")
        return ids
