from __future__ import annotations

from django.db import migrations

NOTE = (
    "On: ask Sentry's organization events API (Discover), which filters and pages on the server. "
    "Off: the old way, which sees only the project's last 100 events."
)


def make_flag(apps, schema_editor):
    flag = apps.get_model("waffle", "Flag")
    flag.objects.get_or_create(name="use_discover_api", defaults={"everyone": True, "note": NOTE})


class Migration(migrations.Migration):
    dependencies = [("waffle", "0004_update_everyone_nullbooleanfield")]

    operations = [migrations.RunPython(make_flag, migrations.RunPython.noop)]
