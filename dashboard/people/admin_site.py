from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from dashboard.people.doors import refuse
from dashboard.people.roles import ADMINISTER


class DashboardAdminSite(admin.AdminSite):
    """Django's admin without its own ways to sign in and to change a password, which know no codes."""

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(  # type: ignore[override]  # the stub takes the page that Django would render
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        page = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
            page = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(page)
        return HttpResponseRedirect(page) if self.has_permission(request) else refuse(request, ADMINISTER)

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return redirect("people:password")
