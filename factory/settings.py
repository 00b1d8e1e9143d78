"""Everything that is told from outside, read from the environment alone; a bad value refuses to start."""

import hashlib
import os
import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from factory.doors.pages.account_pages import library_settings
from factory.environment import (
    env,
    keep_secret,
    read_choice,
    read_folder,
    read_keys,
    read_networks,
    read_number,
    read_secret,
    read_stun_servers,
)

BASE_DIR = Path(__file__).resolve().parent.parent

_LONGEST_SOCKETS_BYTES = 107 - len("/pf-") - 12 - len("-") - 32 - len("-0000/control.sock")
"""The kernel takes 107 bytes as a Unix socket's path; below ours come a run, a node and an attempt."""

# Where things are kept.
FACTORY_STATE = read_folder("FACTORY_STATE", BASE_DIR / "out" / "state")
FACTORY_STATE.mkdir(parents=True, exist_ok=True)
_FINGERPRINT = hashlib.sha256(str(FACTORY_STATE).encode()).hexdigest()[:8]
FACTORY_SOCKETS = read_folder("FACTORY_SOCKETS", Path("/tmp") / f"pf-{_FINGERPRINT}")
FACTORY_OUTPUT = read_folder("FACTORY_OUTPUT", BASE_DIR / "out" / "artifacts")
FACTORY_COMPONENTS = read_folder("FACTORY_COMPONENTS", BASE_DIR / "components")
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

FACTORY_ICE_SERVERS = read_stun_servers("FACTORY_ICE_SERVERS")
"""What publishers and viewers are told to find their own addresses with."""

# Money, in millionths of the currency's unit; docs/billing-rules.md tells the rules.
FACTORY_CURRENCY = env.str("FACTORY_CURRENCY", default="EUR")
if not re.fullmatch(r"[A-Z]{3}", FACTORY_CURRENCY):
    raise ImproperlyConfigured(f"FACTORY_CURRENCY={FACTORY_CURRENCY} is no currency; write its ISO 4217 code, EUR")
FACTORY_TRIAL_CREDIT = read_number("FACTORY_TRIAL_CREDIT", 5, 0, 1_000_000) * 1_000_000
FACTORY_CREDIT_NEEDED = env.bool("FACTORY_CREDIT_NEEDED", default=True)
"""Whether new teams, but the operator's own, run on credit alone."""
FACTORY_CREDIT_QUANTUM_SECONDS = read_number("FACTORY_CREDIT_QUANTUM_SECONDS", 60, 10, 3600)
FACTORY_CREDIT_OUTAGE_SECONDS = read_number("FACTORY_CREDIT_OUTAGE_SECONDS", 45, 0, 86_400)

# Django.
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = read_secret("SECRET_KEY") or keep_secret(FACTORY_STATE / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FACTORY_SECRETS_KEYS = read_keys("FACTORY_SECRETS_KEYS", kept=FACTORY_STATE / "secrets_key")
"""What seals the teams' secrets: the first seals, all open."""

# Where people reach the site; what browsers are told to guard follows from it.
FACTORY_SITE = env.str("FACTORY_SITE", default="http://localhost:8000").rstrip("/")
_site = urlsplit(FACTORY_SITE)
if not re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[a-zA-Z0-9.-]+)(:[0-9]{1,5})?", FACTORY_SITE):
    raise ImproperlyConfigured(f"FACTORY_SITE={FACTORY_SITE} is no site; write https://NAME or http://NAME:PORT")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_site_name = f"[{_site.hostname}]" if ":" in str(_site.hostname) else str(_site.hostname)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=list(dict.fromkeys([*_LOCAL_NAMES, _site_name])))
FACTORY_ORIGINS = [FACTORY_SITE]
"""Origins whose pages may open our WebSockets; on this machine, every name of it."""
if _site_name in _LOCAL_NAMES:
    _port = f":{_site.port}" if _site.port else ""
    FACTORY_ORIGINS = [f"{_site.scheme}://{name}{_port}" for name in _LOCAL_NAMES]
FACTORY_LIVE_SOCKETS = read_number("FACTORY_LIVE_SOCKETS", 2000, 1, 100_000)
"""WebSockets that one web process keeps open at most."""
FACTORY_LARGEST_UPLOAD_MIB = read_number("FACTORY_LARGEST_UPLOAD_MIB", 512, 1, 16_384)
"""The largest file that a component may be installed from, in MiB."""
FACTORY_REQUESTS_AT_ONCE = read_number("FACTORY_REQUESTS_AT_ONCE", 32, 1, 1000)
"""Requests that one web process answers at a time, each on a thread with a database connection; others wait."""
# Requests a minute; the buckets are one for all web processes where there is a Redis.
FACTORY_RATE_CALLER = read_number("FACTORY_RATE_CALLER", 1200, 1, 1_000_000)
"""Of one person or token, at the API."""
FACTORY_RATE_ADDRESS = read_number("FACTORY_RATE_ADDRESS", 3000, 1, 1_000_000)
"""From one address, whoever they are."""
FACTORY_RATE_HEAVY = read_number("FACTORY_RATE_HEAVY", 120, 1, 1_000_000)
"""Of one person or token, of what reads, writes or starts much."""
FACTORY_RATE_GUESSES = read_number("FACTORY_RATE_GUESSES", 60, 1, 1_000_000)
"""From one address, with a token or a cookie that is none."""
FACTORY_METRICS_NETWORKS = read_networks("FACTORY_METRICS_NETWORKS", "127.0.0.0/8,::1/128")
"""From which `/metrics` is read without a token."""
FACTORY_METRICS_TOKEN = read_secret("FACTORY_METRICS_TOKEN")
"""With which it is read from anywhere; empty where nobody may."""
CSRF_TRUSTED_ORIGINS = FACTORY_ORIGINS
FACTORY_TRUSTED_PROXIES = read_number("FACTORY_TRUSTED_PROXIES", 0, 0, 8)
_over_tls = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _over_tls
SECURE_HSTS_SECONDS = 31_536_000 if _over_tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _over_tls
# Without a proxy whose word we trust, a redirect to TLS would lead from a proxy back to it for ever.
SECURE_SSL_REDIRECT = _over_tls and FACTORY_TRUSTED_PROXIES > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if FACTORY_TRUSTED_PROXIES else None
# Their door redirects by itself: with 301 an offer would come again as a GET (RFC 9725, 4.5).
# Who asks whether a process lives asks it alone, without the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = ["^whip/", "^whep/", "^healthz$", "^readyz$", "^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
INSTALLED_APPS = [
    # Before the library's, whose templates its own stand in for.
    "factory.doors.admin",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "factory.domain.accounts",
    "factory.domain.answers",
    "factory.domain.secrets",
    "factory.domain.catalogue",
    "factory.domain.pipelines",
    "factory.domain.runs",
    "factory.domain.metering",
    "factory.domain.billing",
    "factory.domain.marketplace",
    "factory.doors.terminal",
    "factory.doors.nodes",
    "factory.doors.background",
    "factory.doors.signalling",
    "factory.doors.api",
    "factory.doors.monitoring",
    "factory.doors.live",
    "factory.doors.pages",
    # After the pages, whose templates stand in for theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_vite",
]
MIDDLEWARE = [
    "factory.doors.monitoring.request_times.RequestTimes",
    "factory.doors.monitoring.access_lines.AccessLines",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "factory.doors.pages.permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "factory.doors.pages.account_pages.session_tracking.SessionTrackingMiddleware",
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
                "factory.doors.pages.theme.chosen_theme",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "factory.urls"
ASGI_APPLICATION = "factory.asgi.application"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "factory.doors.formats"

# What the browser's build left; every name in it but the manifest's holds a hash of the content.
FACTORY_EDITOR = read_folder("FACTORY_EDITOR", BASE_DIR / "builder_ui" / "dist")
STATIC_URL = "/static/"
STATICFILES_DIRS = [("builder", str(FACTORY_EDITOR))] if FACTORY_EDITOR.is_dir() else []
DJANGO_VITE = {"default": {"manifest_path": FACTORY_EDITOR / "manifest.json", "static_url_prefix": "builder"}}
SILENCED_SYSTEM_CHECKS = ["django_vite.W001"]
"""A missing build is said where it matters, on the page, with what to do."""

# People and how they sign in.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = FACTORY_TRUSTED_PROXIES
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
PASSWORD_RESET_TIMEOUT = 60 * 60
globals().update({**library_settings.ACCOUNT, **library_settings.MFA})

# Without a server for it, each mail becomes a file.
try:
    globals().update(env.email_url("EMAIL_URL", default=f"filemail:///{FACTORY_STATE / 'mail'}"))
except (ImproperlyConfigured, KeyError, ValueError):
    raise ImproperlyConfigured(
        "EMAIL_URL is unknown; use smtp+tls://NAME:PASSWORD@HOST:587 or filemail:////PATH"
    ) from None
EMAIL_TIMEOUT = 10
"""Seconds; a mail server that is silent holds up the page that waits for it."""
DEFAULT_FROM_EMAIL = env.str("FACTORY_MAIL_FROM", default="") or f"Media Pipeline Factory <factory@{_site.hostname}>"

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
    # Every request has a thread of its own, and what a thread kept open would outlive it: soon there were no more.
    _database["CONN_MAX_AGE"] = 0
else:
    raise ImproperlyConfigured("DATABASE_URL names neither SQLite nor PostgreSQL; use sqlite:///PATH or postgres://...")
DATABASES = {"default": _database}

# Counts of tries, in each process. Django's 300 entries would push out the counts of who tries too often.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}},
}

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
CELERY_WORKER_CONCURRENCY = read_number("FACTORY_WORKER_THREADS", 4, 1, 64)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULE_FILENAME = str(FACTORY_STATE / "beat-schedule")
CELERY_TIMEZONE = "UTC"

FACTORY_LOG_FORMAT = read_choice("FACTORY_LOG_FORMAT", "line", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ours": {"()": "factory.foundation.log_lines.line_formatter", "kind": FACTORY_LOG_FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ours"}},
    "root": {
        "handlers": ["console"],
        "level": read_choice("FACTORY_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        # Django's own handlers would say things twice.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # What it says of a refused request, the access line says with who asked and for what.
        "django.request": {"level": "ERROR"},
    },
}
