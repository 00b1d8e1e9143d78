"""Each case starts a process of its own: settings are read once."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
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
    assert sorted(file.name for file in state.iterdir()) == ["secret_key", "secrets_key"]


def test_a_key_for_secrets_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = [json.loads(read(tmp_path, "FACTORY_SECRETS_KEYS").stdout) for _ in range(2)]

    assert first == second
    assert [len(key) >= 50 for key in first["FACTORY_SECRETS_KEYS"]] == [True]
    assert (tmp_path / "secrets_key").stat().st_mode & 0o777 == 0o600


def test_keys_for_secrets_are_a_list_the_newest_first(tmp_path: Path) -> None:
    new, old = "n" * 32, "o" * 43
    (tmp_path / "keys").write_text(f"{new}\n{old}\n")

    stated = json.loads(read(tmp_path, "FACTORY_SECRETS_KEYS", FACTORY_SECRETS_KEYS=f"{new}, {old}").stdout)
    stored = json.loads(read(tmp_path, "FACTORY_SECRETS_KEYS", FACTORY_SECRETS_KEYS_FILE=str(tmp_path / "keys")).stdout)

    assert stated == stored == {"FACTORY_SECRETS_KEYS": [new, old]}
    assert not (tmp_path / "secrets_key").exists()


def test_a_key_for_secrets_that_can_be_guessed_is_refused_and_not_shown(tmp_path: Path) -> None:
    done = read(tmp_path, "FACTORY_SECRETS_KEYS", FACTORY_SECRETS_KEYS=f"{'n' * 32},hunter2")

    assert done.returncode != 0
    assert "32 to 200 characters" in done.stderr
    assert "hunter2" not in done.stderr


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


def test_no_connection_to_postgresql_outlives_the_thread_of_its_request(tmp_path: Path) -> None:
    shown = read(tmp_path, "DATABASES", DATABASE_URL="postgres://alice@localhost/factory").stdout

    assert json.loads(shown)["DATABASES"]["default"]["CONN_MAX_AGE"] == 0


def test_two_states_are_two_installs_with_sockets_apart(tmp_path: Path) -> None:
    one, other = (
        json.loads(read(tmp_path / name, "FACTORY_INSTALL", "FACTORY_SOCKETS").stdout) for name in ("one", "other")
    )

    assert one["FACTORY_INSTALL"] != other["FACTORY_INSTALL"]
    assert one["FACTORY_SOCKETS"] != other["FACTORY_SOCKETS"]


def test_ice_servers_are_a_list_of_addresses(tmp_path: Path) -> None:
    servers = ["stun:stun.example.net:3478", "stuns:[2001:db8::1]"]

    shown = json.loads(read(tmp_path, "FACTORY_ICE_SERVERS", FACTORY_ICE_SERVERS=json.dumps(servers)).stdout)

    assert shown == {"FACTORY_ICE_SERVERS": servers}


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
        ("FACTORY_ICE_SERVERS", "stun:stun.example.net"),
        ("FACTORY_ICE_SERVERS", '["turn:turn.example.net"]'),
        ("FACTORY_ICE_SERVERS", '["stun:a.example>; rel=next"]'),
        ("REDIS_URL", "amqp://localhost"),
        ("DATABASE_URL", "mysql://localhost/factory"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
        ("FACTORY_METRICS_NETWORKS", "everywhere"),
        ("FACTORY_RATE_CALLER", "0"),
    ],
)
def test_a_bad_value_refuses_to_start_and_names_its_variable(tmp_path: Path, variable: str, value: str) -> None:
    done = read(tmp_path, "DEBUG", **{variable: value})

    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert variable in last


SITE = ("ALLOWED_HOSTS", "FACTORY_ORIGINS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS")


def test_without_a_site_everything_is_on_this_machine_over_http(tmp_path: Path) -> None:
    shown = json.loads(read(tmp_path, *SITE, "CSRF_COOKIE_SECURE").stdout)

    assert shown["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert shown["FACTORY_ORIGINS"] == ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"]
    assert shown["SESSION_COOKIE_SECURE"] is shown["CSRF_COOKIE_SECURE"] is False
    assert shown["SECURE_HSTS_SECONDS"] == 0


def test_a_site_over_tls_gets_secure_cookies_and_one_origin(tmp_path: Path) -> None:
    shown = json.loads(read(tmp_path, *SITE, "SECURE_SSL_REDIRECT", FACTORY_SITE="https://media.example/").stdout)

    assert "media.example" in shown["ALLOWED_HOSTS"]
    assert shown["FACTORY_ORIGINS"] == shown["CSRF_TRUSTED_ORIGINS"] == ["https://media.example"]
    assert shown["SESSION_COOKIE_SECURE"] is True
    assert shown["SECURE_HSTS_SECONDS"] == 31_536_000
    assert shown["SECURE_SSL_REDIRECT"] is False


def test_trusted_proxies_say_who_asks_and_over_what(tmp_path: Path) -> None:
    names = ("ALLAUTH_TRUSTED_PROXY_COUNT", "SECURE_PROXY_SSL_HEADER", "SECURE_SSL_REDIRECT")
    environment = {"FACTORY_SITE": "https://media.example", "FACTORY_TRUSTED_PROXIES": "1"}

    shown = json.loads(read(tmp_path, *names, **environment).stdout)

    assert shown == {
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SECURE_SSL_REDIRECT": True,
    }


@pytest.mark.parametrize(
    "site", ["media.example", "ftp://x", "https://", "https://x/path", "http://x:port", "http://a@b?c"]
)
def test_a_site_that_is_none_is_refused(tmp_path: Path, site: str) -> None:
    answer = read(tmp_path, "FACTORY_SITE", FACTORY_SITE=site)

    assert answer.returncode != 0
    assert "is no site; write https://NAME" in answer.stderr


def test_mail_goes_to_files_unless_a_server_is_named(tmp_path: Path) -> None:
    names = ("EMAIL_BACKEND", "EMAIL_FILE_PATH", "EMAIL_HOST", "EMAIL_PORT")

    kept = json.loads(read(tmp_path, *names).stdout)
    sent = json.loads(read(tmp_path, *names, EMAIL_URL="smtp+tls://me:secret@mail.example:587").stdout)

    assert kept["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert kept["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    assert (sent["EMAIL_HOST"], sent["EMAIL_PORT"]) == ("mail.example", 587)
    refused = read(tmp_path, "EMAIL_URL", EMAIL_URL="pigeon://x")
    assert "EMAIL_URL is unknown; use smtp+tls" in refused.stderr


def test_the_figures_are_read_from_this_machine_alone_unless_networks_are_named(tmp_path: Path) -> None:
    usual = json.loads(read(tmp_path, "FACTORY_METRICS_NETWORKS").stdout)
    named = json.loads(
        read(tmp_path, "FACTORY_METRICS_NETWORKS", FACTORY_METRICS_NETWORKS="10.0.0.0/8, fd00::/8").stdout
    )

    assert "127.0.0.0/8" in str(usual)
    assert [network in str(named) for network in ("10.0.0.0/8", "fd00::/8", "127.0.0.0/8")] == [True, True, False]
