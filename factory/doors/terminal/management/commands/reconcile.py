"""`manage.py reconcile`: make what is seen equal what is wanted, without Celery."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from factory.domain.billing import settling
from factory.foundation import clock
from factory.foundation.errors import FactoryError
from factory.orchestration import reconcile

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Look after every unfinished run of this host, again and again or once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *arguments: Any, **options: Any) -> None:
        while True:
            try:
                reconcile.sweep(now=clock.now())
                settling.settle(now=clock.now())
            except FactoryError as error:
                self.stderr.write(error.message)
            if options["once"]:
                return
            try:
                time.sleep(PAUSE_SECONDS)
            except KeyboardInterrupt:
                return
