from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from dashboard.audit.events import Event

RANGES = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
    "365d": ("Last 365 days", timedelta(days=365)),
}
LONGEST_SEARCH = 200
_PLACE = r"\A[1-9][0-9]{0,17}\Z"
_NO_PLACE = "This link to a page of the list is incomplete or mistyped."


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries a person asked for, and from where in the list."""

    q: str = ""
    event: str = ""
    range: str = ""
    before: int | None = None
    after: int | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.event or self.range)

    @property
    def period(self) -> timedelta | None:
        return RANGES[self.range][1] if self.range else None

    def query(self, **place: int) -> str:
        """Return the filters as the query of a link, at another place in the list."""
        asked = {"q": self.q, "event": self.event, "range": self.range} | place
        return "?" + urlencode({name: value for name, value in asked.items() if value})


class TrailForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=LONGEST_SEARCH,
        error_messages={"null_characters_not_allowed": "A name or an id has no invisible characters."},
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Person, key, call id or request id",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    event = forms.ChoiceField(
        required=False,
        choices=[("", "Any event"), *Event.choices],
        error_messages={"invalid_choice": "There is no such event."},
    )
    range = forms.ChoiceField(
        required=False,
        choices=[("", "Any time"), *((name, label) for name, (label, _length) in RANGES.items())],
        error_messages={"invalid_choice": "There is no such time range."},
    )
    before = forms.RegexField(_PLACE, required=False, error_messages={"invalid": _NO_PLACE})
    after = forms.RegexField(_PLACE, required=False, error_messages={"invalid": _NO_PLACE})

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="%s")

    def filter(self) -> TrailFilter:
        """Return what a valid form asks for."""
        asked = self.cleaned_data
        places = {name: int(asked[name]) if asked[name] else None for name in ("before", "after")}
        return TrailFilter(asked["q"], asked["event"], asked["range"], **places)
