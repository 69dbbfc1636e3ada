from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from dashboard.people.sign_in.second_factor import remove
from dashboard.people.sign_in.sessions import end_sessions


class Command(BaseCommand):
    help = "Take away the second factor of a person who lost it, and sign the person out everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        person = User.objects.filter(username=user).first()
        if person is None:
            raise CommandError(f"There is no person with the user name {user}.")
        had_one = remove(person)
        ended = end_sessions(person)
        self.stdout.write(f"{user}: {'taken away' if had_one else 'had none'}. Sessions ended: {ended}.")
