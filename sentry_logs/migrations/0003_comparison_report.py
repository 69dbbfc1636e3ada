from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sentry_logs", "0002_kept_marks")]

    operations = [
        migrations.CreateModel(
            name="ComparisonReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("environment", models.CharField(max_length=64, unique=True)),
                ("period", models.CharField(max_length=10)),
                ("made_at", models.DateTimeField()),
                ("report", models.JSONField()),
            ],
        ),
    ]
