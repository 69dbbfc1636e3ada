"""A call as it leaves this room: pages, lists, files and JSON get its personal values masked.

Whoever forgets a filter in a template then shows less, not more. Behind a Masked text its clear one is kept
for `dashboard.reveal`; what is not one text has no way back from here.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.phone import NO_NUMBER, mask
from sentry_logs.masking import DOTS, Masked, mask_json, mask_text, names_in

RECORDING = f"[recording {DOTS}]"


def masked_number(number: str) -> Masked:
    return Masked(number, mask(number))


def is_masked(value: Any) -> bool:
    """Whether JSON was given out by this room, with something hidden in it."""
    if isinstance(value, str):
        return DOTS in value or value in NO_NUMBER
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(map(is_masked, items))


class ShownDetail:
    """The rest of a call, for its page: texts and what holds texts is masked, all else as it is."""

    def __init__(self, detail: CallDetail) -> None:
        self._detail = detail

    def __getattr__(self, name: str) -> Any:
        return getattr(self._detail, name)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of people that tools were given and senders attached, to be hidden in all else."""
        return frozenset((*names_in(self._detail.tool_calls), *names_in(self._detail.metadata)))

    @property
    def transcript(self) -> Any:
        return mask_json(self._detail.transcript, self.names)

    @property
    def tool_calls(self) -> Any:
        return mask_json(self._detail.tool_calls, self.names)

    @property
    def metadata(self) -> Any:
        return mask_json(self._detail.metadata, self.names)

    @property
    def summary(self) -> Masked:
        return Masked(self._detail.summary, mask_text(self._detail.summary, self.names))

    @property
    def transfer_to(self) -> Masked | str:
        return masked_number(self._detail.transfer_to) if self._detail.transfer_to else ""

    @property
    def recording_url(self) -> str:
        return RECORDING if self._detail.recording_url else ""

    @property
    def has_recording(self) -> bool:
        return bool(self._detail.recording_link)

    recording_link = recording_url


class ShownCall:
    """A call for everybody who may see calls."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    @property
    def from_number(self) -> Masked:
        return masked_number(self._call.from_number)

    @property
    def to_number(self) -> Masked:
        return masked_number(self._call.to_number)

    @property
    def person_number(self) -> Masked:
        return masked_number(self._call.person_number)

    from_last4 = to_last4 = DOTS

    @property
    def ended_reason_raw(self) -> Masked:
        return Masked(self._call.ended_reason_raw, mask_text(self._call.ended_reason_raw))

    @cached_property
    def detail(self) -> ShownDetail:
        # A call that was never told of in detail has no such row.
        return ShownDetail(getattr(self._call, "detail", None) or CallDetail(call=self._call))
