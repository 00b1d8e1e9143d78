"""`manage.py sign_in_link`: a link that signs somebody in once, without a password."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.accounts.selectors import person_of
from factory.domain.accounts.services import ensure_home_owner
from factory.domain.accounts.sign_in_links import make_link_token
from factory.doors.terminal.database import migrate_if_needed
from factory.foundation import clock


class Command(BaseCommand):
    help = "Print a link that signs somebody in, once and within a day."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="of whom it signs in; else the owner of the home team")
        parser.add_argument("--site", default=settings.FACTORY_SITE, help="where the site is; else FACTORY_SITE")

    def handle(self, *arguments: Any, **options: Any) -> None:
        migrate_if_needed()
        email = options["email"]
        user = person_of(email=email) if email else ensure_home_owner()
        if user is None:
            raise CommandError(f"nobody has signed up as {email}; let them do so at /accounts/signup/")
        self.stdout.write(f"{options['site'].rstrip('/')}/enter/{make_link_token(user=user, now=clock.now())}/")
