"""The audit trail: rows that are only ever added, each sealed with the one before it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from dashboard.audit.events import REFUSALS, Event, Result

LONGEST_NAME = 150
LONGEST_REASON = 500
LONGEST_DETAIL = 500


class AppendOnly(Exception):
    """Somebody tried to change or delete a row of the trail."""

    def __init__(self) -> None:
        super().__init__("Rows of the audit trail are added by dashboard.audit.record, and never changed.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnly

    create = get_or_create = update_or_create = _refuse
    bulk_create = bulk_update = update = delete = _refuse


class AppendOnlyModel(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly


class Entry(AppendOnlyModel):
    """Who did what, when, from where, to which call, and how it ended."""

    # No foreign keys: a row outlives the person and the call that it names.
    day = models.DateField(help_text="In UTC.")
    number = models.PositiveIntegerField(help_text="Counted from 1 each day, without a gap.")
    at = models.DateTimeField()
    # Without `choices`: a new event needs no migration.
    event = models.CharField(max_length=30)
    result = models.CharField(max_length=10, default=Result.DONE)
    person_id = models.BigIntegerField(null=True, blank=True)
    who = models.CharField(
        max_length=LONGEST_NAME + 10, blank=True, help_text="A person, a key, or the system."
    )
    role = models.CharField(max_length=LONGEST_NAME, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    session = models.CharField(
        max_length=32, blank=True, help_text="A hash, by which one session is followed."
    )
    door = models.CharField(max_length=100, blank=True)
    call_id = models.UUIDField(null=True, blank=True)
    fields = models.JSONField(default=list, help_text="The names of what was shown or changed.")
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    detail = models.CharField(max_length=LONGEST_DETAIL, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    hash = models.CharField(max_length=64, help_text="Seals this row and all before it.")

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="one_row_a_number")]
        indexes = [
            models.Index(fields=["call_id", "-id"], name="entry_of_call"),
            models.Index(fields=["person_id", "-id"], name="entry_of_person"),
            models.Index(fields=["event", "-id"], name="entry_of_event"),
            models.Index(fields=["who", "-id"], name="entry_of_name"),
            models.Index(fields=["request_id"], name="entry_of_request"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.number}: {self.what} ({self.who or 'nobody'})"

    @property
    def what(self) -> str:
        return Event(self.event).label if self.event in Event else self.event

    @property
    def ending(self) -> str:
        return Result(self.result).label if self.result in Result else self.result

    @property
    def went_wrong(self) -> bool:
        """Whether the ending says more than the event itself."""
        return self.result not in (Result.DONE, Result.SHOWN) and self.event not in REFUSALS

    @property
    def short_call(self) -> str:
        return str(self.call_id)[:8] if self.call_id else ""


class Chain(models.Model):
    """The end of the chain, in one row: whoever adds an entry holds it, and a trigger moves it on."""

    day = models.DateField()
    number = models.PositiveIntegerField()
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.day} #{self.number}"


class Seal(AppendOnlyModel):
    """What is left of a day whose entries were too old to keep: enough to verify the days after it."""

    day = models.DateField(primary_key=True)
    entries = models.PositiveIntegerField()
    hash = models.CharField(max_length=64, help_text="Of the day's last entry.")
    pruned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}: {self.entries} entries"
