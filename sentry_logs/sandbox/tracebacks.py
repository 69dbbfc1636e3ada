"""The exceptions of the demo, with the receptionist's source code around them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the receptionist's source: file, function, line number and the lines around it."""

    filename: str
    function: str
    lineno: int
    before: tuple[str, ...]
    line: str
    after: tuple[str, ...] = ()

    def payload(self) -> dict[str, object]:
        """Write the frame as an SDK sends it."""
        return {
            "filename": self.filename,
            "abs_path": f"/srv/receptionist/{self.filename}",
            "module": self.filename.removesuffix(".py").replace("/", "."),
            "function": self.function,
            "lineno": self.lineno,
            "pre_context": list(self.before),
            "context_line": self.line,
            "post_context": list(self.after),
            "in_app": not self.filename.startswith(("asyncio", "httpx")),
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception: its type, where it is raised (outermost frame first), its cause, how it was caught."""

    type: str
    frames: tuple[Frame, ...]
    cause: tuple[str, str] | None = None
    handled: bool = True
    crumbs: tuple[tuple[str, str, str], ...] = ()


RUN = Frame("asyncio/runners.py", "run", 118, (), "return self._loop.run_until_complete(task)")
SEND = Frame("httpx/_client.py", "send", 914, (), "response = self._send_handling_auth(")
SPEAK = Frame(
    "agent/turn.py",
    "speak",
    141,
    ("async def speak(self, reply: str) -> None:",),
    "    audio = self.speech.synthesize(reply)",
    ("    await self.room.play(audio)",),
)
CALL_TOOL = Frame(
    "agent/tools.py",
    "call",
    57,
    ("async def call(self, name: str, arguments: dict) -> Result:",),
    "    return await self.tools[name](**arguments)",
)


def _our(filename: str, function: str, lineno: int, before: str, line: str, after: str = "") -> Frame:
    return Frame(filename, function, lineno, (before,), line, (after,) if after else ())


FAULTS = {
    "speech": Fault(
        "SpeechError",
        (
            RUN,
            SPEAK,
            Frame(
                "agent/speech.py",
                "synthesize",
                88,
                (
                    "for attempt in range(1, self.tries + 1):",
                    "    reply = self.post(text, voice=self.voice)",
                    "    if reply.ok:",
                    "        return reply.audio",
                ),
                'raise SpeechError(f"TTS request failed after {attempt} tries ({reply.status})")',
                ("", "def fallback(self, text: str) -> Audio:"),
            ),
        ),
        ("HTTPError", "503 Service Unavailable"),
        crumbs=(
            ("http", "info", "POST /v1/speech, 503 in 398 ms"),
            ("agent.speech", "warning", "Trying again in 0.5 s"),
            ("http", "info", "POST /v1/speech, 503 in 377 ms"),
        ),
    ),
    "turn": Fault(
        "AgentTurnFailed",
        (
            RUN,
            _our(
                "agent/turn.py",
                "speak",
                149,
                "if not audio:",
                '    raise AgentTurnFailed("nothing to say, turn dropped")',
            ),
        ),
    ),
    "crash": Fault(
        "WorkerCrashed",
        (
            _our(
                "agent/worker.py",
                "watch",
                72,
                "if process.exitcode:",
                "    raise WorkerCrashed(describe(process))",
            ),
        ),
        handled=False,
        crumbs=(("agent.worker", "warning", "Memory at 98 %"),),
    ),
    "calendar": Fault(
        "CalendarTimeout",
        (
            RUN,
            CALL_TOOL,
            _our(
                "tools/calendar.py",
                "move_appointment",
                203,
                "except TimeoutError as error:",
                '    raise CalendarTimeout(f"no answer from the booking service in {wait} s") from error',
            ),
        ),
        ("TimeoutError", "timed out"),
        crumbs=(("http", "info", "PUT /appointments/812, no answer in 8.0 s"),),
    ),
    "transfer": Fault(
        "TransferError",
        (
            RUN,
            _our(
                "telephony/transfer.py", "start", 64, "if leg.status >= 400:", "    raise TransferError(leg)"
            ),
        ),
        crumbs=(("telephony", "info", "INVITE front desk, 486 Busy Here"),),
    ),
    "key": Fault(
        "KeyError",
        (
            RUN,
            CALL_TOOL,
            _our("tools/booking.py", "confirm", 31, "def confirm(slot):", '    key = slot["slot_id"]'),
        ),
        handled=False,
    ),
    "webhook": Fault(
        "WebhookError",
        (
            SEND,
            _our(
                "webhooks/crm.py", "push", 45, "if reply.status_code == 401:", "    raise WebhookError(reply)"
            ),
        ),
        crumbs=(("http", "info", "POST /crm/contacts, 401 in 92 ms"),),
    ),
    "model": Fault(
        "LLMRateLimited",
        (
            RUN,
            SEND,
            _our("agent/model.py", "complete", 119, "if status == 429:", "    raise LLMRateLimited(url)"),
        ),
        crumbs=(("http", "info", "POST /v1/chat/completions, 429 in 55 ms"),),
    ),
    "schema": Fault(
        "SchemaError",
        (_our("webhooks/intake.py", "parse", 22, "for field in unknown:", "    raise SchemaError(field)"),),
    ),
}
