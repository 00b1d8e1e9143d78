"""Which services a command needs, which of them run already, and how the others are started."""

import fcntl
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from factory.doors.terminal import embedded_redis
from factory.doors.terminal.programs import BEAT, DAPHNE, WORKER
from factory.doors.terminal.supervisor import Service, Supervisor
from factory.drivers import registry
from factory.foundation.errors import OurError, UserError

DEFAULT_PORT = 8000
_EVERYWHERE = ("0.0.0.0", "::")
_BASE = Path(__file__).resolve().parents[3]


class ServicesMissing(UserError):
    """The services that were said to run do not."""

    id: ClassVar[str] = "terminal:user:services-missing"


class RedisSilent(OurError):
    """The Redis that was started or named does not answer."""

    id: ClassVar[str] = "terminal:ours:redis-silent"


class OtherDriver(UserError):
    """An agent runs already, with another driver than the one asked for."""

    id: ClassVar[str] = "terminal:user:other-driver"


class DriverUnknown(UserError):
    """No driver has this name."""

    id: ClassVar[str] = "terminal:user:driver-unknown"


class AddressUnusable(UserError):
    """The web server cannot listen there."""

    id: ClassVar[str] = "terminal:user:address-unusable"


class HouseServices:
    """The services of this installation on this host.

    Args:
        say: told, in a sentence, what happens to them.
        driver: name or dotted path that worker and agent get; None for what the settings say.
    """

    def __init__(self, say: Callable[[str], None], *, driver: str | None = None) -> None:
        self.supervisor = Supervisor(Path(settings.FACTORY_STATE) / "logs", say)
        self._driver = driver
        self._environment = {"REDIS_URL": settings.REDIS_URL, "PYTHONPATH": str(_BASE)}
        if driver:
            self._environment["FACTORY_DRIVER"] = driver
        self.started = False
        self._web = ("localhost", DEFAULT_PORT)

    def require_driver(self) -> None:
        """Find the driver that worker and agent will look for, before one of them fails to.

        Raises:
            DriverUnknown, DriverNotFound: there is none.
        """
        path = full_driver_path(self._driver) if self._driver else settings.FACTORY_DRIVER
        if path not in settings.FACTORY_DRIVERS.values():
            registry.load(path, install=settings.FACTORY_INSTALL, state=settings.FACTORY_STATE)

    def use_existing(self) -> None:
        """Start nothing.

        Raises:
            ServicesMissing: Redis does not answer, or no agent serves this host.
        """
        self._require_same_driver()
        if not redis_answers(settings.REDIS_URL):
            raise ServicesMissing(f"no Redis answers at {settings.REDIS_URL}; run `python manage.py up` first")
        if not agent_serves():
            raise ServicesMissing("no agent serves this host; run `python manage.py up` first")

    def start(self, *, beat: bool = False) -> None:
        """Start Redis, worker and agent, or use those that run already.

        Raises:
            RedisSilent, RedisMissing: there is no Redis.
            OtherDriver: the agent that runs was started with another driver.
        """
        if agent_serves() and redis_answers(settings.REDIS_URL):
            self._require_same_driver()
            return
        self.start_redis()
        self.started = True
        self._start("worker", *WORKER, "--hostname", f"worker-{secrets.token_hex(4)}@{settings.FACTORY_HOST}")
        self._start_python("agent", str(_BASE / "manage.py"), "agent")
        if beat:
            self._start("beat", *BEAT)

    def start_redis(self) -> None:
        """Start the private Redis where it is the one that is configured and does not run.

        Raises:
            RedisSilent, RedisMissing: there is none afterwards.
        """
        path = embedded_redis.socket_of(settings.REDIS_URL)
        if path is None or settings.REDIS_URL != settings.FACTORY_EMBEDDED_REDIS:
            if not redis_answers(settings.REDIS_URL):
                raise RedisSilent(
                    f"no Redis answers at REDIS_URL={settings.REDIS_URL}; start it, or unset the variable"
                )
            return
        if embedded_redis.answers(path):
            return
        self.supervisor.start(Service("redis", tuple(embedded_redis.build_command(path))))
        if not embedded_redis.answers(path, seconds=embedded_redis.ANSWER_SECONDS):
            log = self.supervisor.log_of("redis")
            self.supervisor.stop()
            raise RedisSilent(f"the private Redis does not answer at {path}; see {log}")

    def start_web(self, *, bind: str, port: int | None) -> str:
        """Start the web server; returns its address, on the port given or a free one.

        Raises:
            AddressUnusable: nobody can listen there.
        """
        chosen = find_port(bind, port)
        site = site_of(bind=bind, port=chosen)
        # Cookies and origins follow from where people reach it; who has said where that is knows better.
        environment = {} if "FACTORY_SITE" in os.environ else {"FACTORY_SITE": site}
        listen = ("--bind", bind, "--port", str(chosen), "factory.asgi:application")
        self._start("web", *DAPHNE, *listen, **environment)
        self._web = ("localhost" if bind in _EVERYWHERE else bind, chosen)
        return os.environ.get("FACTORY_SITE", site).rstrip("/")

    def web_answers(self) -> bool:
        """Whether the web server that was started listens by now."""
        try:
            with socket.create_connection(self._web, timeout=1.0):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """End what this started."""
        self.supervisor.stop()

    def _start(self, name: str, module: str, *arguments: str, **environment: str) -> None:
        self._start_python(name, "-m", module, *arguments, **environment)

    def _start_python(self, name: str, *arguments: str, **environment: str) -> None:
        self.supervisor.start(Service(name, (sys.executable, *arguments), {**self._environment, **environment}))

    def _require_same_driver(self) -> None:
        running = running_driver()
        wanted = full_driver_path(self._driver) if self._driver else None
        if wanted and running and running != wanted:
            raise OtherDriver(f"an agent with driver {running} runs already; stop it, or leave --driver out")


def site_of(*, bind: str, port: int) -> str:
    """Where a browser on this machine finds a web server that listens there."""
    if bind in (*_EVERYWHERE, "127.0.0.1", "::1"):
        return f"http://localhost:{port}"
    return f"http://[{bind}]:{port}" if ":" in bind else f"http://{bind}:{port}"


def full_driver_path(name: str) -> str:
    """A short name as the settings spell it out; a dotted path as it is.

    Raises:
        DriverUnknown: it is neither.
    """
    names: dict[str, str] = settings.FACTORY_DRIVERS
    if name not in names and "." not in name:
        raise DriverUnknown(f"There is no driver {name}; use {', '.join(names)} or a function's dotted path.")
    return names.get(name, name)


def redis_answers(url: str) -> bool:
    """Whether somebody listens at this address; one on a Unix socket must answer a PING."""
    path = embedded_redis.socket_of(url)
    if path is not None:
        return embedded_redis.answers(path)
    host, _, port = url.partition("://")[2].rpartition("@")[2].partition("/")[0].partition(":")
    try:
        with socket.create_connection((host or "localhost", int(port or 6379)), timeout=2.0):
            return True
    except (OSError, ValueError):
        return False


def agent_serves() -> bool:
    """Whether an agent of this installation holds this host's lock."""
    try:
        descriptor = os.open(_agent_lock(), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def running_driver() -> str | None:
    """The driver of the agent that serves this host, as it wrote into its lock."""
    if not agent_serves():
        return None
    try:
        return str(json.loads(_agent_lock().read_text())["driver"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_port(bind: str, wanted: int | None = None) -> int:
    """The port that is wanted; where none is, the default one, or a free one where that is taken.

    Raises:
        AddressUnusable: nobody can listen there.
    """
    reason: Exception | None = None
    for port in (DEFAULT_PORT, 0) if wanted is None else (wanted,):
        with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bind, port))
            except (OSError, UnicodeError) as error:
                reason = error
                continue
            return int(probe.getsockname()[1])
    place = bind if wanted is None else f"{bind}, port {wanted}"
    raise AddressUnusable(f"The web server cannot listen at {place} ({reason}); choose another --bind or --port.")


def _agent_lock() -> Path:
    return Path(settings.FACTORY_SOCKETS) / "agent.lock"
