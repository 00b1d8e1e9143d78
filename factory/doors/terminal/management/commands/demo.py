"""`manage.py demo`: the site with a sample pipeline running, and one link that opens it."""

import time
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.accounts.services import ensure_home, ensure_home_owner
from factory.domain.accounts.sign_in_links import make_link_token
from factory.domain.runs import services
from factory.doors.terminal import sample
from factory.doors.terminal.argument_types import read_port
from factory.doors.terminal.house_services import HouseServices
from factory.doors.terminal.site import catch_interrupts, keep_site, open_site
from factory.foundation import clock
from factory.foundation.errors import FactoryError


class Command(BaseCommand):
    help = "Run the site with a sample pipeline, and print a link that signs you in, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--driver", help="auto, a short name, or a dotted path; else as FACTORY_DRIVER says")
        parser.add_argument("--bind", default="127.0.0.1", help="address of the web server")
        parser.add_argument("--port", type=read_port, help="port of the web server; else 8000, or a free one")

    def handle(self, *arguments: Any, **options: Any) -> None:
        self._began = time.monotonic()
        house = HouseServices(self.stderr.write, driver=options["driver"])
        stop = catch_interrupts()
        try:
            self._say("starting Redis, worker, beat, agent and web")
            site = open_site(house, bind=options["bind"], port=options["port"], stop=stop)
            self._say(f"the site answers at {site}")
            owner = ensure_home_owner()
            pipeline = sample.prepare_sample(owner=owner, now=clock.now())
            run = sample.run_sample(pipeline=pipeline, now=clock.now())
            self._say(f"the sample pipeline {pipeline.name} is starting")
            try:
                sample.await_ready(run, interrupted=stop.is_set, trouble=house.supervisor.given_up)
                self._say("the sample pipeline is running: every node is ready")
                token = make_link_token(user=owner, now=clock.now())
                opens = urlencode({"next": f"/t/{ensure_home().slug}/{pipeline.slug}/"})
                self.stdout.write("\nOpen this, it signs you in once (for another one: python manage.py sign_in_link):")
                self.stdout.write(f"\n  {site}/enter/{token}/?{opens}\n\nCtrl-C ends everything.")
                self.stdout.flush()
                keep_site(house, stop=stop)
            finally:
                self._end(run)
        except FactoryError as error:
            raise CommandError(error.message) from None
        finally:
            house.stop()

    def _end(self, run: str) -> None:
        self._say("ending the sample pipeline and the services")
        services.request_stop(run_id=run, now=clock.now(), reason="the demo ended")
        if not sample.await_end(run):
            self._say(f"run {run} did not end in time; the next start of the services ends it")

    def _say(self, text: str) -> None:
        self.stdout.write(f"{time.monotonic() - self._began:5.1f} s  {text}")
        self.stdout.flush()
