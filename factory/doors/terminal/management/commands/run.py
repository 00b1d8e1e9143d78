"""`manage.py run pipeline.yaml`: run a pipeline from its file, show it live, leave its files."""

import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from factory.domain.graph.document import PipelineFileInvalid
from factory.domain.pipelines.models import Endpoint, Version
from factory.domain.pipelines.passes import LIFETIME, make_pass
from factory.domain.pipelines.selectors import endpoints_of, graph_of
from factory.domain.pipelines.services import GraphRefused
from factory.domain.runs import selectors
from factory.doors.terminal import run_files
from factory.doors.terminal.argument_types import read_port, read_seconds
from factory.doors.terminal.database import migrate_if_needed
from factory.doors.terminal.house_services import HouseServices, full_driver_path, running_driver
from factory.doors.terminal.live_status import LiveStatus
from factory.doors.terminal.pipeline_file import describe_problems, take_in
from factory.doors.terminal.run_report import write_report
from factory.doors.terminal.run_rows import node_rows, wire_rows
from factory.doors.terminal.run_session import Result, RunSession
from factory.doors.terminal.run_summary import summarise
from factory.doors.terminal.run_view import View, choose_view
from factory.drivers import registry
from factory.foundation import clock
from factory.foundation.errors import FactoryError

FILES_SECONDS = 15.0
NOT_ISOLATED = "NOT ISOLATED: no container engine is used; every node runs as a plain process with your rights."


class Command(BaseCommand):
    help = "Run a pipeline from its file and leave what it makes in a folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", type=Path, help="a pipeline.yaml")
        seconds = "of media, from when every node is ready; else until Ctrl-C, a day at most"
        parser.add_argument("--seconds", type=read_seconds, help=seconds)
        parser.add_argument("--output", type=Path, help="folder for the files; else out/<name of the pipeline's file>")
        parser.add_argument("--driver", help="auto, a short name, or a dotted path; else as FACTORY_DRIVER says")
        parser.add_argument("--services", choices=("auto", "existing"), default="auto", help="existing: start none")
        parser.add_argument("--keep-services", action="store_true", help="leave what was started running")
        parser.add_argument("--bind", default="127.0.0.1", help="address of the web server, where one is needed")
        parser.add_argument("--port", type=read_port, help="port of the web server; else 8000, or a free one")

    def handle(self, *arguments: Any, **options: Any) -> None:
        text = _read(options["pipeline"])
        output = _make_folder(options["output"] or settings.BASE_DIR / "out" / options["pipeline"].stem)
        house = HouseServices(self._complain, driver=options["driver"])
        interrupted = _catch_interrupts()
        try:
            house.require_driver()
            if options["services"] == "existing":
                house.use_existing()
            else:
                house.start_redis()
                migrate_if_needed()
            version = take_in(text)
            if options["services"] != "existing":
                house.start()
            failure = self._run(version, house, options, output, interrupted)
        except (PipelineFileInvalid, GraphRefused) as error:
            house.stop()
            self.stderr.write(describe_problems(options["pipeline"], error))
            raise SystemExit(2) from None
        except FactoryError as error:
            house.stop()
            raise CommandError(error.message) from None
        except BaseException:
            house.stop()
            raise
        self._part_from(house, keep=options["keep_services"])
        if failure:
            raise SystemExit(1)

    def _run(
        self, version: Version, house: HouseServices, options: Any, output: Path, interrupted: threading.Event
    ) -> str:
        addresses: dict[str, tuple[str, Endpoint]] = {}
        endpoints = endpoints_of(pipeline=version.pipeline, graph=graph_of(version))
        if endpoints:
            web = house.start_web(bind=options["bind"], port=options["port"])
            addresses = {endpoint.node: (f"{web}{endpoint}", endpoint) for endpoint in endpoints}
        view = choose_view()
        layer = get_channel_layer()
        if layer is None:
            raise CommandError("no channel layer is configured: set REDIS_URL")
        session = RunSession(
            version,
            seconds=options["seconds"],
            view=view,
            interrupted=interrupted.is_set,
            trouble=house.supervisor.given_up,
        )
        live = LiveStatus(layer, session.run)
        live.start()
        try:
            self._warn(view, options["driver"])
            result = session.follow(live, lambda node: _tell_address(view, node, addresses))
            self._finish(session.run, result, live, view, output)
        finally:
            session.stop(live)
            live.stop()
            view.close()
        return result.failure

    def _finish(self, run: str, result: Result, live: LiveStatus, view: View, output: Path) -> None:
        files = run_files.wait_for_files(lambda: selectors.snapshot(run_id=run).artifacts, seconds=FILES_SECONDS)
        brought = run_files.bring(files, output)
        status, snapshot = live.newest(), selectors.snapshot(run_id=run)
        write_report(output, result, snapshot, status=status, files=brought)
        lines = summarise(
            run,
            result,
            nodes=node_rows(snapshot.nodes, status),
            wires=wire_rows(status),
            endings=selectors.endings(run_id=run),
            files=brought,
            missing=[file.name for file in files if file not in [one for one, _path in brought]],
        )
        view.close()
        for line in lines:
            view.say(line)

    def _warn(self, view: View, driver: str | None) -> None:
        """Say it where instances are not walled off."""
        path = full_driver_path(driver) if driver else running_driver() or settings.FACTORY_DRIVER
        health = registry.load(path, install=settings.FACTORY_INSTALL, state=settings.FACTORY_STATE).check()
        view.say(f"engine: {health.engine}")
        if not health.isolated:
            view.say(NOT_ISOLATED)

    def _part_from(self, house: HouseServices, *, keep: bool) -> None:
        others = selectors.unfinished_runs(host=settings.FACTORY_HOST)
        if not house.supervisor.processes() or house.supervisor.given_up() or not (keep or others):
            house.stop()
            return
        house.supervisor.leave()
        running = " ".join(str(pid) for pid in house.supervisor.processes().values())
        why = f"{len(others)} other runs need them" if others else "as asked"
        self.stdout.write(f"the services run on ({why}); end them with: kill {running}")

    def _complain(self, text: str) -> None:
        self.stderr.write(text)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None


def _make_folder(path: Path) -> Path:
    """Now, since after the run it is too late to choose another."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except (OSError, ValueError) as error:
        raise CommandError(f"no files can be put into {path} ({error}); choose another folder with --output") from None


def _catch_interrupts() -> threading.Event:
    """Set by the first Ctrl-C or SIGTERM, to end in order; the second is Python's own."""
    interrupted = threading.Event()

    def interrupt(number: int, _frame: Any) -> None:
        interrupted.set()
        signal.signal(number, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    return interrupted


def _tell_address(view: View, node: str, addresses: dict[str, tuple[str, Endpoint]]) -> None:
    if node in addresses:
        address, endpoint = addresses[node]
        view.say(f"{node}: {endpoint.kind.upper()} address {address}")
        # Whoever may use this terminal is nobody in particular.
        token, _expires_at = make_pass(endpoint=endpoint, user=None, now=clock.now())
        view.say(f"{node}: for {LIFETIME.seconds // 60} minutes opened by the bearer token {token}")
