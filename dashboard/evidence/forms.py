from __future__ import annotations

from django import forms

from dashboard.evidence.models import LONGEST_REASON


class PinForm(forms.Form):
    """`known` is how many snapshots the page showed, so that a second click pins nothing again."""

    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
    known = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)


class HoldForm(forms.Form):
    act = forms.ChoiceField(choices=[("place", "Place"), ("release", "Release")])
    reason = forms.CharField(min_length=10, max_length=LONGEST_REASON)
