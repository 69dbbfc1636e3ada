from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from dashboard.ingest.management.prune_command import PruneCommand
from dashboard.ingest.pruning import old_calls


class Command(PruneCommand):
    help = "Delete calls that started long ago, with their transcripts. Without --yes they are only counted."
    what = "calls"
    default_days = settings.CALLS_RETENTION_DAYS

    def old(self, before: datetime) -> Sequence[QuerySet[Any]]:
        return [old_calls(before)]
