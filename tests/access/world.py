"""A house with one of everything in it, a marker in every text, and the people who try its doors."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.utils import timezone

from dashboard.audit.record import Event, record
from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.evidence.models import Evidence
from dashboard.ingest.models import Delivery
from dashboard.keys.models import ApiKey
from dashboard.people.roles import Role
from sentry_logs.sandbox import Sandbox
from tests.factories import make_call, make_person, signed_in

Field = models.Field[Any, Any] if TYPE_CHECKING else models.Field
CANARY = "PII-CANARY-7f3a"
CORRELATION_ID = "call-of-a-person"
ELSEWHERE = "call-elsewhere"
PASSWORD = "a long password of a person"  # nobody's


@dataclass
class World:
    """`things` is one saved object a model; `clients` one client an asker, by the columns of the file."""

    call: Call
    event_id: str = ""
    things: dict[type[models.Model], models.Model] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def argument(self, door: str, name: str) -> object:
        """Return a value for one part of an address."""
        if name == "evidence":
            return self.things[Evidence].pk
        if door == "reveal:delivery":
            return self.things[Delivery].pk
        if name in ("object_id", "id"):
            return self._of_admin(door).pk
        return {
            "pk": self.call.pk,
            "platform": "vapi",
            "environment": "production",
            "platform_call_id": self.call.platform_call_id,
            "app_label": "calls",
            "content_type_id": 1,
            "url": "nothing",
            "text": "a-ticket-of-nobody",
            "project": "receptionist",
            "event_id": self.event_id,
        }[name]

    def _of_admin(self, door: str) -> models.Model:
        """Find the thing that a page of the admin is about, by the name or the route of its door."""
        for model, thing in self.things.items():
            label, name = model._meta.app_label, model._meta.model_name
            if door.startswith((f"admin:{label}_{name}_", f"admin/{label}/{name}/")):
                return thing
        return self.call


def build(sandbox: Sandbox) -> World:
    now = timezone.now()
    call = plant(
        Call, platform="vapi", platform_call_id=CORRELATION_ID, started_at=now - timedelta(minutes=5)
    )
    plant(CallDetail, call=call, recording_url=f"https://recordings.example/{CANARY}.mp3")
    make_call(platform_call_id=ELSEWHERE, environment="staging", line=CANARY)
    event_id = sandbox.add_event(
        correlation_id=CORRELATION_ID,
        title=CANARY,
        message=CANARY,
        timestamp=now,
        user={"email": f"{CANARY}@x.example"},
    )
    world = World(call=call, event_id=event_id)
    world.people = {
        "none": make_person("noel", None),
        "agent": make_person("mira", Role.AGENT),
        "lead": make_person("lena", Role.LEAD),
        "admin": make_person("ada", Role.ADMINISTRATOR),
    }
    world.clients = {"anon": Client(), **{name: signed_in(who) for name, who in world.people.items()}}
    for scope in ("read", "ingest"):
        key, world.secrets[scope] = ApiKey.create(scope, scope)
        world.clients[scope] = Client(headers={"Authorization": f"Bearer {world.secrets[scope]}"})
    plant(Delivery, call=call, verdict=Delivery.Verdict.RECORDED)
    record(Event.CALL_OPENED, call=call, detail=CANARY)
    world.things = {Call: call, User: make_person(CANARY)}
    for model in [*admin.site._registry, CallAlias, Evidence]:
        if model not in world.things:
            world.things[model] = plant(model, call=call)
    return world


def plant(model: type[models.Model], **facts: Any) -> Any:
    """Save one object with the marker in every text that may hold any."""
    if existing := model._default_manager.first():
        return existing
    said: dict[str, Any] = {}
    for spot in model._meta.concrete_fields:
        if spot.name in facts:
            said[spot.name] = facts[spot.name]
        elif spot.name == "call_id" and "call" in facts:
            said[spot.name] = facts["call"].pk
        elif _is_free_text(spot) or _must_be_given(spot):
            said[spot.name] = _value(spot)
    return model._default_manager.create(**said)


def _is_free_text(spot: Field) -> bool:
    computed = spot.primary_key or spot.generated or spot.choices
    return isinstance(spot, models.CharField | models.TextField) and not computed


def _must_be_given(spot: Field) -> bool:
    filled = spot.primary_key or spot.generated or spot.has_default() or spot.has_db_default()
    return not filled and not spot.null


def _value(spot: Field) -> object:
    if spot.choices:
        return next(value for value, _label in spot.flatchoices)
    if spot.name == "environment":
        return "production"
    make: Callable[[], object]
    for kind, make in VALUES.items():
        if isinstance(spot, kind):
            return make()
    return CANARY[: spot.max_length]


VALUES: dict[Any, Callable[[], object]] = {
    models.DateTimeField: timezone.now,
    models.DateField: lambda: timezone.now().date(),
    models.UUIDField: uuid.uuid4,
    models.BooleanField: lambda: False,
    models.IntegerField | models.DecimalField | models.FloatField: lambda: 1,
    models.JSONField: lambda: [CANARY],
    models.BinaryField: lambda: CANARY.encode(),
    models.GenericIPAddressField: lambda: "192.0.2.1",
    models.ForeignKey: lambda: None,
}
