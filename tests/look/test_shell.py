from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AnonymousUser, User
from django.template.loader import render_to_string
from django.test import RequestFactory

from sentry_logs.answers import ErrorMark

SHELL: dict[str, Any] = {
    "environment": "staging",
    "environments": [("production", "Production"), ("staging", "Staging"), ("all", "All")],
    "theme": "dark",
    "csrf_token": "abc",
}


def page(user: User | AnonymousUser, template: str = "base.html", **context: Any) -> str:
    request = RequestFactory().get("/calls/?q=x&errors=1")
    return render_to_string(template, {"request": request, "user": user, **SHELL, **context})


@pytest.fixture
def support() -> User:
    return User(username="mira", first_name="Mira", last_name="Okafor")


def test_the_switcher_presses_the_chosen_environment_only(support: User) -> None:
    html = page(support)

    assert html.count('aria-pressed="true"') == 1
    assert 'value="staging" aria-pressed="true">Staging' in html


def test_the_switcher_comes_back_to_the_same_page(support: User) -> None:
    assert 'name="next" value="/calls/?q=x&amp;errors=1"' in page(support)


def test_the_page_carries_theme_and_environment(support: User) -> None:
    html = page(support)

    assert 'data-theme="dark" data-environment="staging"' in html
    assert "(staging) · AI Receptionist</title>" in html


def test_htmx_requests_carry_the_csrf_token(support: User) -> None:
    assert """hx-headers='{"X-CSRFToken": "abc"}'""" in page(support)


def test_support_staff_see_no_way_into_the_administration(support: User) -> None:
    html = page(support, role="Support agent", may={})

    assert "<small>Support agent</small>" in html
    assert "/admin/" not in html


def test_an_admin_finds_the_administration() -> None:
    html = page(User(username="root"), role="Administrator", may={"administer": True})

    assert "<small>Administrator</small>" in html
    assert 'href="/admin/"' in html


def test_a_hostile_name_is_shown_and_not_run() -> None:
    html = page(User(username="<script>alert(1)</script>"))

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "503", "registration/logged_out"])
def test_a_page_outside_shows_no_navigation(name: str, support: User) -> None:
    html = page(support, f"{name}.html")

    assert "<nav" not in html
    assert "data-environment" not in html


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page_offers_a_way_on_with_nothing_in_its_context(name: str) -> None:
    html = render_to_string(f"{name}.html")

    assert html.count("<h1>") == 1
    assert '<a class="button"' in html


def test_the_server_error_page_needs_neither_urls_nor_collected_files(settings: Any) -> None:
    settings.ROOT_URLCONF = "no.such.urls"
    settings.STORAGES = {"staticfiles": {"BACKEND": "no.such.Storage"}}

    assert "css/tokens.css" in render_to_string("500.html")


def test_the_sign_in_form_has_no_values_at_first() -> None:
    html = page(AnonymousUser(), "registration/login.html", form=AuthenticationForm(), next="/calls/?q=1&x=2")

    assert 'name="next" value="/calls/?q=1&amp;x=2"' in html
    assert "aria-invalid" not in html
    assert ' value="' not in html.split('id="id_username"')[1].split(">")[0]


def test_a_refused_sign_in_names_its_reason_at_both_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", lambda *args, **credentials: None)
    form = AuthenticationForm(data={"username": "mira", "password": "wrong"})
    html = page(AnonymousUser(), "registration/login.html", form=form)

    assert html.count('aria-invalid="true" aria-describedby="sign_in_error"') == 2
    assert 'value="mira"' in html
    assert "wrong" not in html
    assert 'id="sign_in_error" role="alert">Please enter a correct username and password.' in html


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (ErrorMark("errors", {"fatal": 1, "error": 2}), "1 fatal, 2 errors"),
        (ErrorMark("warnings", {"warning": 2}), "2 warnings"),
        (ErrorMark("clean"), "None"),
        (ErrorMark("checking"), "Checking"),
        (ErrorMark("partly", reason="Logs are missing"), "Partly checked"),
        (ErrorMark("failed", reason="Sentry did not answer"), "Check failed"),
        (ErrorMark("expired"), "Past retention"),
        (ErrorMark("not_yet"), "Not yet"),
    ],
    ids=lambda value: value.state if isinstance(value, ErrorMark) else "",
)
def test_a_mark_says_its_state_in_words_and_its_reason(mark: ErrorMark, words: str) -> None:
    html = render_to_string("_mark.html", {"mark": mark})

    assert words in html
    assert not mark.reason or f'title="{mark.reason}"' in html


def test_only_an_error_mark_has_a_level() -> None:
    assert 'data-level="fatal"' in render_to_string(
        "_mark.html", {"mark": ErrorMark("errors", {"fatal": 1, "error": 2})}
    )
    assert "data-level" not in render_to_string("_mark.html", {"mark": ErrorMark("clean")})


@pytest.mark.parametrize(("level", "role"), [("error", "alert"), ("warning", "status"), ("info", "status")])
def test_only_a_failure_interrupts(level: str, role: str) -> None:
    assert f'role="{role}"' in render_to_string("_notice.html", {"level": level, "title": "A.", "text": "B."})


def test_a_page_without_a_neighbour_has_a_disabled_link() -> None:
    html = render_to_string(
        "_pagination.html", {"newer_url": "", "older_url": "?before=1&x=2", "label": "1–50"}
    )

    assert html.count('aria-disabled="true"') == 1
    assert 'href="?before=1&amp;x=2" rel="next"' in html


def test_a_success_message_is_told_quietly() -> None:
    message = SimpleNamespace(level_tag="success", __str__=lambda: "Saved.")
    html = render_to_string("_messages.html", {"messages": [message]})

    assert 'data-level="info" role="status"' in html


def test_an_event_without_environment_says_so() -> None:
    assert ">not set<" in render_to_string("_environment.html", {"env": ""})
