from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from dashboard import policy_reports, views, well_known
from dashboard.people.doors import needs
from dashboard.people.roles import SIGNED_IN
from dashboard.people.sign_in.code_views import code
from dashboard.people.sign_in.views import SignIn

urlpatterns = [
    path("", views.home, name="home"),
    path("calls/", include("dashboard.calls.urls")),
    path("calls/", include("dashboard.evidence.urls")),
    path("reveal/", include("dashboard.reveal.urls")),
    path("audit/", include("dashboard.audit.urls")),
    path("logs/", include("sentry_logs.urls")),
    path("api/sentry/", include("sentry_logs.api_urls")),
    path("api/", include("dashboard.api.urls")),
    path("webhooks/", include("dashboard.ingest.urls")),
    path("environment/", views.switch_environment, name="environment"),
    path("login/", SignIn.as_view(), name="login"),
    path("login/code/", code, name="login-code"),
    path("logout/", needs(SIGNED_IN)(auth.LogoutView.as_view()), name="logout"),
    path("account/", include("dashboard.people.urls")),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", well_known.robots, name="robots"),
    path(".well-known/security.txt", well_known.security, name="security-contact"),
    path("csp-report", policy_reports.receive, name="policy-report"),
    path("admin/", admin.site.urls),
]

handler404 = "dashboard.views.not_found"
if settings.OIDC_RP_CLIENT_ID:
    urlpatterns.append(path("oidc/", include("dashboard.people.oidc_urls")))

handler500 = "dashboard.views.failed"
