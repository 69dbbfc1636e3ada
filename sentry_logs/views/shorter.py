"""A shorter time to ask for, when Sentry could not cope with the chosen one."""

from __future__ import annotations

from typing import Any

from sentry_logs.forms import PERIOD_LABELS, RANGE_LABELS, CallLogsForm, QuestionForm
from sentry_logs.views.links import link
from sentry_logs.views.outcome import Outcome


def shorter_url(view: str, form: QuestionForm, outcome: Outcome[Any], **here: object) -> str:
    """Return the address of the next shorter time, or an empty text when that is not what would help."""
    if outcome.unavailable is None or outcome.unavailable.code != "overloaded":
        return ""
    name = "range" if isinstance(form, CallLogsForm) else "statsPeriod"
    names = list(RANGE_LABELS if name == "range" else PERIOD_LABELS)
    at = names.index(form.cleaned_data[name])
    return link(view, form.parameters() | here, **{name: names[at - 1], "cursor": None}) if at else ""
