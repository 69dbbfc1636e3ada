from __future__ import annotations

import pytest
import requests

from tests.sandbox.conftest import Door

EVENTS = "/api/0/organizations/acme/events/?field=id&project=4505001"
LEGACY = "/api/0/projects/acme/receptionist/events/"
PROJECT = "/api/0/projects/acme/receptionist/"


def ask(door: Door, path: str, authorization: str | None = None, method: str = "GET") -> requests.Response:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return requests.request(method, door.sandbox.url + path, headers=headers, timeout=5)


@pytest.mark.parametrize("path", [EVENTS, LEGACY, PROJECT])
@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("Basic abc", "Authentication credentials were not provided."),
        ("Bearer", "Invalid token header. No credentials provided."),
        ("Bearer wrong", "Invalid token"),
        ("Bearer a b", "Invalid token header. Token string should not contain spaces."),
    ],
)
def test_bad_credentials_are_a_401_that_says_why(door, path, header, detail):
    answer = ask(door, path, header)
    assert (answer.status_code, answer.json()) == (401, {"detail": detail})


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("org:read", EVENTS, 200),
        ("org:admin", EVENTS, 200),
        ("project:read", EVENTS, 403),
        ("org:ci", EVENTS, 403),
        ("project:read", LEGACY, 200),
        ("org:read", LEGACY, 403),
        ("project:write", PROJECT, 200),
        ("org:read", PROJECT, 403),
    ],
)
def test_one_scope_of_the_list_is_enough(door, scope, path, status):
    door.sandbox.tokens["narrow"] = {scope}
    assert ask(door, path, "Bearer narrow").status_code == status


def test_a_missing_scope_is_worded_as_permission(door):
    door.sandbox.tokens["narrow"] = set()
    detail = ask(door, EVENTS, "Bearer narrow").json()["detail"]
    assert detail == "You do not have permission to perform this action."


def test_a_withdrawn_token_is_refused_at_once(door):
    assert door.events().status_code == 200
    del door.sandbox.tokens[door.sandbox.token]
    assert door.events().status_code == 401


@pytest.mark.parametrize(
    "path", ["organizations/nobody/events/", "projects/nobody/x/", "projects/acme/nobody/"]
)
def test_an_unknown_organization_or_project_is_a_404(door, path):
    answer = door.get(f"/api/0/{path}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "The requested resource does not exist"})


def test_a_wrong_path_is_an_empty_404(door):
    answer = door.get("/api/0/organizations/acme/evnets/")
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_missing_slash_is_a_wrong_path(door):
    assert door.get("/api/0/organizations/acme/events").status_code == 404


@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_only_get_is_allowed(door, method):
    assert ask(door, EVENTS, f"Bearer {door.sandbox.token}", method).status_code == 403


def test_the_project_tells_its_number_as_text(any_door):
    body = any_door.get(PROJECT).json()
    assert (body["id"], body["slug"], body["name"]) == ("4505001", "receptionist", "Receptionist")


def test_a_project_is_found_by_number_on_new_servers_only(door, old_door):
    assert door.get("/api/0/projects/acme/4505001/").json()["slug"] == "receptionist"
    assert old_door.get("/api/0/projects/acme/4505001/").status_code == 404


def test_environments_are_those_that_had_an_event(any_door):
    path = "/api/0/projects/acme/receptionist/environments/"
    assert any_door.get(path).json() == []
    any_door.sandbox.add_event(environment="staging")
    assert [row["name"] for row in any_door.get(path).json()] == ["staging"]


def test_every_request_is_noted_with_its_parameters_and_size(door):
    answer = door.events(query="level:error", environment="")
    note = door.sandbox.requests[-1]
    assert (note.method, note.path, note.status) == ("GET", "/api/0/organizations/acme/events/", 200)
    assert note.values("query") == ["level:error"] and note.values("environment") == [""]
    assert note.headers["authorization"].endswith(door.sandbox.token)
    assert note.sent > len(answer.content)


def test_connections_are_kept_and_can_be_counted(door):
    for _ in range(3):
        door.events()
    assert len({note.connection for note in door.sandbox.requests}) == 1
    door.sandbox.clear_requests()
    assert door.sandbox.requests == []
