"""Say how much the walk tries: `python -m tests.access`."""

from __future__ import annotations

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    django.setup()
    from tests.access.doors import doors
    from tests.access.expected import METHODS, addresses, askers
    from tests.access.walk import KINDS

    places = len(doors()) + len(addresses())
    tries = places * len(METHODS) * len(askers()) * len(KINDS)
    sys.stdout.write(f"{len(doors())} doors, {len(addresses())} other addresses, {tries:,} requests\n")


main()
