from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from dashboard.ingest.management.prune_command import PruneCommand
from dashboard.ingest.pruning import old_deliveries, old_refusals


class Command(PruneCommand):
    help = (
        "Delete stored webhooks, and counts of refused ones, that came long ago. Their calls stay. "
        "Without --yes they are only counted."
    )
    what = "deliveries and counts of refused ones"
    default_days = settings.DELIVERIES_RETENTION_DAYS

    def old(self, before: datetime) -> Sequence[QuerySet[Any]]:
        return [old_deliveries(before), old_refusals(before)]
