"""`manage.py seal_anew`: second factors sealed with the present SECRET_KEY, so that earlier keys may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factory.doors.pages.account_pages.sealing import FactorUnreadable, seal_all_anew


class Command(BaseCommand):
    help = "Seal everybody's authenticator apps and recovery codes with SECRET_KEY; then drop SECRET_KEY_FALLBACKS."

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            count = seal_all_anew()
        except FactorUnreadable as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{count} second factors are sealed with SECRET_KEY; drop SECRET_KEY_FALLBACKS when you like")
