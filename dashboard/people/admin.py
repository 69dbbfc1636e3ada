from __future__ import annotations

from typing import TYPE_CHECKING

from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.people.sign_in import second_factor
from dashboard.people.sign_in.sessions import end_sessions

# Their pages would show an administrator other people's keys.
admin.site.unregister(TOTPDevice)
admin.site.unregister(StaticDevice)
admin.site.unregister(User)


if TYPE_CHECKING:
    Base = UserAdmin[User]
else:
    Base = UserAdmin


@admin.register(User)
class PersonAdmin(Base):
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    actions = ["sign_out", "let_try", "reset_second_factor"]

    @admin.action(description="Sign the chosen people out everywhere", permissions=["change"])
    def sign_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        ended = sum(end_sessions(person) for person in people)
        self.message_user(request, f"Sessions ended: {ended}.", messages.SUCCESS)

    @admin.action(description="Let the chosen people try to sign in again", permissions=["change"])
    def let_try(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For somebody who is shut out after wrong tries."""
        opened = sum(reset(username=person.get_username()) for person in people)
        self.message_user(request, f"Shut addresses opened: {opened}.", messages.SUCCESS)

    @admin.action(description="Take the second factor of the chosen people away", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For somebody who lost the phone and the recovery codes."""
        gone = [person.get_username() for person in people if second_factor.remove(person)]
        for person in people:
            end_sessions(person)
        self.message_user(request, f"Taken away: {', '.join(gone) or 'nobody had one'}.", messages.SUCCESS)
