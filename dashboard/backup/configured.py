from __future__ import annotations

from pathlib import Path

from django.conf import settings

from dashboard import database_file
from dashboard.backup.copies import BackupFailed, Database
from dashboard.backup.sqlite import SqliteDatabase


def database() -> Database:
    """Return the database of the settings. Raises BackupFailed for one that cannot be copied."""
    own = settings.DATABASES["default"]
    if "postgresql" in own["ENGINE"]:
        # Only with PostgreSQL is its driver installed.
        from dashboard.backup.postgresql import PostgresDatabase

        return PostgresDatabase(own)
    if (file := database_file.path()) is None:
        raise BackupFailed("This database is in memory only.")
    return SqliteDatabase(file)


def folder() -> Path:
    return Path(settings.BACKUP_FOLDER)
