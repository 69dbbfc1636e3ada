"""Files of calls, CSV or JSON Lines, read as one CallIn object a call."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, NamedTuple

from dashboard.ingest.lines import LONGEST_LINE, UTF_16, Line, LineRefused, Lines
from dashboard.ingest.posted import NotJson, read_json
from dashboard.ingest.schema import READ_ONLY, CallIn
from dashboard.spreadsheet import unguard

DELIMITERS = ",;\t"
JSON_CELLS = frozenset({"transcript", "toolCalls", "cost", "latency", "metadata", "aliases"})
COST_CELLS = {"costAmount": "amount", "costCurrency": "currency"}
FLAGS = {"true": True, "false": False}

_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")


class NotUsable(Exception):
    """The whole file cannot be read; the text says why."""


class Told(NamedTuple):
    """What one line, or several with a quoted cell, tells of a call; `end` is the place behind it."""

    line: int
    last_line: int
    end: int
    facts: dict[str, Any]
    refused: str = ""


def format_of(name: str, beginning: bytes) -> str:
    """Return csv or jsonl, by the name of the file or else by its first character."""
    if name.lower().endswith((".jsonl", ".ndjson")):
        return "jsonl"
    if name.lower().endswith((".csv", ".tsv")):
        return "csv"
    return "jsonl" if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "csv"


def read_calls(
    stream: BufferedReader, kind: str, place: int, line: int, say: Callable[[str], None]
) -> Iterator[Told]:
    """Read a file from a place on; `say` is told which columns are not used. Raises NotUsable."""
    if stream.peek(2).startswith(UTF_16):
        raise NotUsable("The file is UTF-16. Save it as UTF-8.")
    if stream.peek(64).lstrip().startswith(b"["):
        raise NotUsable("The file is one JSON list. Put each call on a line of its own: jq -c '.[]'.")
    lines = Lines(stream)
    if kind == "jsonl":
        return read_jsonl(Lines(stream, place, line) if place else lines)
    header = read_header(lines)
    if header.unused:
        say(f"Columns that are not used: {', '.join(header.unused)}.")
    return header.read(Lines(stream, place, line) if place else lines)


def read_jsonl(lines: Lines) -> Iterator[Told]:
    for line in lines:
        try:
            if line.text.strip():
                yield Told(line.number, line.number, line.end, _object(line))
        except LineRefused as reason:
            yield Told(line.number, line.number, line.end, {}, str(reason))


def _object(line: Line) -> dict[str, Any]:
    try:
        facts = read_json(line.data)
    except NotJson as reason:
        raise LineRefused(str(reason).replace("The body", "The line", 1)) from None
    if not isinstance(facts, dict):
        raise LineRefused("The line is not a JSON object.")
    return _as_reported(facts)


def _as_reported(facts: dict[str, Any]) -> dict[str, Any]:
    """Let what an export says count from when it last changed, so that an old one never beats newer news."""
    updated = facts.get("updatedAt")
    return {"reportedAt": updated} | facts if updated else facts


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a CSV file by the names of CallIn; None for a column that is not used."""

    names: tuple[str | None, ...]
    unused: tuple[str, ...]
    delimiter: str

    def read(self, lines: Lines) -> Iterator[Told]:
        """Read what follows the header."""
        while (record := _next_record(lines, self.delimiter)) is not None:
            first, last, cells, reason = record
            if not cells and not reason:
                continue
            if cells and len(cells) != len(self.names):
                reason = f"The line has {len(cells):,} cells, the header has {len(self.names):,}."
            yield Told(first.number, last.number, last.end, {} if reason else self._facts(cells), reason)

    def _facts(self, cells: Iterable[str]) -> dict[str, Any]:
        said = {
            name: _value(name, unguard(cell)) for name, cell in zip(self.names, cells, strict=True) if name
        }
        told = {name: value for name, value in said.items() if value != ""}
        cost = {part: told.pop(cell) for cell, part in COST_CELLS.items() if cell in told}
        return _as_reported(told | ({"cost": cost} if cost else {}))


def read_header(lines: Lines) -> Header:
    """Read the first line; raise NotUsable unless it names the columns of a file of calls."""
    first = next(lines, None)
    if first is None:
        raise NotUsable("The file is empty.")
    try:
        delimiter = max(DELIMITERS, key=first.text.count)
    except LineRefused as reason:
        raise NotUsable(f"The header cannot be read. {reason}") from reason
    lines.put_back([first])
    record = _next_record(lines, delimiter)
    if record is None or record[3]:
        raise NotUsable(f"The header cannot be read. {record[3] if record else ''}".strip())
    columns = [unguard(cell).strip() for cell in record[2]]
    names = tuple(KNOWN.get(_bare(column)) for column in columns)
    if "platformCallId" not in names:
        raise NotUsable("The first line must name the columns, and one of them must be platformCallId.")
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise NotUsable(f"The header names {', '.join(sorted(twice))} more than once.")
    unused = tuple(column for column, name in zip(columns, names, strict=True) if name is None)
    return Header(names, unused, delimiter)


def _bare(column: str) -> str:
    """Platform call id, platform_call_id and platformCallId are one name."""
    return re.sub(r"[\W_]", "", column).lower()


KNOWN = {
    _bare(name): name
    for name in (
        *(field.alias or name for name, field in CallIn.model_fields.items()),
        *COST_CELLS,
        *READ_ONLY,
    )
}


def _value(name: str, cell: str) -> Any:
    """Return what a cell means; what it cannot mean stays text and is refused by the schema."""
    if name == "durationMs" and _WHOLE_NUMBER.fullmatch(cell):
        return int(cell)
    if name == "success":
        return FLAGS.get(cell.lower(), cell)
    if name in JSON_CELLS and cell:
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    return cell


def _next_record(lines: Lines, delimiter: str) -> tuple[Line, Line, list[str], str] | None:
    """Return the first and last line of a record, and its cells or why it has none; None at the end.

    Of a record whose quotes do not match only the first line is refused, and the next one begins anew.
    """
    taken: list[Line] = []
    reason = ""
    cells: list[str] = []
    try:
        cells = next(csv.reader(_texts(lines, taken), delimiter=delimiter, strict=True), [])
    except LineRefused as refused:
        reason = str(refused) if len(taken) == 1 else "A quote is opened and not closed."
    except csv.Error as error:
        reason = _words(error)
    if not taken:
        return None
    if reason:
        lines.put_back(taken[1:])
        del taken[1:]
    return taken[0], taken[-1], cells, reason


def _texts(lines: Lines, taken: list[Line]) -> Iterator[str]:
    size = 0
    for line in lines:
        taken.append(line)
        size += len(line.data)
        if size > LONGEST_LINE and len(taken) > 1:
            raise LineRefused
        yield line.text


def _words(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"A cell has more than {csv.field_size_limit():,} characters, or its quote is not closed."
    if "new-line" in str(error):
        return "The lines end in CR alone. Save the file with LF or CRLF."
    return "The quotes do not match."
