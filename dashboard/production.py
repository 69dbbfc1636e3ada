"""What a server that others reach must have before it starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
SHORTEST_KEY, FEWEST_CHARACTERS = 50, 5
NEW_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(50))' prints a good one."


@contextmanager
def naming(variable: str) -> Iterator[None]:
    """Name the variable that is no address, without its value: that holds a password."""
    try:
        yield
    except ValueError:
        hint = "Write special characters of a password in percent encoding: '#' is %23."
        raise ImproperlyConfigured(f"{variable} is not an address. {hint}") from None


def is_reachable(hosts: Sequence[str]) -> bool:
    """Whether a server with these host names answers to more than its own machine."""
    return any(host not in THIS_MACHINE for host in hosts)


def faults(*, key: str, insecure_key: str, debug: bool, hosts: Sequence[str], https: bool) -> list[str]:
    """Return what must be changed first, in words that do not repeat the key."""
    found = []
    if key == insecure_key or key.startswith("django-insecure-"):
        found.append(f"SECRET_KEY is the one for development. {NEW_KEY}")
    elif len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        found.append(f"SECRET_KEY is too easy to guess: it needs {SHORTEST_KEY} characters. {NEW_KEY}")
    if debug:
        found.append("DEBUG is on: it shows settings and code to anybody who makes a page fail.")
    if not hosts or any(host in ("*", ".") for host in hosts):
        found.append("ALLOWED_HOSTS must name the hosts; '*' believes whatever a request says.")
    if not https:
        found.append("HTTPS is off: passwords and calls would travel readable.")
    return found


def insist(found: Sequence[str]) -> None:
    """Refuse to start; ImproperlyConfigured names all faults at once."""
    if found:
        listed = "".join(f"\n  - {fault}" for fault in found)
        raise ImproperlyConfigured(
            f"This is not ready for production:{listed}\n"
            "PRODUCTION=false starts it all the same, on a machine that only you reach."
        )
