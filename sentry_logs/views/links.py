from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlencode

from django.urls import reverse


def address(path: str, parameters: Mapping[str, object], **changes: object) -> str:
    """Return a path with parameters, without the empty ones: an address says only what was chosen."""
    kept = {
        name: value for name, value in {**parameters, **changes}.items() if value not in ("", None, (), False)
    }
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def link(name: str, parameters: Mapping[str, object], **changes: object) -> str:
    return address(reverse(f"sentry:{name}"), parameters, **changes)


def element_id(correlation_id: str) -> str:
    """Return a name that HTML and CSS take, whatever the id is made of."""
    return f"g-{sha256(correlation_id.encode()).hexdigest()[:12]}"
