"""`manage.py make_staff`: someone who signed up operates the installation from now on, at /admin/."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.accounts.selectors import person_of
from factory.domain.accounts.staff import set_staff
from factory.doors.terminal.database import migrate_if_needed
from factory.foundation import clock
from factory.foundation.errors import FactoryError


class Command(BaseCommand):
    help = "Make someone an operator of the installation, who comes in at /admin/; or, with --remove, no longer one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="with which they signed up")
        parser.add_argument("--remove", action="store_true", help="they are one no longer")

    def handle(self, *arguments: Any, **options: Any) -> None:
        migrate_if_needed()
        email, staff = options["email"], not options["remove"]
        user = person_of(email=email)
        if user is None:
            raise CommandError(f"nobody has signed up as {email}; let them do so at /accounts/signup/")
        try:
            set_staff(user=user, staff=staff, by=None, now=clock.now())
        except FactoryError as error:
            raise CommandError(error.message) from None
        told = "operates this installation; /admin/ is open to them" if staff else "is no operator any more"
        self.stdout.write(f"{email} {told}")
