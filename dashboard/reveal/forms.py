"""Why somebody wants to see what is hidden, and what of it."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from dashboard.calls.exporting import CSV, FORMATS
from sentry_logs.masking import mask_text

SHORTEST_REASON, LONGEST_REASON = 10, 300
CATEGORIES = [
    ("", "Choose one"),
    ("call back", "To call the person back"),
    ("request", "The person asked for it"),
    ("fault", "To look into a fault"),
    ("abuse", "Abuse or fraud"),
    ("legal", "A legal duty"),
    ("other", "Something else"),
]
FIELDS = [("numbers", "Phone numbers"), ("conversation", "Conversation"), ("recording", "Recording")]
ONE_SENTENCE = f"Say why in a sentence of {SHORTEST_REASON} characters or more."


class ReasonForm(forms.Form):
    """`token` tells one sending of the form from another."""

    category = forms.ChoiceField(choices=CATEGORIES, error_messages={"required": "Choose what it is for."})
    reason = forms.CharField(
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        error_messages={"required": ONE_SENTENCE, "min_length": ONE_SENTENCE},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    token = forms.CharField(validators=[RegexValidator(r"\A[0-9a-f]{32}\Z")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["token"] = secrets.token_hex(16)
        super().__init__(*args, **kwargs)

    @property
    def told(self) -> str:
        """The reason as it is kept: what is kept for years names nobody."""
        return f"{self.cleaned_data['category']}: {mask_text(self.cleaned_data['reason'])}"


class RevealForm(ReasonForm):
    what = forms.MultipleChoiceField(
        choices=FIELDS,
        initial=["numbers"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose what to show.",
            "invalid_choice": "There is no such thing to show.",
        },
    )


class ExportForm(ReasonForm):
    """`filters` is the query of the table whose calls are taken along."""

    format = forms.ChoiceField(choices=[(name, name) for name in FORMATS], initial=CSV.name)
    filters = forms.CharField(required=False, max_length=4_000, widget=forms.HiddenInput)
