from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class DashboardAdminConfig(AdminConfig):
    default_site = "dashboard.people.admin_site.DashboardAdminSite"
