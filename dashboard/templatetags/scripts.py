from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def script(name: str) -> SafeString:
    """Load a script of ours, and only if it has the very bytes that we meant."""
    return _tag(name) if settings.DEBUG else _remembered(name)


def _tag(name: str) -> SafeString:
    return format_html('<script src="{}" integrity="{}" defer></script>', static(name), _integrity(name))


_remembered = cache(_tag)


def _integrity(name: str) -> str:
    digest = hashlib.sha384(_served(name).read_bytes()).digest()
    return f"sha384-{b64encode(digest).decode()}"


def _served(name: str) -> Path:
    """Return the file that a browser gets; what was collected differs from what was written."""
    if isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return Path(staticfiles_storage.path(staticfiles_storage.stored_name(name)))
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"There is no static file {name}.")
    return Path(found)
