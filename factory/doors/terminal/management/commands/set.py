"""`manage.py set RUN NODE name=value ...`: change parameters of a node while it runs."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.runs import selectors, services
from factory.domain.runs.selectors import NodeSnapshot
from factory.foundation import clock
from factory.foundation.errors import FactoryError

WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.05


class Command(BaseCommand):
    help = "Change parameters of a node of a run, and say whether they are in force."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="the run's id")
        parser.add_argument("node")
        parser.add_argument("parameters", nargs="+", metavar="name=value", help="values are JSON, or else text")

    def handle(self, *arguments: Any, **options: Any) -> None:
        run, node = options["run"], options["node"]
        try:
            parameters = read_parameters(options["parameters"])
            revision = services.change_parameters(run_id=run, node=node, parameters=parameters, now=clock.now())
        except FactoryError as error:
            raise CommandError(error.message) from None
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            current = next(one for one in selectors.snapshot(run_id=run).nodes if one.name == node)
            answer = judge(current, revision)
            if answer is None and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
                continue
            if answer is None:
                raise CommandError(f"revision {revision} of {node} is not in force yet: it is {current.state}")
            if answer:
                raise CommandError(f"revision {revision} of {node} is refused: {answer}")
            self.stdout.write(f"applied: revision {revision} of {node} is in force")
            return


def read_parameters(words: list[str]) -> dict[str, Any]:
    """`["strength=0.5", "text=Hello"]` as names and values; what is no JSON is text.

    Raises:
        CommandError: a word has no name.
    """
    parameters: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise CommandError(f"{word!r} is no parameter; write name=value")
        try:
            parameters[name] = json.loads(value)
        except ValueError:
            parameters[name] = value
    return parameters


def judge(node: NodeSnapshot, revision: int) -> str | None:
    """Why a revision is refused, empty if it is in force, None while neither is known."""
    if node.refused and node.refused["revision"] >= revision:
        return str(node.refused["reason"])
    return "" if node.observed_revision >= revision else None
