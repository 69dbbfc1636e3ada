"""Bodies that are too long, in chunks, packed, broken off, or of another type (rows W8 and W10)."""

from __future__ import annotations

import io
import json

import pytest

from dashboard.calls.models import Call
from tests.ingest.messages import RINGING, error_of

pytestmark = pytest.mark.django_db


def test_a_body_up_to_the_limit_is_taken(deliver, settings):
    settings.WEBHOOK_BODY_LIMIT = 100
    body = b'{"id":"e"}'.ljust(100)

    assert deliver(body).status_code == 200
    assert error_of(deliver(body + b" ")) == (413, "too_large")


def test_five_megabytes_are_taken_although_django_takes_less(deliver):
    assert deliver(json.dumps(RINGING).encode().ljust(5_000_000)).status_code == 200


def test_a_hundred_declared_megabytes_are_not_read(deliver):
    class Unread(io.BytesIO):
        def read(self, *_):
            raise AssertionError("It was read.")

    response = deliver(b"x", CONTENT_LENGTH="100000000", **{"wsgi.input": Unread()})

    assert error_of(response) == (413, "too_large")


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}


def test_a_chunked_body_is_read_where_the_server_knows_its_end(deliver):
    body = json.dumps(RINGING).encode()

    response = deliver(body, **CHUNKED, **{"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True})

    assert response.status_code == 200
    assert Call.objects.get().platform_call_id == "call-1"


def test_an_endless_chunked_body_is_read_to_the_limit_only(deliver, settings):
    settings.WEBHOOK_BODY_LIMIT = 1000
    stream = io.BytesIO(b"x" * 1_000_000)

    response = deliver(b"x", **CHUNKED, **{"wsgi.input": stream, "wsgi.input_terminated": True})

    assert error_of(response) == (413, "too_large")
    assert stream.tell() == 1001


def test_a_chunked_body_without_a_known_end_is_refused(deliver):
    assert error_of(deliver(RINGING, **CHUNKED)) == (411, "length_required")


@pytest.mark.parametrize("length", ["-1", "+5", "1_0", "٣", "abc", "9" * 5000])
def test_a_length_that_is_none_is_refused(deliver, length):
    assert deliver(RINGING, CONTENT_LENGTH=length).status_code in (400, 413)


def test_a_body_that_breaks_off_is_refused(deliver):
    body = json.dumps(RINGING).encode()

    response = deliver(body, CONTENT_LENGTH="5000", **{"wsgi.input": io.BytesIO(body)})

    assert error_of(response) == (400, "incomplete")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
def test_a_packed_body_is_refused(deliver, encoding):
    assert error_of(deliver(RINGING, headers={"Content-Encoding": encoding})) == (415, "encoded")


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded", "a" * 5000])
def test_another_content_type_is_refused(deliver, content_type):
    assert error_of(deliver(RINGING, content_type=content_type)) == (415, "content_type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_content_type_may_be_written_in_several_ways(deliver, content_type):
    assert deliver(RINGING, content_type=content_type).status_code == 200
