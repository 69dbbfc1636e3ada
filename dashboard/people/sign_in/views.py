from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.people.doors import needs
from dashboard.people.roles import SIGNED_IN
from dashboard.people.sign_in.forms import NewPasswordForm, SignInForm
from dashboard.people.sign_in.pending import put_off
from dashboard.people.sign_in.second_factor import codes_left, device_of
from dashboard.people.sign_in.sessions import end_sessions, open_sessions


class SignIn(auth.LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post"]

    extra_context = {"single_sign_on": bool(settings.OIDC_RP_CLIENT_ID)}

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, or ask for the code first where the person has a second factor."""
        user = form.get_user()
        if device_of(user) is None:
            return super().form_valid(form)
        put_off(self.request, user, self.get_success_url())
        return redirect("login-code")


@needs(SIGNED_IN)
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    sessions = open_sessions(request.user)
    others = [session for session in sessions if session.key != request.session.session_key]
    return render(
        request,
        "people/account.html",
        {
            "has_device": device_of(request.user) is not None,
            "codes_left": codes_left(request.user),
            "sessions": sessions,
            "others": others,
            "idle_hours": f"{settings.SESSION_COOKIE_AGE / 3600:g}",
            "longest_days": f"{settings.SESSION_LONGEST / timedelta(days=1):g}",
        },
    )


@needs(SIGNED_IN)
@never_cache
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    ended = end_sessions(request.user, but=request.session.session_key)
    messages.success(request, f"Signed out of {ended} other {'browser' if ended == 1 else 'browsers'}.")
    return redirect("people:account")


@method_decorator(sensitive_post_parameters(), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class ChangePassword(auth.PasswordChangeView):
    form_class = NewPasswordForm
    template_name = "people/password.html"
    success_url = reverse_lazy("people:account")
    http_method_names = ["get", "head", "post"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed. All other browsers are signed out.")
        return super().form_valid(form)
