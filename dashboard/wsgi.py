from __future__ import annotations

import os

import django

from dashboard.application import Application
from dashboard.database_file import never_make_one

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup(set_prefix=False)

from dashboard.failures import prepare  # noqa: E402  models can be imported only now

application = Application()
never_make_one()
prepare()
