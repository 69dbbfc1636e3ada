"""Forms that people send: every field with every value, and bodies that are no form at all."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.input.asking import Answer, Asker
from tests.input.conftest import Case, generated, share, tried_at
from tests.input.corpus.values import SHAPES, VALUES

TOKEN = "a" * 32
NAMED = {"username": "mira", "password": "x"}

# address, what a sensible form has, the field that is odd
FIELDS = [
    ("/login/", NAMED, "username"),
    ("/login/", NAMED, "password"),
    ("/login/", NAMED, "next"),
    ("/login/", NAMED, "csrfmiddlewaretoken"),
    ("/logout/", {}, "next"),
    ("/environment/", {"environment": "staging", "next": "/calls/"}, "environment"),
    ("/environment/", {"environment": "staging"}, "next"),
    ("/admin/login/", NAMED, "username"),
    ("/admin/auth/user/add/", {"username": "new", "password1": "x", "password2": "x"}, "username"),
    ("/admin/auth/user/add/", {"username": "new", "password1": "x", "password2": "x"}, "password1"),
    ("/admin/auth/group/add/", {"name": "new"}, "name"),
    ("/admin/auth/group/add/", {"name": "new"}, "permissions"),
    ("/admin/auth/user/", {"action": "delete_selected", "_selected_action": "1"}, "action"),
    ("/admin/auth/user/", {"action": "delete_selected"}, "_selected_action"),
    ("/admin/waffle/flag/add/", {"name": "new"}, "name"),
    ("/admin/waffle/flag/add/", {"name": "new"}, "percent"),
    ("/admin/waffle/flag/add/", {"name": "new"}, "users"),
]
BOUNDARY = "multipart/form-data; boundary=b"
WHOLE = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nmira\r\n--b--\r\n'
NO_FORMS: list[tuple[str, bytes]] = [
    (BOUNDARY, WHOLE),
    (BOUNDARY, WHOLE[:-9]),
    (BOUNDARY, b""),
    (BOUNDARY, b"--b--"),
    (BOUNDARY, b"nothing"),
    (BOUNDARY, WHOLE.replace(b"name=", b"name*=x''%41;x=")),
    (BOUNDARY, WHOLE.replace(b"name=", b"name*=utf-8''%00;x=")),
    (BOUNDARY, WHOLE.replace(b'name="username"', b'name="username"; filename="../../a"')),
    (BOUNDARY, WHOLE.replace(b'name="username"', b"name=\"username\"; filename*=x''%41")),
    (BOUNDARY, WHOLE.replace(b'name="username"', b'name="a\x00b"; filename="\xff"')),
    (BOUNDARY, WHOLE.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!")),
    (BOUNDARY, WHOLE.replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain; charset=rot13\r\n\r\n")),
    (BOUNDARY, WHOLE.replace(b"\r\n\r\n", b"\r\nContent-Length: -1\r\n\r\n")),
    (BOUNDARY, WHOLE.replace(b"mira", b"\xff\xfe\x00")),
    (BOUNDARY, WHOLE.replace(b"mira", b"a" * 3_000_000)),
    (BOUNDARY, WHOLE[:-5] * 1500 + b"--\r\n"),
    (BOUNDARY, b"--b\r\n" + b"A: b\r\n" * 5000 + WHOLE[5:]),
    ("multipart/form-data", WHOLE),
    ("multipart/form-data; boundary*=x''%41", WHOLE),
    ("multipart/form-data; boundary=" + "b" * 300, WHOLE),
    ("application/x-www-form-urlencoded; charset=utf-16", b"username=a"),
    ("application/x-www-form-urlencoded", b"username=" + b"%" * 100_000),
    ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 1500)),
    ("application/x-www-form-urlencoded", b"a" * 3_000_000),
    ("application/json", b'{"username": "a"}'),
    ("text/plain", b"username=a"),
    ("", b"username=a"),
]


@pytest.fixture
def impatient(monkeypatch, settings) -> None:
    """Passwords are guessed here as often as wished, which is tried elsewhere."""
    settings.AXES_ENABLED = False


def sending(address: str, body: str) -> Case:
    """Return a form that comes from one of our pages."""
    whole = f"csrfmiddlewaretoken={TOKEN}&{body}"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost"}
    return (
        f"{address} {body}",
        address,
        {"method": "POST", "body": whole.encode("latin-1"), "headers": headers},
    )


def with_token(asker: Asker) -> Asker:
    cookies = [asker.headers.get("Cookie", ""), f"csrftoken={TOKEN}"]
    return Asker(asker.application, {"Cookie": "; ".join(filter(None, cookies))})


def stays_here(answer: Answer, path: str) -> list[str]:
    """Nobody is led elsewhere by what a form says."""
    where = answer.headers.get("location", "/")
    parts = urlsplit(where)
    is_here = not (parts.scheme or parts.netloc or "\\" in where[:3])
    return [] if is_here else [f"leads to {where[:80]}"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("turn", range(len(FIELDS)), ids=[f"{one[0]} {one[2]}" for one in FIELDS])
def test_a_field_may_hold_anything(nobody, admin, turn):
    address, sensible, field = FIELDS[turn]
    asker = with_token(nobody if "log" in address else admin)
    rest = urlencode({name: text for name, text in sensible.items() if name != field})
    cases = [
        sending(address, f"{rest}&{field}={quote_from_bytes(value)}") for value in share(VALUES, turn, 8)
    ]
    shapes = [sending(address, f"{rest}&{shape.format(field)}") for shape in share(SHAPES, turn, 8)]
    tried_at("forms", asker, [*cases, *shapes], stays_here)


@pytest.mark.usefixtures("impatient")
def test_a_body_may_be_no_form(nobody, admin):
    for address, asker in (("/login/", nobody), ("/environment/", admin), ("/admin/auth/group/add/", admin)):
        cases: list[Case] = [
            (
                f"{address} {kind} {body[:80]!r}",
                address,
                {"method": "POST", "body": body, "headers": {"Content-Type": kind, "X-CSRFToken": TOKEN}},
            )
            for kind, body in NO_FORMS
        ]
        tried_at("forms", with_token(asker), cases, stays_here)


@pytest.mark.usefixtures("impatient")
@generated(25)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=60)), min_size=20, max_size=20))
def test_a_field_may_hold_any_text(nobody, admin, asked):
    for (address, sensible, field), text in asked:
        body = urlencode({**sensible, field: text})
        asker = with_token(nobody if "log" in address else admin)
        tried_at("forms, generated", asker, [sending(address, body)], stays_here)
