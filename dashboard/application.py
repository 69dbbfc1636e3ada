"""The WSGI application: Django's own, but no header of a request can break the reading of it."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import cached_property
from django.utils.http import parse_header_parameters

# Parameters of a header can name an encoding that Python does not know, or that is not one of text.
UNREADABLE = (ValueError, LookupError)


class Request(WSGIRequest):
    """A request whose text is UTF-8, whatever its Content-Type says.

    Django would read it in any encoding that Python has, also in one whose result is half characters.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        written = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(written)
        except UNREADABLE:
            self.content_type, self.content_params = written.partition(";")[0].strip().lower(), {}

    def _load_post_and_files(self) -> None:
        try:
            super()._load_post_and_files()
        except UNREADABLE:
            self._mark_post_parse_error()  # type: ignore[attr-defined]  # the stubs leave it out
            raise MultiPartParserError("The form could not be read.") from None

    @cached_property
    def accepted_types(self) -> list[Any]:
        try:
            return super().accepted_types
        except UNREADABLE:
            return []


class Application(WSGIHandler):
    request_class = Request
