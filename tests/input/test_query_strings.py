"""Every parameter of every page and JSON door, with every value of the corpus (P7)."""

from __future__ import annotations

from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.input.conftest import generated, share, tried_at
from tests.input.corpus.values import SHAPES, VALUES

HTMX = {"HX-Request": "true"}
STARTED = {"id": "call-1", "started": "2026-11-23T12:00:00Z"}
TABLE = {"since": "2026-11-23T12:00:00.0Z", "rows": "00000000-0000-0000-0000-000000000001"}

# address, what it needs beside the parameter, whether htmx asks, its parameters
DOORS = [
    ("/calls/", {}, True, ["q", "range", "outcome", "errors", "cursor", "environment", "marks", "now"]),
    ("/calls/marks/", {}, True, ["ids", "try"]),
    ("/calls/live/", TABLE, True, ["since", "rows", "running", "hold"]),
    ("/calls/export/", {}, False, ["q", "range", "outcome", "format", "cursor"]),
    ("/logs/", {}, True, ["statsPeriod", "level", "eventType", "search", "cursor", "open", "now"]),
    ("/logs/group/", {"id": "call-1"}, True, ["id", "more", "cursor", "search"]),
    ("/logs/untagged/", {}, True, ["search", "cursor"]),
    ("/logs/call/", STARTED, True, ["id", "started", "ended", "range", "level"]),
    ("/logs/call/", STARTED, True, ["source", "cursor", "page", "try"]),
    ("/api/calls", {}, False, ["q", "range", "outcome", "errors", "cursor", "environment", "limit"]),
    ("/api/calls/vapi/call-1", {}, False, ["environment"]),
    ("/api/sentry/events", {"correlationId": "call-1"}, False, ["correlationId", "statsPeriod", "level"]),
    ("/api/sentry/events", {"correlationId": "call-1"}, False, ["limit", "source", "cursor"]),
    ("/api/sentry/error-check", {}, False, ["correlationId", "statsPeriod"]),
    ("/api/sentry/browse", {}, False, ["search", "eventType", "cursor"]),
]  # fmt: skip
LISTS = [
    (
        "/admin/calls/call/",
        ["q", "o", "p", "e", "all", "platform", "id__exact", "started_at__gte", "_to_field"],
    ),
    ("/admin/ingest/delivery/", ["q", "o", "p", "received_at__gte", "received_at__day", "verdict__exact"]),
    ("/admin/auth/user/", ["q", "o", "p", "id__in", "is_staff__exact", "groups__id__exact", "_facets"]),
    ("/admin/keys/apikey/", ["q", "id", "scope__exact", "_popup"]),
    ("/admin/waffle/flag/", ["q", "everyone__exact", "percent"]),
    ("/admin/autocomplete/", ["term", "app_label", "model_name", "field_name", "page"]),
    ("/admin/login/", ["next"]),
    ("/login/", ["next"]),
    ("/api/", ["q"]),
    ("/csp-report", ["q"]),
]
LISTED = [(address, {}, False, name) for address, names in LISTS for name in names]
PARAMETERS = [(address, needed, htmx, name) for address, needed, htmx, names in DOORS for name in names]
PARTS = 5


def beside(needed: dict[str, str], name: str) -> str:
    rest = urlencode({key: text for key, text in needed.items() if key != name})
    return f"{rest}&" if rest else ""


@pytest.mark.parametrize("turn", range(len(PARAMETERS)), ids=[f"{one[0]}?{one[3]}" for one in PARAMETERS])
def test_a_parameter_may_be_anything(support, call, sentry, turn):
    address, needed, htmx, name = PARAMETERS[turn]
    request = {"headers": HTMX if htmx else {}}
    start = f"{address}?{beside(needed, name)}{name}="
    cases = [
        (f"{start}{value!r}", start + quote_from_bytes(value), request) for value in share(VALUES, turn, 8)
    ]
    shapes = [(shape, f"{address}?{shape.format(name)}", request) for shape in share(SHAPES, turn, 30)]
    tried_at("query strings", support, [*cases, *shapes])


@pytest.mark.parametrize("turn", range(len(LISTED)), ids=[f"{one[0]}?{one[3]}" for one in LISTED])
def test_a_parameter_of_the_admin_may_be_anything(admin, call, turn):
    address, _needed, _htmx, name = LISTED[turn]
    start = f"{address}?{name}="
    cases = [(f"{start}{value!r}", start + quote_from_bytes(value), {}) for value in share(VALUES, turn, 12)]
    shapes = [(shape, f"{address}?{shape.format(name)}", {}) for shape in share(SHAPES, turn, 30)]
    tried_at("query strings", admin, [*cases, *shapes])


@generated(40)
@given(st.lists(st.tuples(st.sampled_from(PARAMETERS), st.text(max_size=40)), min_size=8, max_size=8))
def test_a_parameter_may_be_any_text(support, call, sentry, asked):
    cases = []
    for (address, needed, htmx, name), text in asked:
        target = f"{address}?{beside(needed, name)}{name}={quote(text)}"
        cases.append((target, target, {"headers": HTMX if htmx else {}}))
    tried_at("query strings, generated", support, cases)
