from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from dashboard.calls.models import Call, CallQuerySet
from dashboard.calls.paging import Cursor
from dashboard.calls.pasted import LONGEST_PASTED
from dashboard.calls.ranges import (
    ANY_TIME,
    RANGES,
    RangeField,
    label_for,
    period_of,
    stretch_of,
    window_of,
    words_for,
)
from dashboard.calls.remembered import PREFIX, Session, names_a_number, recall, remember
from dashboard.calls.vocabulary import Outcome
from sentry_logs.answers import ALL_ENVIRONMENTS
from sentry_logs.periods import Period

TOO_LONG = f"The text with the id or number has at most {LONGEST_PASTED:,} characters."
FORGOTTEN = (
    "This link searches for a number that only the session which made it knows. Type the number again."
)
NOT_IN_ADDRESS = (
    "A phone number does not belong in an address, which logs and browsers keep. "
    "Type it into the search box; a program sends it in the header X-Search."
)
MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls a person asked for; `link_q` is what an address says instead of `q`."""

    q: str
    range: str
    outcome: str
    only_errors: bool
    cursor: Cursor | None
    link_q: str = ""
    issue: str = ""
    """The number of the Sentry issue that hit them; empty for all."""

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.outcome or self.by_sentry or self.range != ANY_TIME)

    @property
    def by_sentry(self) -> bool:
        """Whether Sentry has to say which calls are meant."""
        return self.only_errors or bool(self.issue)

    @property
    def period(self) -> Period:
        """The time in which to look for errors; Sentry keeps none for longer than the widest."""
        return period_of(self.range)

    @property
    def range_words(self) -> str:
        return "the last 90 days" if self.range == ANY_TIME and self.by_sentry else words_for(self.range)

    @property
    def outcome_words(self) -> str:
        return str(Outcome(self.outcome).label).lower() if self.outcome else ""

    def calls(self, environment: str, now: datetime) -> CallQuerySet:
        found = Call.objects.search(self.q)
        return self._in_range(found.beside if self.q else found.filter, environment, now)

    def ways(
        self,
        environment: str,
        now: datetime,
        *,
        instead: Sequence[str] | None = None,
        errors: Iterable[str] | None = None,
    ) -> list[CallQuerySet]:
        """Return the same calls as `calls` does, as one question an index, for a page of them.

        `instead` are ids that stand for the searched text, `errors` those of the calls with errors.
        """
        calls = Call.objects.all()
        ways = calls.ways(self.q) if instead is None else [calls.with_correlation_ids(instead)]
        if errors is not None:
            ways = [way.among(errors) if self.q else way.with_correlation_ids(errors) for way in ways]
        is_few = bool(self.q) or errors is not None
        return [self._in_range(way.beside if is_few else way.filter, environment, now) for way in ways]

    def walk(self, environment: str, now: datetime, errors: Iterable[str]) -> CallQuerySet:
        """Return the calls with errors as a walk over all calls, which is quicker if they are many."""
        return self._in_range(Call.objects.among(errors).filter, environment, now)

    def _in_range(
        self, narrowed: Callable[..., CallQuerySet], environment: str, now: datetime
    ) -> CallQuerySet:
        facts = {
            "environment": "" if environment == ALL_ENVIRONMENTS else environment,
            "outcome": self.outcome,
        }
        calls = narrowed(**{name: value for name, value in facts.items() if value})
        window = window_of(self.range, now)
        return calls.started_between(window.start, window.end) if window else calls

    def query(self, environment: str, cursor: Cursor | None = None, **more: object) -> str:
        """Return the question as the query of a link, without what is empty."""
        asked = {
            "q": self.link_q,
            "range": "" if self.range == ANY_TIME else self.range,
            "outcome": self.outcome,
            "errors": "1" if self.only_errors else "",
            "issue": self.issue,
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
        max_length=LONGEST_PASTED,
        error_messages={
            "max_length": TOO_LONG,
            "null_characters_not_allowed": "An id or a number has no invisible characters.",
        },
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Call id, event id or phone number",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    range = RangeField()
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
    issue = forms.RegexField(
        r"^[1-9][0-9]{0,18}$",
        required=False,
        error_messages={"invalid": "An issue of Sentry has a number."},
        widget=forms.HiddenInput,
    )
    cursor = CursorField(required=False)

    def __init__(self, data: Any, session: Session | None = None, *, in_address: bool = True) -> None:
        """With a `session` the search may be a token of it; a whole number must not be `in_address`."""
        super().__init__(data, auto_id="%s")
        self.session, self.in_address = session, in_address
        if stretch := stretch_of(str(data.get("range", ""))):
            chosen = (data["range"], label_for(stretch))
            cast(RangeField, self.fields["range"]).choices = [*RANGES, chosen]

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        if text.startswith(PREFIX) and self.session is not None:
            found = recall(self.session, text)
            if found is None:
                raise ValidationError(FORGOTTEN)
            # The box shows what was typed, to the one who typed it.
            typed = cast(QueryDict, self.data).copy()
            typed["q"] = found
            self.data = typed
            return found
        if self.in_address and names_a_number(text):
            raise ValidationError(NOT_IN_ADDRESS)
        return text

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
            link_q=self._link_q(asked["q"]),
            issue=asked["issue"],
        )

    def _link_q(self, text: str) -> str:
        if not names_a_number(text):
            return text
        return remember(self.session, text) if self.session is not None else ""


class MarksForm(forms.Form):
    """Which rows want their marks, and for the how-manieth time they ask in a row."""

    ids = forms.CharField(max_length=MOST_MARKS * 40)

    def clean_ids(self) -> list[UUID]:
        return clean_pks(self.cleaned_data["ids"])


def clean_pks(text: str) -> list[UUID]:
    """Read the calls of a page, as many as can be checked at once; raise ValidationError otherwise."""
    try:
        pks = [UUID(part) for part in text.split(",")]
    except ValueError as error:
        raise ValidationError("These are not ids of calls.") from error
    if len(pks) > MOST_MARKS:
        raise ValidationError(f"At most {MOST_MARKS} calls can be checked at once.")
    return pks
