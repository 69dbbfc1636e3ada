"""One form a question, shared by the pages and the JSON doors. Names are those of the JSON doors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from sentry_logs.answers import LEVELS
from sentry_logs.fields import (
    CorrelationIdField,
    CorrelationIdsField,
    EnvironmentField,
    LevelsField,
    OneOf,
    TextField,
    WholeNumberField,
)
from sentry_logs.periods import PERIODS, Period, around_call, smallest_covering

PERIOD_LABELS = {
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "14d": "Last 14 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
}
RANGE_LABELS = {"call": "This call", "24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days"}
SOURCE_LABELS = {"": "All", "errors": "Errors", "logs": "Logs"}
RANGES = ("24h", "7d", "30d", "90d")
DEFAULT_RANGES = ("30d", "90d")
EVENT_TYPES = {
    "error": "Exceptions",
    "default": "Messages",
    "csp": "Content policy (CSP)",
    "hpkp": "Key pinning (HPKP)",
    "expectct": "Certificate transparency",
    "expectstaple": "Certificate stapling",
    "nel": "Network errors (NEL)",
    "generic": "Other",
}
REPEATABLE = (LevelsField, CorrelationIdsField)
CALL_PAGE = re.compile(r"/calls/[A-Za-z0-9-]+/")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class QuestionForm(forms.Form):
    """A question as a URL asks it. A parameter that takes one value is refused when it is given twice."""

    environment = EnvironmentField()
    data: QueryDict

    @classmethod
    def for_page(cls, parameters: QueryDict, environment: str) -> Self:
        """Read a page's address; the switcher in its header decides the environment."""
        data = parameters.copy()
        data["environment"] = environment
        for name, field in cls.base_fields.items():
            if isinstance(field, OneOf) and not data.get(name):
                data[name] = field.default
            if isinstance(field, LevelsField) and not any(data.getlist(name)):
                data.setlist(name, list(LEVELS))
        return cls(data, auto_id="%s")

    def clean(self) -> dict[str, Any]:
        for name, field in self.fields.items():
            if len(self.data.getlist(name)) > 1 and not isinstance(field, REPEATABLE):
                self.add_error(name, "Give this parameter once.")
        return self.cleaned_data

    def unknown_parameters(self) -> dict[str, str]:
        """Return a message for every parameter that is not of this question, such as a mistyped one."""
        return {name: _unknown(name, list(self.fields)) for name in self.data if name not in self.fields}

    def parameters(self) -> dict[str, object]:
        """Return the question as the parameters of a link, without what is empty."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, ())}

    def question(self) -> dict[str, Any]:
        """Return what the services call the same things."""
        asked = self.cleaned_data
        question = {"environment": asked["environment"], "period": self.period}
        named = {
            "level": "levels",
            "limit": "limit",
            "eventType": "event_type",
            "search": "search",
            "source": "source",
        }
        question |= {argument: asked[name] for name, argument in named.items() if name in asked}
        return question | ({"cursor": asked["cursor"] or None} if "cursor" in asked else {})

    @property
    def period(self) -> Period:
        return PERIODS[self.cleaned_data["statsPeriod"]]


class EventsForm(QuestionForm):
    correlationId = CorrelationIdField()
    statsPeriod = OneOf(default="30d", choices=[(name, PERIOD_LABELS[name]) for name in RANGES])
    level = LevelsField()
    source = OneOf(default="", choices=list(SOURCE_LABELS.items()))
    limit = WholeNumberField(least=1, most=100, default=100)
    cursor = TextField(required=False)


class ErrorCheckForm(QuestionForm):
    statsPeriod = OneOf(default="7d", choices=[(name, PERIOD_LABELS[name]) for name in ("7d", "14d", "30d")])
    correlationId = CorrelationIdsField(most=100)


class BrowseForm(QuestionForm):
    statsPeriod = OneOf(default="7d", choices=list(PERIOD_LABELS.items()))
    level = LevelsField()
    eventType = OneOf(default="", choices=[("", "Any type"), *EVENT_TYPES.items()])
    search = TextField(
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Message, id, tag:value",
                "autocomplete": "off",
                "spellcheck": "false",
                "aria-describedby": "search-error",
            }
        ),
    )
    cursor = TextField(required=False, widget=forms.HiddenInput)


class EventForm(QuestionForm):
    """One event in full; `started` is when its call began, so that times can be counted from there."""

    started = forms.DateTimeField(required=False)

    def parameters(self) -> dict[str, object]:
        started = self.cleaned_data["started"]
        return {"started": started.isoformat()} if started else {}


class GroupForm(BrowseForm):
    """One group of the browse page: `cursor` is the page it stands on, `more` the place in its own events."""

    id = CorrelationIdField()
    more = TextField(required=False)

    def question(self) -> dict[str, Any]:
        asked = self.cleaned_data
        return {
            "environment": asked["environment"],
            "period": self.period,
            "levels": asked["level"],
            # The groups count error events, and so does what opens inside them.
            "source": "errors",
            "cursor": asked["more"] or None,
        }


class CallLogsForm(QuestionForm):
    """The Logs panel of a call. `page` is the call's own page, whose address keeps the chosen range."""

    id = CorrelationIdField()
    started = forms.DateTimeField()
    ended = forms.DateTimeField(required=False)
    range = OneOf(default="", choices=list(RANGE_LABELS.items()), widget=forms.RadioSelect)
    level = LevelsField()
    source = OneOf(default="", choices=list(SOURCE_LABELS.items()), widget=forms.RadioSelect)
    cursor = TextField(required=False)
    page = TextField(required=False)

    def clean_page(self) -> str:
        page: str = self.cleaned_data["page"]
        if page and not CALL_PAGE.fullmatch(page):
            raise ValidationError("This is not the address of a call page.")
        return page

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        started, ended = asked.get("started"), asked.get("ended")
        if started and not EARLIEST < started < LATEST:
            self.add_error("started", "No call was made then.")
        elif started and ended and not started <= ended < LATEST:
            self.add_error("ended", "A call cannot end before it starts.")
        elif started and not self.errors:
            asked["range"] = self.data["range"] = asked["range"] or default_range(started)
        return asked

    def parameters(self) -> dict[str, object]:
        moments = {name: self.cleaned_data[name] for name in ("started", "ended")}
        written = {name: moment.isoformat() for name, moment in moments.items() if moment}
        return super().parameters() | written

    @property
    def period(self) -> Period:
        return self.around if self.cleaned_data["range"] == "call" else PERIODS[self.cleaned_data["range"]]

    @property
    def around(self) -> Period:
        """The call's own time, whatever range was chosen."""
        return around_call(self.cleaned_data["started"], self.cleaned_data["ended"], timezone.now())


def default_range(started: datetime) -> str:
    """Return 30 days, or the smallest offered range that covers an older call."""
    return smallest_covering(started, timezone.now(), DEFAULT_RANGES)


def first_error(form: forms.Form) -> tuple[str, str]:
    """Return the first field that is wrong, and why."""
    name, messages = next(iter(form.errors.items()))
    return name, str(messages[0])


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return "There is no such parameter." + (f" Did you mean {close[0]}?" if close else "")
