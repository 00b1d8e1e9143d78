"""`manage.py up`: every service in one terminal, ended together."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.doors.terminal.argument_types import read_port
from factory.doors.terminal.database import migrate_if_needed
from factory.doors.terminal.house_services import HouseServices
from factory.foundation.errors import FactoryError

_LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Run Redis (where none is configured), worker, beat, agent and web until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--driver", help="auto, a short name, or a dotted path; else as FACTORY_DRIVER says")
        parser.add_argument("--bind", default="127.0.0.1", help="address of the web server")
        parser.add_argument("--port", type=read_port, help="port of the web server; else 8000, or a free one")

    def handle(self, *arguments: Any, **options: Any) -> None:
        house = HouseServices(self.stderr.write, driver=options["driver"])
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stop.set())
        try:
            house.require_driver()
            house.start_redis()
            migrate_if_needed()
            house.start(beat=True)
            if not house.started:
                raise CommandError("the services run already on this host")
            address = house.start_web(bind=options["bind"], port=options["port"])
            self.stdout.write(f"{address}  (Ctrl-C ends everything)")
            while not stop.wait(_LOOK_SECONDS):
                if trouble := house.supervisor.given_up():
                    raise CommandError(trouble)
        except FactoryError as error:
            raise CommandError(error.message) from None
        finally:
            house.stop()
