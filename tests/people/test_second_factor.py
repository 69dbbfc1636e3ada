"""The second factor: setting it up, signing in with it, doing without, and who must have one."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories import make_call, signed_in
from tests.people.test_sign_in import PASSWORD, is_signed_in, sign_in

PAGE = "/account/second-factor/"


def enrol(client: Client) -> tuple[str, list[str]]:
    """Set up an app as a person does; return its key and the recovery codes."""
    html = client.get(PAGE).content.decode()
    signed = re.search(r'name="key" value="([^"]+)"', html)[1]
    spelled = re.search(r"<code>([A-Z2-7 ]+)</code>", html)[1].replace(" ", "")
    key = base64.b32decode(spelled).hex()
    page = client.post(PAGE, {"key": signed, "code": code_of(key)}).content.decode()
    return key, re.findall(r"<code>([a-z2-9-]{14})</code>", page)


def code_of(key: str, steps: int = 0) -> str:
    return f"{totp(bytes.fromhex(key), drift=steps):06}"


def begin(code: str | None = None, *, next_page: str = "/logs/"):
    """Give the password, and the code if there is one; return the browser and the last answer."""
    client = Client()
    answer = client.post("/login/", {"username": "mira", "password": PASSWORD, "next": next_page})
    assert answer["Location"] == "/login/code/"
    return client, client.post("/login/code/", {"code": code}) if code is not None else answer


@pytest.fixture
def enrolled(mira):
    key, codes = enrol(signed_in(mira))
    assert len(codes) == 10
    TOTPDevice.objects.update(last_t=-1)  # As if it had been a while ago.
    return key, codes


def test_with_a_second_factor_the_password_alone_opens_nothing(enrolled):
    client, answer = begin()

    assert answer["Location"] == "/login/code/"
    assert not is_signed_in(client)
    assert client.get("/api/calls").status_code == 401


def test_password_and_code_lead_to_the_wanted_page(enrolled):
    client, answer = begin(code_of(enrolled[0]))

    assert answer["Location"] == "/logs/" and is_signed_in(client)


def test_a_code_is_good_once(enrolled):
    code = code_of(enrolled[0])
    begin(code)
    client, answer = begin(code)

    assert answer.status_code == 200 and not is_signed_in(client)
    assert b"This code is not right" in answer.content


@pytest.mark.parametrize("written", [str, str.upper, lambda shown: shown.replace("-", " ")])
def test_a_recovery_code_is_good_once_and_not_kept_readable(enrolled, written):
    shown = enrolled[1][3]
    code = written(shown)
    assert not StaticToken.objects.filter(token__icontains=shown[:4]).exists()

    client, _answer = begin(code)
    assert is_signed_in(client)
    again, _answer = begin(code)

    assert not is_signed_in(again)
    assert StaticToken.objects.count() == 9


@pytest.mark.parametrize(
    "code", ["", "000000", "abcdefghjkmn", "\u0661\u0662\u0663\u0664\u0665\u0666", "1" * 4000, "\x00", "-1"]
)
def test_a_wrong_code_opens_nothing(enrolled, code):
    client, answer = begin(code)

    assert answer.status_code == 200 and not is_signed_in(client)


def test_five_wrong_codes_shut_the_name_as_wrong_passwords_do(enrolled):
    client, answer = begin("000000")
    for _try in range(4):
        answer = client.post("/login/code/", {"code": "000000"})

    assert answer.status_code == 429
    assert sign_in(address="127.0.0.1").status_code == 429


def test_who_waits_too_long_begins_again(enrolled, time_machine):
    client, _answer = begin()
    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    assert client.get("/login/code/")["Location"] == "/login/"
    assert client.post("/login/code/", {"code": code_of(enrolled[0])})["Location"] == "/login/"


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_is_disabled_or_has_a_new_password_meanwhile_begins_again(enrolled, change):
    client, _answer = begin()
    User.objects.update(**change)

    assert client.post("/login/code/", {"code": code_of(enrolled[0])})["Location"] == "/login/"


def test_setting_it_up_ends_the_other_sessions(mira):
    client, other = signed_in(mira), signed_in(mira)
    enrol(client)

    assert is_signed_in(client) and not is_signed_in(other)


@pytest.mark.parametrize("code", ["", "12", "letters", "\u0661\u0662\u0663"])
def test_a_code_that_does_not_fit_sets_nothing_up(support_client, code):
    html = support_client.get(PAGE).content.decode()
    signed = re.search(r'name="key" value="([^"]+)"', html)[1]

    answer = support_client.post(PAGE, {"key": signed, "code": code})

    assert b"does not fit" in answer.content and not TOTPDevice.objects.exists()
    assert signed in answer.content.decode(), "the code that was scanned must stay good"


def test_the_key_of_another_person_or_of_yesterday_sets_nothing_up(support_client, lead_client, time_machine):
    html = support_client.get(PAGE).content.decode()
    signed = re.search(r'name="key" value="([^"]+)"', html)[1]
    assert b"open for too long" in lead_client.post(PAGE, {"key": signed, "code": "000000"}).content
    time_machine.move_to(timezone.now() + timedelta(minutes=14, seconds=59))
    time_machine.move_to(timezone.now() + timedelta(seconds=2))
    answer = support_client.post(PAGE, {"key": signed, "code": "000000"}, follow=True)

    assert not TOTPDevice.objects.exists() and answer.status_code == 200


def test_it_can_be_removed_unless_the_role_needs_it(mira, settings):
    client = signed_in(mira)
    enrol(client)
    settings.SECOND_FACTOR_ROLES = ["agent"]
    client.post("/account/second-factor/remove/")
    assert TOTPDevice.objects.exists()
    settings.SECOND_FACTOR_ROLES = []
    client.post("/account/second-factor/remove/")

    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()


def test_new_recovery_codes_take_the_place_of_the_old(mira):
    client = signed_in(mira)
    _key, codes = enrol(client)

    page = client.post("/account/second-factor/codes/").content.decode()

    assert StaticToken.objects.count() == 10
    assert not set(codes) & set(re.findall(r"<code>([a-z2-9-]{14})</code>", page))


def test_a_role_that_needs_one_gets_nowhere_without(admin_client, support_client, settings):
    settings.SECOND_FACTOR_ROLES = ["administrator"]

    for url in ("/calls/", "/admin/", "/admin/keys/apikey/", "/logs/check/", "/account/"):
        assert admin_client.get(url)["Location"] == PAGE
    assert admin_client.get("/calls/marks/", headers={"HX-Request": "true"})["HX-Redirect"] == PAGE
    assert admin_client.get("/api/calls").json()["error"]["code"] == "second_factor_needed"
    assert support_client.get("/calls/").status_code == 200
    enrol(admin_client)
    assert admin_client.get("/admin/").status_code == 200


def test_the_admin_has_no_sign_in_of_its_own(mira):
    assert Client().get("/admin/login/?next=/admin/keys/")["Location"] == "/login/?next=/admin/keys/"
    posted = Client().post("/admin/login/?next=//evil.example/", {"username": "mira", "password": PASSWORD})
    assert posted["Location"] == "/login/?next=/admin/"
    assert signed_in(mira).get("/admin/login/").status_code == 403


def test_the_admin_shows_nobodys_key_and_takes_a_factor_away(admin_client, enrolled):
    assert admin_client.get("/admin/otp_totp/totpdevice/").status_code == 404

    chosen = [str(User.objects.get(username="mira").pk)]
    action = {"action": "reset_second_factor", "_selected_action": chosen}
    page = admin_client.post("/admin/auth/user/", action, follow=True).content.decode()

    assert "Taken away: mira." in page and not TOTPDevice.objects.exists()


KEYS = "/admin/keys/apikey/"


def later(time_machine, **length):
    time_machine.move_to(timezone.now() + timedelta(**length))


@pytest.mark.parametrize(
    ("method", "url"),
    [("get", "/admin/auth/user/add/"), ("post", KEYS), ("post", "/admin/auth/user/"), ("get", PAGE)],
)
def test_a_quarter_of_an_hour_later_it_is_asked_again(admin_client, time_machine, method, url):
    later(time_machine, minutes=14)
    assert "confirm" not in getattr(admin_client, method)(url).headers.get("Location", "")
    later(time_machine, minutes=2)

    answer = getattr(admin_client, method)(url)

    assert answer["Location"] == f"/account/confirm/?next={url}"


def test_reading_the_list_of_keys_needs_no_proof(admin_client, time_machine):
    later(time_machine, hours=1)

    assert admin_client.get(KEYS).status_code == 200


def test_the_password_proves_it_and_leads_on(admin_user, admin_client, time_machine):
    admin_user.set_password(PASSWORD)
    admin_user.save()
    client = signed_in(admin_user)
    later(time_machine, hours=1)
    page = "/account/confirm/"
    assert b"not your password" in client.post(page, {"password": "wrong", "next": KEYS}).content

    assert client.post(page, {"password": PASSWORD, "next": KEYS})["Location"] == KEYS
    assert client.get("/admin/auth/user/add/").status_code == 200


def test_who_has_a_second_factor_proves_it_by_that(mira, time_machine):
    client = signed_in(mira)
    key, _codes = enrol(client)
    later(time_machine, hours=1)

    assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 200
    later(time_machine, minutes=1)
    assert client.post("/account/confirm/", {"code": code_of(key)})["Location"] == "/account/"


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "/\\evil.example", "data:x"])
def test_the_question_leads_to_our_own_pages_only(mira, page):
    answer = signed_in(mira).post("/account/confirm/", {"password": PASSWORD, "next": page})

    assert answer["Location"] == "/account/"


def test_where_it_is_asked_for_a_password_alone_reveals_nothing(lead_user, settings):
    client = signed_in(lead_user)
    page = f"/reveal/call/{make_call().pk}/"
    without = client.get(page).status_code
    settings.SECOND_FACTOR_FOR_REVEAL = True
    assert (without != 403, client.get(page).status_code) == (True, 403)

    enrol(client)

    assert client.get(page).status_code == without


def test_the_command_takes_it_away(enrolled, capsys):
    call_command("reset_second_factor", "mira")

    assert "mira: taken away. Sessions ended: 1." in capsys.readouterr().out
    assert sign_in()["Location"] == "/calls/"
