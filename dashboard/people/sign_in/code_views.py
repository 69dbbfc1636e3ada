"""The pages of the second factor, and of being asked once more who one is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.people.doors import needs
from dashboard.people.roles import SIGNED_IN
from dashboard.people.sign_in import second_factor
from dashboard.people.sign_in.forms import LONGEST_PASSWORD
from dashboard.people.sign_in.pending import pending
from dashboard.people.sign_in.sessions import end_sessions, prove

LONGEST_CODE = 32
WRONG = "This code is not right, or was used already. After a wrong one wait a few seconds."


@sensitive_post_parameters()
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask somebody whose password was right for the code, and sign in."""
    waiting = pending(request)
    if waiting is None:
        return redirect("login")
    user, next_page = waiting
    if request.method != "POST":
        return render(request, "people/code.html")
    if not second_factor.accepts(user, request.POST.get("code", "")[:LONGEST_CODE]):
        _count_as_wrong(request, user)
        return render(request, "people/code.html", {"wrong": WRONG})
    login(request, user)
    second_factor.mark_verified(request.session)
    return redirect(next_page)


@sensitive_post_parameters()
@needs(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    signed, wrong = request.POST.get("key", ""), ""
    key = second_factor.key_in(signed, user) if signed else None
    if request.method == "POST" and key is None:
        wrong = "This page was open for too long. Here is a new code to scan."
    elif key is not None:
        given = "".join(request.POST.get("code", "")[:LONGEST_CODE].split())
        codes = second_factor.enrol(user, key, given)
        if codes is not None:
            second_factor.mark_verified(request.session)
            end_sessions(user, but=request.session.session_key)
            return render(request, "people/codes.html", {"codes": codes})
        wrong = "This code does not fit. Is the clock of your phone right?"
    if key is None:
        signed = second_factor.new_key(user)
        key = second_factor.key_in(signed, user) or ""
    path, size = second_factor.qr_path(second_factor.address_for_app(user, key))
    context = {
        "signed": signed,
        "spelled": second_factor.spelled(key),
        "path": path,
        "size": size,
        "wrong": wrong,
        "is_wanted": second_factor.is_wanted_of(user),
    }
    return render(request, "people/enrol.html", context)


@needs(SIGNED_IN)
@never_cache
@require_POST
def renew_codes(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if second_factor.device_of(user) is None:
        return redirect("people:account")
    return render(request, "people/codes.html", {"codes": second_factor.new_codes(user)})


@needs(SIGNED_IN)
@never_cache
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if second_factor.is_wanted_of(user):
        messages.error(request, "Your role needs a second factor. You can set up another one in its place.")
    elif second_factor.remove(user):
        messages.success(request, "You sign in with your password alone now.")
    return redirect("people:account")


@sensitive_post_parameters()
@needs(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password or a code once more, before what a forgotten open browser must not do."""
    user = _person(request)
    next_page = _own_page(request, request.POST.get("next") or request.GET.get("next", ""))
    has_device = second_factor.device_of(user) is not None
    context: dict[str, Any] = {"next": next_page, "has_device": has_device}
    if request.method == "POST":
        if _is_right(request, user, has_device):
            prove(request.session)
            return redirect(next_page)
        context["wrong"] = WRONG if has_device else "This is not your password."
    return render(request, "people/confirm.html", context)


def _is_right(request: HttpRequest, user: User, has_device: bool) -> bool:
    if has_device:
        given = request.POST.get("code", "")[:LONGEST_CODE]
        right = second_factor.accepts(user, given)
        if given and not right:
            _count_as_wrong(request, user)
        return right
    password = request.POST.get("password", "")[:LONGEST_PASSWORD]
    return bool(password) and authenticate(request, username=user.get_username(), password=password) == user


def _count_as_wrong(request: HttpRequest, user: User) -> None:
    credentials = {"username": user.get_username()}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # The door is for those who are signed in.
    return request.user


def _own_page(request: HttpRequest, page: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if is_ours else resolve_url("people:account")
