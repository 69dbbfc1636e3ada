"""Pages that show themselves at once, then what Sentry says: as a fragment, or with `now` in the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import render

from sentry_logs.answers import Answer
from sentry_logs.views.links import link
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, wait_for, wants_fragment

Value = TypeVar("Value")


def page_that_loads(
    request: Request,
    name: str,
    question: Callable[[float], Answer[Value]],
    shown: Callable[[Answer[Value]], dict[str, Any]],
) -> HttpResponse:
    """Render a page by its name in the URLs; `question` takes how long to wait, `shown` makes the context.

    The page's template has the part `loaded`, with the answer or why there is none.
    """
    template = f"sentry_logs/{name}.html"
    if not wants_fragment(request) and "now" not in request.GET:
        return render(request, template, {"load_url": link(name, {}), "now_url": link(name, {}, now=1)})
    outcome = outcome_of(lambda: question(wait_for(request)), attempt=attempt_of(request.GET.get("try", "")))
    answer, look = outcome.answer, outcome.next_look
    context = {
        "outcome": outcome,
        "answer": answer,
        "again_url": link(name, {}, now=int("now" in request.GET)),
        "poll_url": link(name, {}, **{"try": look.attempt}) if look else "",
        **(shown(answer) if answer else {}),
    }
    return render(request, f"{template}#loaded" if wants_fragment(request) else template, context)
