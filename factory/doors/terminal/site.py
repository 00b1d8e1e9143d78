"""The site in one terminal: every service, until somebody ends it or one cannot be kept."""

import signal
import threading
import time
from collections.abc import Callable
from typing import ClassVar

from factory.domain.accounts.services import ensure_home
from factory.doors.terminal.database import migrate_if_needed
from factory.doors.terminal.house_services import HouseServices
from factory.foundation.errors import OurError, UserError

OPEN_SECONDS = 60.0
_LOOK_SECONDS = 0.2


class SiteRuns(UserError):
    """The services run already, in another terminal."""

    id: ClassVar[str] = "terminal:user:site-runs"


class SiteBroken(OurError):
    """A service cannot be kept running."""

    id: ClassVar[str] = "terminal:ours:site-broken"


def catch_interrupts() -> threading.Event:
    """Set by Ctrl-C or SIGTERM, to end in order."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def open_site(house: HouseServices, *, bind: str, port: int | None, stop: threading.Event) -> str:
    """Start Redis, worker, beat, agent and web; returns the site's address once it answers.

    Raises:
        SiteRuns: the services run already.
        SiteBroken: one does not come up.
        FactoryError: what else stands in the way.
    """
    house.require_driver()
    house.start_redis()
    migrate_if_needed()
    ensure_home()
    house.start(beat=True)
    if not house.started:
        raise SiteRuns("the services run already on this host; end them first, or use that site")
    address = house.start_web(bind=bind, port=port)
    deadline = time.monotonic() + OPEN_SECONDS
    while not house.web_answers():
        if trouble := house.supervisor.given_up():
            raise SiteBroken(trouble)
        if time.monotonic() > deadline:
            raise SiteBroken(f"the web server does not answer; see {house.supervisor.log_of('web')}")
        if stop.wait(_LOOK_SECONDS):
            break
    return address


def keep_site(house: HouseServices, *, stop: threading.Event, look: Callable[[], None] = lambda: None) -> None:
    """Return when told to stop.

    Args:
        house: with its services started.
        stop: set from outside.
        look: called several times a second.

    Raises:
        SiteBroken: a service ends again and again.
    """
    while not stop.wait(_LOOK_SECONDS):
        if trouble := house.supervisor.given_up():
            raise SiteBroken(trouble)
        look()
