import stat
import subprocess
import tempfile
from pathlib import Path

import redis

from factory.doors.terminal import embedded_redis


def test_a_private_redis_answers_on_its_socket_and_nowhere_else() -> None:
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        path = Path(folder) / "redis" / "redis.sock"
        assert not embedded_redis.answers(path)
        server = subprocess.Popen(embedded_redis.build_command(path), stdout=subprocess.DEVNULL)
        try:
            assert embedded_redis.answers(path, seconds=embedded_redis.ANSWER_SECONDS)
            with redis.Redis(unix_socket_path=str(path)) as client:
                client.set("word", "kept")
                assert client.get("word") == b"kept"
                assert client.config_get("port") == {"port": "0"}
                assert client.config_get("save") == {"save": ""}
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        finally:
            server.terminate()
            server.wait(10)


def test_addresses_on_unix_sockets_are_told_from_others() -> None:
    assert embedded_redis.socket_of("unix:///tmp/r.sock?db=1") == Path("/tmp/r.sock")
    assert embedded_redis.socket_of("redis+socket:///tmp/r.sock") == Path("/tmp/r.sock")
    assert embedded_redis.socket_of("redis://localhost:6379") is None
