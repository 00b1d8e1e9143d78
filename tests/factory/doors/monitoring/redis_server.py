"""A Redis of a test's own."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import redis

from components.sdk.testing_wires import wait_until
from factory.doors.terminal.embedded_redis import build_command


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """Its address, while it runs."""
    path = folder / "redis.sock"
    url = f"unix://{path}"
    with subprocess.Popen(build_command(path), stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: _answers(url), "Redis answers", seconds=10)
        try:
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.RedisError:
        return False
