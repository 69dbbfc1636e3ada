from __future__ import annotations

from django.urls import path

from dashboard.people.doors import needs
from dashboard.people.roles import SIGNED_IN
from dashboard.people.sign_in import code_views, views

app_name = "people"
urlpatterns = [
    path("", views.account, name="account"),
    path("password/", needs(SIGNED_IN)(views.ChangePassword.as_view()), name="password"),
    path("confirm/", code_views.confirm, name="confirm"),
    path("second-factor/", code_views.enrol, name="second-factor"),
    path("second-factor/codes/", code_views.renew_codes, name="recovery-codes"),
    path("second-factor/remove/", code_views.remove, name="second-factor-remove"),
    path("end-others/", views.end_others, name="end-others"),
]
