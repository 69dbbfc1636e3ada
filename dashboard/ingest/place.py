"""How far a file has been imported, kept beside it, so that an import that broke off can go on."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """What is imported up to the byte `end`. `last` is the identity of a call that must be there then."""

    end: int = 0
    line: int = 0
    calls: int = 0
    new: int = 0
    refused: int = 0
    refused_end: int = 0
    last: tuple[str, ...] = ()


class PlaceFile:
    """`FILE.progress`. It counts only for the very bytes that were read, and for the same options."""

    def __init__(self, file: Path, stream: BinaryIO, way: str) -> None:
        self.path = file.with_name(f"{file.name}.progress")
        self.draft = file.with_name(f"{file.name}.progress.new")
        self.is_possible = True
        self.stream, self.way = stream, way
        self._forget_bytes()

    def read(self) -> Place | None:
        try:
            kept = json.loads(self.path.read_text())
            place = Place(**kept["place"] | {"last": tuple(kept["place"]["last"])})
            if kept["read"] == self._digest_to(place.end):
                return place
        except (OSError, ValueError, TypeError, KeyError):
            pass
        self._forget_bytes()
        return None

    def write(self, place: Place) -> None:
        """Replace the place in one step, so that no power cut leaves half of one."""
        kept = {"place": asdict(place), "read": self._digest_to(place.end)}
        with self.draft.open("w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        self.draft.replace(self.path)

    def forget(self) -> None:
        for path in (self.path, self.draft) if self.is_possible else ():
            path.unlink(missing_ok=True)

    def _forget_bytes(self) -> None:
        self._digest, self._digested = hashlib.sha256(self.way.encode()), 0

    def _digest_to(self, end: int) -> str:
        if end < self._digested:
            self._forget_bytes()
        here = self.stream.tell()
        self.stream.seek(self._digested)
        while self._digested < end and (chunk := self.stream.read(min(CHUNK, end - self._digested))):
            self._digest.update(chunk)
            self._digested += len(chunk)
        self.stream.seek(here)
        return self._digest.hexdigest() if self._digested == end else ""
