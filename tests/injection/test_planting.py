"""Whatever a field says, a page has the elements and attributes of its template, and no others."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command

from sentry_logs.cache import forget_own_memory
from tests.factories import signed_in
from tests.injection.payloads import CANARY, PAYLOADS, PLAIN
from tests.injection.planted import plant, readers

ROOT = Path(__file__).resolve().parents[2]
LINKS = {"href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "xlink:href"}
# Texts that open or close something by being there at all, not by what they say.
PER_REQUEST = {"nonce"}


class Structure(HTMLParser):
    """The elements of a page with the names of their attributes, and where its links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = " ".join(sorted(name for name, _value in attrs))
        self.shape.append(f"<{tag} {names}>")
        self.links += [value or "" for name, value in attrs if name in LINKS]

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.shape.append("<!---->")


def structures(sandbox, text):
    planted, people = plant(sandbox, text), readers()
    clients = {name: signed_in(person) for name, person in people.items()}
    found = {}
    for name, (address, by_htmx) in planted.pages().items():
        client = clients["admin" if address.startswith("/admin/") else "lead"]
        page = settled(client, address, by_htmx=by_htmx)
        assert page.status_code == 200, (name, page.status_code)
        structure = Structure()
        structure.feed(page.content.decode())
        found[name] = structure
    return found


def settled(client, address, *, by_htmx):
    """Ask until Sentry's answer is there, as the page does."""
    for _try in range(50):
        page = client.get(address, headers={"HX-Request": "true"} if by_htmx else {})
        if b"load delay:" not in page.content:
            break
    return page


@pytest.fixture
def plain(sandbox, transactional_db):
    found = structures(sandbox, PLAIN)
    _empty(sandbox)
    return found


def _empty(sandbox):
    sandbox.store.clear()
    cache.clear()
    forget_own_memory()
    call_command("flush", verbosity=0, interactive=False)


def first_difference(plain, planted):
    for place, (one, other) in enumerate(zip(plain, planted, strict=False)):
        if one != other:
            return f"at {place}: {one} became {other}"
    return f"{len(plain)} became {len(planted)}" if len(plain) != len(planted) else ""


def changes(plain, sandbox, payloads):
    """Yield what each text changes; it stands in about sixty fields at once."""
    for text in payloads:
        for name, structure in structures(sandbox, text).items():
            if difference := first_difference(plain[name].shape, structure.shape):
                yield f"{name}, {text!r}: {difference}"
            yield from (f"{name}, {text!r}: {link!r}" for link in structure.links if not harmless(link))
        _empty(sandbox)


def test_no_page_gets_an_element_or_a_link_from_what_it_shows(plain, sandbox, transactional_db):
    assert list(changes(plain, sandbox, PAYLOADS[::5])) == []


@pytest.mark.long
def test_no_page_gets_one_from_any_of_all_texts(plain, sandbox, transactional_db):
    assert list(changes(plain, sandbox, PAYLOADS)) == []


def harmless(link: str) -> bool:
    """Whether a link leads to our own pages, or to the Sentry of the test."""
    return (
        not link or link.startswith(("/", "#", "?", "http://127.0.0.1:")) and CANARY not in link.split("?")[0]
    )


NEVER = re.compile(r"mark_safe|\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b|html_safe|SafeText")


@pytest.mark.parametrize("folder", ["dashboard", "sentry_logs", "templates"])
def test_nothing_is_called_safe(folder):
    sources = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".html")]
    assert sources
    assert [str(path.relative_to(ROOT)) for path in sources if NEVER.search(path.read_text())] == []
