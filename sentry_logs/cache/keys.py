from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator

from sentry_logs import answers, whole_event


def _shapes() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for name, kind in sorted((vars(answers) | vars(whole_event)).items()):
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            yield name, [(field.name, str(field.type)) for field in dataclasses.fields(kind)]


# Whoever adds a field to an answer makes new keys by it: no release ever reads what another one wrote. Nor
# does one that masks what it keeps read what an older one has kept in clear.
KEPT_AS = "masked"
SCHEMA = hashlib.sha256(json.dumps([KEPT_AS, *_shapes()]).encode()).hexdigest()[:8]


def versioned(key: str) -> str:
    """Return the name under which an entry is really kept."""
    return f"{key}:{SCHEMA}"


def key_for(*parts: object) -> str:
    """Hash a question to a key that any cache server takes, whatever a person typed into it."""
    return "sentry:" + hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()
