"""`manage.py openapi`: the API's description as a file, from which the editor's types are made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.doors.api.v1.openapi import description_of
from factory.doors.api.v1.resources import api


class Command(BaseCommand):
    """Writes it, or says that the file is not what the code gives."""

    help = "Write the API's description (OpenAPI 3.1) into a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="such as docs/openapi.json")
        parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is out of date")

    def handle(self, *arguments: Any, **options: Any) -> None:
        file: Path = options["file"]
        text = description_of(api)
        if not options["check"]:
            file.write_text(text)
        elif not file.is_file() or file.read_text() != text:
            raise CommandError(f"{file} is not what the code gives; write it again with: manage.py openapi {file}")
