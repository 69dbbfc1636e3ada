from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from dashboard.people.groups import give_role
from dashboard.people.roles import Role

NAMES = {"agent": Role.AGENT, "lead": Role.LEAD, "administrator": Role.ADMINISTRATOR, "none": None}


class Command(BaseCommand):
    help = "Give a person a role. It takes the place of the role that the person has."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("role", choices=NAMES)

    def handle(self, *args: Any, user: str, role: str, **options: Any) -> None:
        person = User.objects.filter(username=user).first()
        if person is None:
            raise CommandError(f"There is no person with the user name {user}.")
        give_role(person, NAMES[role])
        self.stdout.write(f"{user}: {NAMES[role] or 'no role'}.")
