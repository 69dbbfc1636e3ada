"""What the admin's pages let an administrator do to what machines bring."""

from __future__ import annotations

import pytest

from dashboard.calls.models import Call
from dashboard.ingest.models import Delivery, Refusal, UnknownReason
from dashboard.keys.models import ApiKey
from tests.access.world import plant

OF_MACHINES = [ApiKey, Call, Delivery, Refusal, UnknownReason]


@pytest.mark.parametrize("model", OF_MACHINES)
def test_rows_of_machines_are_shown_and_neither_changed_nor_deleted_nor_made(admin_client, model):
    thing = plant(model)
    before = list(model.objects.values())
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}"

    assert admin_client.get(f"{place}/{thing.pk}/change/").status_code == 200
    for path in (f"{thing.pk}/change/", f"{thing.pk}/delete/", "add/"):
        assert admin_client.post(f"{place}/{path}", {"post": "yes"}).status_code == 403
    admin_client.post(
        f"{place}/", {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
    )

    assert list(model.objects.values()) == before
