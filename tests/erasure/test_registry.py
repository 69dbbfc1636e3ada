"""Every field that can hold text is either searched when a person is erased, or said to hold no person."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from dashboard.erasure.registry import FIELDS, STAFF_APPS

TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
)


def fields_with_text():
    return {
        model._meta.label: {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, TEXTS) and not getattr(field, "generated", False)
        }
        for model in apps.get_models()
        if model._meta.app_label not in STAFF_APPS
    }


def test_every_field_is_registered():
    found = {label: names for label, names in fields_with_text().items() if names}
    assert found == {label: set(names) for label, names in FIELDS.items()}
