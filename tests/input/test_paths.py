"""What stands where an id should be: in the addresses of pages, JSON doors, webhooks, the admin, files."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.input.conftest import generated, share, tried_at
from tests.input.corpus.paths import PIECES

PLACES = [
    "/calls/{}/",
    "/calls/{}/conversation/",
    "/calls/{}/evidence/",
    "/api/calls/vapi/{}",
    "/api/calls/{}/call-1",
    "/api/{}",
    "/webhooks/production/{}/",
    "/webhooks/{}/vapi/",
    "/admin/calls/call/{}/change/",
    "/admin/auth/user/{}/change/",
    "/admin/keys/apikey/{}/history/",
    "/admin/ingest/delivery/{}/delete/",
    "/admin/r/{}/1/",
    "/admin/{}",
    "/static/{}",
    "/{}",
]
METHODS = {"/webhooks/production/{}/": "POST", "/webhooks/{}/vapi/": "POST"}


@pytest.mark.parametrize("turn", range(len(PLACES)), ids=PLACES)
def test_any_piece_of_a_path_is_answered(support, admin, call, turn):
    place = PLACES[turn]
    asker = admin if place.startswith("/admin") else support
    request = {"method": METHODS.get(place, "GET")}
    cases = [(place.format(piece), place.format(piece), request) for piece in share(PIECES, turn, 8)]
    tried_at("pieces of paths", asker, cases)


@generated(40)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.text(max_size=60)), min_size=25, max_size=25))
def test_any_text_in_a_path_is_answered(admin, call, asked):
    targets = [(place, place.format(quote(text, safe="/;:@"))) for place, text in asked]
    cases = [(target, target, {"method": METHODS.get(place, "GET")}) for place, target in targets]
    tried_at("pieces of paths, generated", admin, cases)
