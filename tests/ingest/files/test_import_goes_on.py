from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from dashboard.calls.models import Call
from dashboard.ingest import importing
from dashboard.ingest.management.commands import import_calls
from dashboard.ingest.place import PlaceFile
from tests.ingest.files.running import content_of, json_lines, row, run

pytestmark = pytest.mark.django_db


class Broken(Exception):
    pass


@pytest.fixture
def breaks(monkeypatch):
    """Let the database go away once, at the n-th batch, and list the sizes of the batches after that."""

    def breaks(at: int) -> list[int]:
        before: list[int] = []
        after: list[int] = []
        record = importing.record_reports

        def failing(reports):
            if len(before) == at:
                after.append(len(reports))
                return record(reports)
            before.append(len(reports))
            if len(before) == at:
                raise OperationalError("the database went away")
            return record(reports)

        monkeypatch.setattr(importing, "record_reports", failing)
        return after

    return breaks


@pytest.mark.parametrize("name", ["calls.csv", "calls.jsonl"])
def test_an_import_that_broke_off_goes_on_where_it_was(write, tmp_path, small_batches, breaks, name):
    file, refused = write(content_of(name, 11) + "bad\n", name), tmp_path / "refused.csv"
    batches = breaks(3)
    broken = run(file, refused=refused)
    assert broken.status == 2 and "the database went away" in broken.told and Call.objects.count() == 6
    rest = run(file, refused=refused)
    assert "Going on behind line" in rest.told
    assert batches == [3, 2]
    assert rest.status == 1 and rest.said == "11 new calls, 0 were there already.\n"
    assert Call.objects.count() == 11
    assert len(refused.read_text().splitlines()) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "refused.csv"])
    assert "Going on" not in run(file, refused=refused).told


def test_a_crash_between_the_database_and_the_place_repeats_one_batch_only(
    write, tmp_path, small_batches, monkeypatch
):
    rows = [json_lines(row(number)) for number in range(9)]
    file = write("".join(["bad\n", *rows[:4], "bad\n", *rows[4:]]))
    refused = tmp_path / "refused.csv"
    keep, kept = PlaceFile.write, []

    def dies(self, place):
        if len(kept) == 1:
            raise Broken
        kept.append(place)
        keep(self, place)

    with monkeypatch.context() as patch, pytest.raises(Broken):
        patch.setattr(PlaceFile, "write", dies)
        run(file, refused=refused)
    assert Call.objects.count() == 4
    rest = run(file, refused=refused)
    assert rest.said == "7 new calls, 2 were there already.\n" and Call.objects.count() == 9
    assert len(refused.read_text().splitlines()) == 3


def test_a_person_can_stop_it(write, small_batches, monkeypatch):
    def stopped(reports):
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "record_reports", stopped)
    told = run(write(json_lines(row(1))))
    assert told.status == 130 and "Run the same command again to go on." in told.told


@pytest.mark.parametrize("change", ["again", "other bytes", "another database", "another option", "no place"])
def test_a_place_counts_only_for_the_same_file_database_and_options(
    write, tmp_path, small_batches, breaks, change
):
    file = write(content_of("calls.jsonl", 9))
    batches = breaks(3)
    run(file)
    options: dict[str, Any] = {}
    if change == "again":
        options["again"] = True
    elif change == "other bytes":
        write(content_of("calls.jsonl", 9).replace("c-0", "d-0"))
    elif change == "another database":
        Call.objects.all().delete()
    elif change == "another option":
        options["environment"] = "staging"
    else:
        (tmp_path / "calls.jsonl.progress").write_text('{"place": {"end": "x"}, "read": ""}')
    rest = run(file, **options)
    assert "Going on" not in rest.told and batches == [3, 3, 3]
    assert rest.status == 0 and Call.objects.count() == (10 if change == "other bytes" else 9)


def test_an_import_that_began_anew_can_break_off_and_go_on_too(write, small_batches, breaks):
    file = write(content_of("calls.jsonl", 12))
    breaks(3)
    run(file)
    Call.objects.all().delete()
    breaks(2)
    assert "Going on" not in run(file).told
    assert "Going on behind line 3." in run(file).told
    assert Call.objects.count() == 12


def test_where_no_place_can_be_kept_the_import_goes_through(write, tmp_path, small_batches):
    file = write(content_of("calls.jsonl", 7))
    (tmp_path / "calls.jsonl.progress.new").mkdir()
    told = run(file)
    assert told.status == 0 and Call.objects.count() == 7
    assert told.told.count("Should the import break off, it begins anew.") == 1


def test_a_file_that_grew_meanwhile_is_read_to_its_new_end(write, small_batches, breaks):
    file = write(content_of("calls.jsonl", 7))
    breaks(3)
    run(file)
    write(content_of("calls.jsonl", 12))
    assert "Going on behind line 6." in run(file).told
    assert Call.objects.count() == 12


def test_a_batch_of_long_lines_is_small(write, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_BYTES", 1_000)
    sizes: list[int] = []
    record = importing.record_reports

    def counted(reports):
        sizes.append(len(reports))
        return record(reports)

    monkeypatch.setattr(importing, "record_reports", counted)
    run(write(json_lines(*(row(number, summary="x" * 600) for number in range(6)))))
    assert sizes == [2, 2, 2]


def test_the_bar_counts_bytes(write, monkeypatch, small_batches):
    shown: list[tuple[int, int]] = []

    class Bar:
        def __init__(self, stream, unit):
            assert unit == "bytes"

        def __call__(self, done, total):
            shown.append((done, total))

        def end(self):
            pass

    monkeypatch.setattr(import_calls, "ProgressBar", Bar)
    file = write(json_lines(*(row(number) for number in range(9))))
    run(file)
    size = file.stat().st_size
    assert shown == [(size // 3, size), (2 * size // 3, size), (size, size)]
