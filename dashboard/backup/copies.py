"""Copies of the database, each proven by restoring it into a scratch database before it is called one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

Progress = Callable[[int, int], None]
Counts = dict[str, int]
NAME = re.compile(r"dashboard-\d{8}T\d{6}Z(?:-\d+)?\.(?:sqlite3|dump)")


class BackupFailed(Exception):
    """No copy was made, or it is none; the message says why, in words and without secrets."""


class Database(Protocol):
    """One kind of database: how it is copied, proven and put back."""

    @property
    def suffix(self) -> str: ...

    def copy_to(self, file: Path, progress: Progress) -> None: ...

    def counts_of(self, file: Path) -> Counts:
        """Restore a copy into a scratch database, check it, and return how many rows each table has."""

    def restore(self, file: Path, progress: Progress) -> None: ...

    def is_empty(self) -> bool: ...


@dataclass(frozen=True)
class Copy:
    file: Path
    counts: Counts

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def make(database: Database, folder: Path, now: datetime, progress: Progress) -> Copy:
    """Make a copy that only its owner can read and prove it; what is not proven does not get its name."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = _free_name(folder, now, database.suffix)
    with _private(file.with_name(f".{file.name}.partial")) as partial:
        database.copy_to(partial, progress)
        counts = database.counts_of(partial)
        _to_disk(partial)
        partial.rename(file)
        _to_disk(folder)
    return Copy(file, counts)


def kept(folder: Path) -> list[Path]:
    """Return the copies in a folder, the newest first."""
    found = [path for path in folder.glob("dashboard-*") if NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def drop_older(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest copies, and what a killed backup has left; return the copies deleted."""
    dropped = kept(folder)[keep:]
    for path in [*dropped, *folder.glob(".dashboard-*.partial*")]:
        path.unlink(missing_ok=True)
    return dropped


def _free_name(folder: Path, now: datetime, suffix: str) -> Path:
    moment = f"dashboard-{now:%Y%m%dT%H%M%SZ}"
    names = [f"{moment}{suffix}", *(f"{moment}-{number}{suffix}" for number in range(2, 1000))]
    return next(folder / name for name in names if not (folder / name).exists())


@contextmanager
def _private(partial: Path) -> Iterator[Path]:
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield partial
    finally:
        for path in partial.parent.glob(f"{partial.name}*"):
            with suppress(FileNotFoundError):
                path.unlink()


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
