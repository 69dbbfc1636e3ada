from django.db import migrations, models

from dashboard.calls.online import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    # PostgreSQL makes an index beside running work only outside of a transaction.
    atomic = False

    dependencies = [("calls", "0002_calls_come_in")]

    operations = [
        AddIndexOnline(
            "call",
            models.Index(fields=["environment", "outcome", "-started_at", "-id"], name="call_both_newest"),
        ),
        AddIndexOnline(
            "call",
            models.Index(fields=["from_last4", "-started_at", "-id", "from_number"], name="call_from_newest"),
        ),
        AddIndexOnline(
            "call",
            models.Index(fields=["to_last4", "-started_at", "-id", "to_number"], name="call_to_newest"),
        ),
        AddIndexOnline(
            "callalias",
            models.Index(fields=["value"], name="alias_start", opclasses=["varchar_pattern_ops"]),
        ),
        AddIndexOnline("call", models.Index(fields=["created_at"], name="call_arrived")),
        RemoveIndexOnline("call", "call_from_last4"),
        RemoveIndexOnline("call", "call_to_last4"),
        RemoveIndexOnline("callalias", "alias_value"),
    ]
