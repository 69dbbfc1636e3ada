"""The lines that an import left out, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from dashboard.ingest.importing import Refused
from dashboard.spreadsheet import guard


class RefusedFile:
    """Begins anew, or goes on behind the byte `end`: what was written after a place was kept is repeated."""

    def __init__(self, path: Path, end: int) -> None:
        goes_on = bool(end) and path.exists() and path.stat().st_size >= end
        if goes_on:
            with path.open("r+b") as file:
                file.truncate(end)
        # Spreadsheets take UTF-8 for it by the mark at the beginning.
        self._file = path.open(
            "a" if goes_on else "w", newline="", encoding="utf-8" if goes_on else "utf-8-sig"
        )
        self._csv = csv.writer(self._file)
        if not goes_on:
            self._csv.writerow(Refused._fields)

    def write(self, refused: Iterable[Refused]) -> int:
        """Write lines and return the place behind them."""
        for line, field, reason in refused:
            self._csv.writerow([line, guard(field), guard(reason)])
        self._file.flush()
        return self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
