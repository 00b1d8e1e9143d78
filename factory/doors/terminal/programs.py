"""The command lines of the product's processes; the terminal's `up` and an operator's units start the same ones."""

import sys
from pathlib import Path

_MANAGE = Path(__file__).resolve().parents[3] / "manage.py"
WORKER = (
    *("celery", "--app", "factory.celery", "worker", "--pool", "threads"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"),
)
BEAT = ("celery", "--app", "factory.celery", "beat", "--loglevel", "WARNING")
DAPHNE = (
    # What browsers send is small. The limit of whole messages stays: it also holds for what goes out to them.
    *("daphne", "--websocket-max-frame-size", "16384", "--websocket_connect_timeout", "5"),
    *("--application-close-timeout", "10"),
    # Its own access log would write down addresses whole, those that sign somebody in among them; Django logs them.
    *("--verbosity", "0"),
)
PROCESSES = ("web", "worker", "beat", "agent")


def command_of(process: str, *, bind: str, port: int) -> list[str]:
    """Program and arguments of one process.

    Args:
        process: one of `PROCESSES`.
        bind, port: where the web server listens.
    """
    web = (*DAPHNE, "--bind", bind, "--port", str(port), "factory.asgi:application")
    modules = {"web": web, "worker": WORKER, "beat": BEAT}
    if process in modules:
        return [sys.executable, "-m", *modules[process]]
    return [sys.executable, str(_MANAGE), process]
