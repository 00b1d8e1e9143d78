"""`manage.py up`: every service in one terminal, ended together."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.runs import selectors
from factory.doors.terminal.argument_types import read_port
from factory.doors.terminal.house_services import HouseServices
from factory.doors.terminal.site import catch_interrupts, keep_site, open_site
from factory.foundation.errors import FactoryError


class Command(BaseCommand):
    help = "Run Redis (where none is configured), worker, beat, agent and web until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--driver", help="auto, a short name, or a dotted path; else as FACTORY_DRIVER says")
        parser.add_argument("--bind", default="127.0.0.1", help="address of the web server")
        parser.add_argument("--port", type=read_port, help="port of the web server; else 8000, or a free one")

    def handle(self, *arguments: Any, **options: Any) -> None:
        house = HouseServices(self.stderr.write, driver=options["driver"])
        stop = catch_interrupts()
        try:
            address = open_site(house, bind=options["bind"], port=options["port"], stop=stop)
            self.stdout.write(f"{address}  (Ctrl-C ends everything; python manage.py sign_in_link signs you in)")
            self.stdout.flush()
            keep_site(house, stop=stop)
            if runs := selectors.unfinished_runs(host=settings.FACTORY_HOST):
                self.stdout.write(f"{len(runs)} runs go on in their containers until their deadline, or the next `up`")
        except FactoryError as error:
            raise CommandError(error.message) from None
        finally:
            house.stop()
