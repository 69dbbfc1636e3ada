"""The file of a SQLite database: where it is, that it is still the same one, and what it must not lie on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.core.signals import request_started
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

# Locks do not hold on these, and a lock that does not hold breaks the file.
# https://www.sqlite.org/howtocorrupt.html#_filesystems_with_broken_or_missing_lock_implementations
OF_THE_NETWORK = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.", "beegfs")
MOUNTS = Path("/proc/self/mounts")

Identity = tuple[int, int]


def path() -> Path | None:
    """Return the file of the database, or None where it is PostgreSQL or in memory."""
    database = settings.DATABASES["default"]
    name = str(database["NAME"])
    if "sqlite" not in database["ENGINE"] or ":memory:" in name or "mode=memory" in name:
        return None
    return Path(unquote(name.removeprefix("file:").partition("?")[0]) if name.startswith("file:") else name)


def never_make_one() -> None:
    """Let this process open the database only where there is one.

    SQLite would make an empty file for one that was moved away, and drop the changes beside it that the
    moved one still needs.
    """
    if (file := path()) is not None:
        settings.DATABASES["default"]["NAME"] = f"file:{quote(str(file))}?mode=rw"


@receiver(connection_created)
def _remember(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    connection.of_file = _identity()  # type: ignore[attr-defined]  # ours, for the next receiver


@receiver(request_started)
def _let_go_of_another(**kwargs: Any) -> None:
    """Close a connection whose file was moved or restored: what it stores would be nowhere."""
    for connection in connections.all(initialized_only=True):
        is_idle = connection.connection is not None and not connection.in_atomic_block
        if is_idle and connection.vendor == "sqlite" and getattr(connection, "of_file", None) != _identity():
            connection.close()


def _identity() -> Identity | None:
    file = path()
    try:
        status = file.stat() if file else None
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status else None


@register(Tags.files)
def file_is_on_a_disk_of_this_machine(**kwargs: Any) -> list[CheckMessage]:
    file = path()
    kind = _file_system(file) if file else ""
    if not kind.startswith(OF_THE_NETWORK):
        return []
    return [
        Warning(
            f"The SQLite database lies on a network file system ({kind}), where its locks do not hold.",
            hint="Put it on a disk of this machine, or use PostgreSQL.",
            id="dashboard.W002",
        )
    ]


def _file_system(file: Path) -> str:
    """Return the kind of file system that a file is on, as the kernel calls it, or nothing."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return ""
    folder = os.path.realpath(file.parent)
    fields = [line.split(" ") for line in lines]
    above = [(place, kind) for _device, place, kind, *_rest in fields if _is_within(folder, place)]
    return max(above, key=lambda one: len(one[0]))[1] if above else ""


def _is_within(folder: str, place: str) -> bool:
    return place == "/" or folder == place or folder.startswith(f"{place}/")
