"""`manage.py serve`: one process of the product, in the foreground, for units and containers that keep it running."""

import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from factory.doors.terminal.argument_types import read_port
from factory.doors.terminal.programs import PROCESSES, command_of


class Command(BaseCommand):
    help = "Become the web server, a worker, beat or this host's agent; `up` runs all of them together."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("process", choices=PROCESSES)
        parser.add_argument("--bind", default="127.0.0.1", help="address of the web server")
        parser.add_argument("--port", type=read_port, default=8000, help="port of the web server")

    def handle(self, *arguments: Any, **options: Any) -> None:
        command = command_of(options["process"], bind=options["bind"], port=options["port"])
        if options["process"] == "worker":
            command += ["--hostname", f"worker-{secrets.token_hex(4)}@{settings.FACTORY_HOST}"]
        os.execv(command[0], command)
