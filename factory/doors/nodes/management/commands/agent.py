"""`manage.py agent`: the host agent, one a host."""

import asyncio
import resource
import signal
from pathlib import Path
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from factory.doors.nodes.agent_lock import AgentLock
from factory.doors.nodes.host_agent import HostAgent
from factory.doors.nodes.records import DomainRecords
from factory.foundation.errors import UserError
from factory.orchestration import engine


class Command(BaseCommand):
    help = "Serve the runs of this host: wires, files, live parameters, deadlines."
    requires_system_checks: list[str] = []

    def handle(self, *arguments: Any, **options: Any) -> None:
        sockets = Path(settings.FACTORY_SOCKETS)
        lock = AgentLock(sockets)
        try:
            lock.acquire(driver=settings.FACTORY_DRIVER)
        except UserError as error:
            raise CommandError(error.message) from None
        _allow_descriptors()
        try:
            asyncio.run(_serve(sockets))
        finally:
            lock.release()


async def _serve(sockets: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    layer = get_channel_layer()
    if layer is None:
        raise CommandError("no channel layer is configured: set CHANNEL_LAYERS")
    driver = await asyncio.to_thread(engine.driver)
    agent = HostAgent(
        host=settings.FACTORY_HOST,
        sockets=sockets,
        output=Path(settings.FACTORY_OUTPUT),
        driver=driver,
        layer=layer,
        records=DomainRecords(),
        outage_seconds=settings.FACTORY_CREDIT_OUTAGE_SECONDS,
    )
    await agent.run(stop)


def _allow_descriptors() -> None:
    """Every instance costs some; the soft limit is made for other times."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
