"""Everything that is told from outside, read from the environment alone; a bad value refuses to start."""

import hashlib
import os
import secrets
import socket
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

_LONGEST_SOCKETS_BYTES = 107 - len("/pf-") - 12 - len("-") - 32 - len("-0000/control.sock")
"""The kernel takes 107 bytes as a Unix socket's path; below ours come a run, a node and an attempt."""


def _folder(name: str, default: Path) -> Path:
    folder = Path(env.str(name, default=str(default))).expanduser()
    if not folder.is_absolute():
        raise ImproperlyConfigured(f"{name}={folder} is not absolute; write the whole path")
    return folder


def _read_secret(name: str) -> str:
    """The variable, or the file that `<name>_FILE` names; empty where neither is set."""
    path: str = env.str(f"{name}_FILE", default="")
    if not path:
        return str(env.str(name, default=""))
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path} cannot be read ({error.strerror}); mend the path") from None


def _keep_secret(path: Path) -> str:
    """The secret in this file, made once; processes that start together agree on the first one linked."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _choose(name: str, default: str, choices: tuple[str, ...]) -> str:
    value: str = env.str(name, default=default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value} is unknown; use one of: {', '.join(choices)}")
    return value


def _number(name: str, default: int, low: int, high: int) -> int:
    text = env.str(name, default=str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name}={text} is no number from {low} to {high}")
    return int(text)


# Where things are kept.
FACTORY_STATE = _folder("FACTORY_STATE", BASE_DIR / "out" / "state")
FACTORY_STATE.mkdir(parents=True, exist_ok=True)
_FINGERPRINT = hashlib.sha256(str(FACTORY_STATE).encode()).hexdigest()[:8]
FACTORY_SOCKETS = _folder("FACTORY_SOCKETS", Path("/tmp") / f"pf-{_FINGERPRINT}")
FACTORY_OUTPUT = _folder("FACTORY_OUTPUT", BASE_DIR / "out" / "artifacts")
FACTORY_COMPONENTS = _folder("FACTORY_COMPONENTS", BASE_DIR / "components")
if len(os.fsencode(FACTORY_SOCKETS)) > _LONGEST_SOCKETS_BYTES:
    raise ImproperlyConfigured(f"FACTORY_SOCKETS={FACTORY_SOCKETS} has over {_LONGEST_SOCKETS_BYTES} bytes; shorten it")

# Who we are among others on this machine.
FACTORY_INSTALL = env.str("FACTORY_INSTALL", default=_FINGERPRINT)
if not FACTORY_INSTALL.isalnum() or not 1 <= len(FACTORY_INSTALL) <= 32:
    raise ImproperlyConfigured(f"FACTORY_INSTALL={FACTORY_INSTALL} is no id; use 1 to 32 letters and digits")
FACTORY_HOST = env.str("FACTORY_HOST", default=socket.gethostname())
FACTORY_DRIVERS = {name: f"factory.drivers.{name}_driver.build" for name in ("auto", "docker", "process")}
"""The drivers that have a short name, by it."""
_driver = env.str("FACTORY_DRIVER", default="auto")
FACTORY_DRIVER = FACTORY_DRIVERS.get(_driver, _driver)
"""A function `build(install, state)`, by its dotted path."""
if "." not in FACTORY_DRIVER:
    raise ImproperlyConfigured(f"FACTORY_DRIVER={_driver} is unknown; use auto, docker, process or a dotted path")

# Django.
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _read_secret("SECRET_KEY") or _keep_secret(FACTORY_STATE / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "factory.domain.accounts",
    "factory.domain.catalogue",
    "factory.domain.pipelines",
    "factory.domain.runs",
    "factory.doors.terminal",
    "factory.doors.nodes",
    "factory.doors.background",
    "factory.doors.signalling",
    "factory.doors.api",
    "factory.doors.live",
    "factory.doors.pages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "factory.urls"
ASGI_APPLICATION = "factory.asgi.application"
STATIC_URL = "/static/"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# The database holds the truth.
_database: dict[str, Any] = dict(env.db_url("DATABASE_URL", default=f"sqlite:///{FACTORY_STATE / 'factory.sqlite3'}"))
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # Deferred transactions that turn into writers fail at once where immediate ones wait for their turn.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, since threads of a test wait for each other there as in production; in memory they fail at once.
    _database["TEST"] = {"NAME": str(FACTORY_STATE / f"test-{os.getpid()}.sqlite3")}
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
elif _database["ENGINE"] == "django.db.backends.postgresql":
    # As libpq has it, the folder of a Unix socket stands where the host does, with %2F for each slash.
    _database["HOST"] = unquote(_database["HOST"])
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
else:
    raise ImproperlyConfigured("DATABASE_URL names neither SQLite nor PostgreSQL; use sqlite:///PATH or postgres://...")
DATABASES = {"default": _database}

# Redis only wakes; without one nobody is woken and `manage.py reconcile` does the work.
# The commands of manage.py find the private one, which `run` and `up` start, at a fixed place.
FACTORY_EMBEDDED_REDIS = f"unix://{FACTORY_SOCKETS / 'redis' / 'redis.sock'}"
REDIS_URL = env.str(
    "REDIS_URL", default=FACTORY_EMBEDDED_REDIS if env.bool("FACTORY_USE_EMBEDDED_REDIS", default=False) else ""
)
if REDIS_URL and not REDIS_URL.startswith(("unix://", "redis://", "rediss://", "redis+socket://")):
    raise ImproperlyConfigured(f"REDIS_URL={REDIS_URL} is unknown; use unix:///PATH, redis://HOST or rediss://HOST")
_LAYER_URL = REDIS_URL.replace("redis+socket://", "unix://", 1)
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_LAYER_URL], "prefix": f"factory-{FACTORY_INSTALL}"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# Celery is a doorbell: a message lost or doubled changes nothing, so none is kept for long.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # Who rings goes on at once when nobody answers: the sweep is there for that.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "global_keyprefix": f"factory-{FACTORY_INSTALL}-",
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "reconcile"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = _number("FACTORY_WORKER_THREADS", 4, 1, 64)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULE_FILENAME = str(FACTORY_STATE / "beat-schedule")
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": _choose("FACTORY_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
