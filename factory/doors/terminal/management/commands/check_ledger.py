"""`manage.py check_ledger`: prove that the books are right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.billing import settling
from factory.domain.billing.proof import check_books, waiting
from factory.foundation import clock


class Command(BaseCommand):
    help = "Compute again all that is kept of money, and tell what differs; fails where anything does."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--settle", action="store_true", help="first write and charge what waits")

    def handle(self, *arguments: Any, **options: Any) -> None:
        if options["settle"]:
            settling.settle(now=clock.now())
        problems = check_books()
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"The books are wrong in {len(problems)} places; nothing was changed.")
        self.stdout.write(f"The books are right; {waiting()} rows of usage wait to be charged.")
