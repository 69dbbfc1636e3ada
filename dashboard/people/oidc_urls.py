from __future__ import annotations

from django.urls import path

from dashboard.people.sign_in.oidc import Begin, Callback

urlpatterns = [
    path("begin/", Begin.as_view(), name="oidc-begin"),
    path("callback/", Callback.as_view(), name="oidc_authentication_callback"),
]
