"""Signing in: who is shut out and for how long, and when a session ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories import signed_in

PASSWORD = "a sentence that is long"


def sign_in(password=PASSWORD, *, name="mira", address="192.0.2.1", **more):
    return Client().post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address, **more)


def is_signed_in(client: Client) -> bool:
    return client.get("/calls/").status_code == 200


def test_five_wrong_tries_shut_a_name_for_an_address(mira):
    answers = [sign_in("wrong", headers={"User-Agent": f"browser {number}"}) for number in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    shut = sign_in()
    assert shut.status_code == 429
    assert 0 < int(shut["Retry-After"]) <= 900
    assert b"Too many wrong tries" in shut.content


def test_the_same_name_is_open_from_elsewhere_and_other_names_from_here(mira, lead_user):
    lead_user.set_password(PASSWORD)
    lead_user.save()
    for _try in range(5):
        sign_in("wrong")

    assert sign_in(address="192.0.2.2").status_code == 302
    assert sign_in(name="lena").status_code == 302


def test_it_heals_by_itself_and_tries_meanwhile_do_not_prolong_it(mira, time_machine):
    begin = timezone.now()
    time_machine.move_to(begin, tick=False)
    for _try in range(5):
        sign_in("wrong")
    for minute in (5, 10, 14):
        time_machine.move_to(begin + timedelta(minutes=minute), tick=False)
        assert sign_in("wrong").status_code == 429
    time_machine.move_to(begin + timedelta(minutes=15, seconds=1), tick=False)

    assert sign_in().status_code == 302


def test_the_right_password_forgets_the_wrong_ones(mira):
    for _round in range(2):
        for _try in range(4):
            assert sign_in("wrong").status_code == 200
        assert sign_in().status_code == 302


def test_a_name_that_nobody_has_is_shut_just_the_same(db):
    answers = [sign_in("wrong", name="nobody").status_code for _try in range(6)]

    assert answers == [200, 200, 200, 200, 429, 429]


def test_other_letters_for_the_same_name_count_together(mira):
    for name in ("mira", "\uff4dira", "mi\uff52a", " mira", "mira "):
        answer = sign_in("wrong", name=name)

    assert answer.status_code == 429


def test_a_forged_address_does_not_open_the_door(mira):
    answers = [
        sign_in("wrong", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(6)
    ]

    assert answers[-1] == 429


@pytest.mark.parametrize("name", ["x" * 151, "x" * 8000, "a\x00b", "", "\U0001f600"])
def test_an_odd_name_is_no_error_of_ours(db, name):
    assert sign_in(name=name).status_code == 200


def test_a_session_left_alone_ends_and_a_used_one_does_not(support_user, time_machine):
    begin = timezone.now()
    time_machine.move_to(begin, tick=False)
    client, idle = signed_in(support_user), signed_in(support_user)
    time_machine.move_to(begin + timedelta(hours=11), tick=False)
    assert is_signed_in(client)
    time_machine.move_to(begin + timedelta(hours=13), tick=False)

    assert is_signed_in(client)
    assert not is_signed_in(idle)


def test_a_page_that_only_asks_by_itself_keeps_nobody_signed_in(support_user, time_machine):
    begin = timezone.now()
    client = signed_in(support_user)
    for hour in (4, 8, 11):
        time_machine.move_to(begin + timedelta(hours=hour), tick=False)
        assert client.get("/calls/marks/", {"ids": ""}).status_code in (200, 400)
    time_machine.move_to(begin + timedelta(hours=13), tick=False)

    assert not is_signed_in(client)


def test_a_session_in_daily_use_ends_after_a_week(support_user, time_machine):
    begin = timezone.now()
    client = signed_in(support_user)
    hours = 0
    while hours < 7 * 24 - 8:
        hours += 8
        time_machine.move_to(begin + timedelta(hours=hours), tick=False)
        assert is_signed_in(client)
    time_machine.move_to(begin + timedelta(days=7, minutes=1), tick=False)

    assert not is_signed_in(client)


def test_a_session_that_never_noted_its_begin_is_over(support_user):
    client = signed_in(support_user)
    session = client.session
    del session["began_at"]
    session.save()

    assert not is_signed_in(client)


def test_a_disabled_person_is_out_at_once_and_stays_out_of_that_session(support_user):
    client = signed_in(support_user)
    assert is_signed_in(client)

    support_user.is_active = False
    support_user.save()
    assert client.get("/calls/").status_code == 302
    assert client.get("/calls/marks/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/login/")
    assert client.get("/api/calls").status_code == 401
    support_user.is_active = True
    support_user.save()

    assert not is_signed_in(client)


def test_disabling_many_at_once_ends_their_sessions_at_the_next_request(support_user):
    client = signed_in(support_user)
    User.objects.update(is_active=False)
    assert not is_signed_in(client)
    User.objects.update(is_active=True)

    assert not is_signed_in(client)


def test_a_person_sees_and_ends_the_other_sessions(mira, lead_client):
    client, other = signed_in(mira), signed_in(mira)

    page = client.get("/account/").content.decode()
    client.post("/account/end-others/")

    assert page.count("<tr>") == 3
    assert is_signed_in(client) and not is_signed_in(other) and is_signed_in(lead_client)
    assert Session.objects.count() == 2


def change(client: Client, old: str, new: str, again: str | None = None):
    answer = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/account/password/", answer)


def test_a_changed_password_ends_all_other_sessions(mira):
    client, other = signed_in(mira), signed_in(mira)

    assert change(client, PASSWORD, "another one that is long").status_code == 302

    assert is_signed_in(client) and not is_signed_in(other)
    assert sign_in("another one that is long").status_code == 302


@pytest.mark.parametrize(
    "new", ["elevenchars", "passwordpassword", "mira mira mira m", "dashboard123!", "support sentry"]
)
def test_a_weak_password_is_refused_in_words(mira, new):
    User.objects.update(first_name="mira mira mira")
    client = signed_in(mira)

    response = change(client, PASSWORD, new)

    assert response.status_code == 200 and b"errorlist" in response.content


@pytest.mark.parametrize(
    "new", ["correct horse battery", "\u00fc" * 12 + "\u00e4bc", "483920174658", "x y " * 50]
)
def test_length_decides_and_any_character_counts(mira, new):
    assert change(signed_in(mira), PASSWORD, new).status_code == 302


def test_guessing_the_old_password_is_stopped_as_well(mira):
    client = signed_in(mira)

    answers = [change(client, "wrong", "correct horse battery").status_code for _try in range(6)]

    assert answers == [200, 200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("<script>alert(1)</script>", "Not said"),
    ],
)
def test_a_session_names_its_browser_in_known_words(mira, said, shown):
    page = Client(headers={"User-Agent": said})
    page.post("/login/", {"username": "mira", "password": PASSWORD})

    assert f"<td>{shown}</td>" in page.get("/account/").content.decode()


def test_an_administrator_lets_somebody_in_sooner(mira, admin_client):
    for _try in range(5):
        sign_in("wrong")
    action = {"action": "let_try", "_selected_action": [str(mira.pk)]}

    page = admin_client.post("/admin/auth/user/", action, follow=True).content.decode()

    assert "Shut addresses opened: 1." in page and sign_in().status_code == 302
