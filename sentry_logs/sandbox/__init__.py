"""A stand-in for the parts of Sentry that the dashboard uses: faithful, pedantic, in memory.

    with start_sandbox() as sandbox:
        sandbox.add_event(correlation_id="call_1", title="KeyError: 'slot_id'")
        ask(sandbox.url, sandbox.token)

It is plain WSGI and knows neither Django nor the dashboard's own Sentry client.
"""

from __future__ import annotations

from sentry_logs.sandbox.running import Sandbox, start_sandbox

__all__ = ["Sandbox", "start_sandbox"]
