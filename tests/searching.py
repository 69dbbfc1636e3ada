"""Search as the form does: a phone number is in no address, but in the session."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.test import Client


def searched(client: Client, text: str) -> str:
    """Send the form and return the `q` of the address that it leads to."""
    response = client.post("/calls/find/", {"q": text})
    assert response.status_code == 303, response.status_code
    return parse_qs(urlsplit(response["Location"]).query).get("q", [""])[0]
