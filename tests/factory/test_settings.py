"""Each case starts a process of its own: settings are read once."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def read(state: Path, *names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    clean |= {"DJANGO_SETTINGS_MODULE": "factory.settings", "FACTORY_STATE": str(state), **environment}
    command = [sys.executable, "-c", SHOW, *names]
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)


def test_a_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda _: read(state, "SECRET_KEY").stdout, range(4)))

    assert len(set(shown)) == 1
    assert len(json.loads(shown[0])["SECRET_KEY"]) >= 50
    assert (state / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in state.iterdir()] == ["secret_key"]


def test_a_secret_key_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")

    shown = json.loads(read(tmp_path, "SECRET_KEY", SECRET_KEY_FILE=str(tmp_path / "key")).stdout)

    assert shown == {"SECRET_KEY": "from a file"}


def test_redis_on_a_unix_socket_is_named_as_each_library_wants_it(tmp_path: Path) -> None:
    names = ("CELERY_BROKER_URL", "CHANNEL_LAYERS")

    shown = json.loads(read(tmp_path, *names, REDIS_URL="unix:///run/redis.sock").stdout)

    assert shown["CELERY_BROKER_URL"] == "redis+socket:///run/redis.sock"
    assert shown["CHANNEL_LAYERS"]["default"]["CONFIG"]["hosts"] == ["unix:///run/redis.sock"]


def test_without_redis_the_layer_is_in_memory(tmp_path: Path) -> None:
    shown = json.loads(read(tmp_path, "CHANNEL_LAYERS").stdout)

    assert shown["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"


def test_sqlite_waits_for_its_turn_to_write(tmp_path: Path) -> None:
    database = json.loads(read(tmp_path, "DATABASES").stdout)["DATABASES"]["default"]

    assert database["NAME"] == str(tmp_path / "factory.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_a_postgresql_socket_folder_stands_where_the_host_does(tmp_path: Path) -> None:
    shown = read(tmp_path, "DATABASES", DATABASE_URL="postgres://alice@%2Frun%2Fpostgresql/factory").stdout

    assert json.loads(shown)["DATABASES"]["default"]["HOST"] == "/run/postgresql"


def test_two_states_are_two_installs_with_sockets_apart(tmp_path: Path) -> None:
    one, other = (
        json.loads(read(tmp_path / name, "FACTORY_INSTALL", "FACTORY_SOCKETS").stdout) for name in ("one", "other")
    )

    assert one["FACTORY_INSTALL"] != other["FACTORY_INSTALL"]
    assert one["FACTORY_SOCKETS"] != other["FACTORY_SOCKETS"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FACTORY_SOCKETS", "/" + "x" * 60),
        ("FACTORY_SOCKETS", "relative"),
        ("FACTORY_INSTALL", "two words"),
        ("FACTORY_DRIVER", "podman"),
        ("FACTORY_LOG_LEVEL", "LOUD"),
        ("FACTORY_WORKER_THREADS", "0"),
        ("FACTORY_WORKER_THREADS", "many"),
        ("REDIS_URL", "amqp://localhost"),
        ("DATABASE_URL", "mysql://localhost/factory"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_a_bad_value_refuses_to_start_and_names_its_variable(tmp_path: Path, variable: str, value: str) -> None:
    done = read(tmp_path, "DEBUG", **{variable: value})

    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert variable in last
