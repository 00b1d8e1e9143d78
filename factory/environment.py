"""Reads one value after the other from the environment; a bad one refuses to start, and says what to write."""

import ipaddress
import json
import os
import re
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
_STUN = re.compile(r"stuns?:(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def read_folder(name: str, default: Path) -> Path:
    """A whole path."""
    folder = Path(env.str(name, default=str(default))).expanduser()
    if not folder.is_absolute():
        raise ImproperlyConfigured(f"{name}={folder} is not absolute; write the whole path")
    return folder


def read_secret(name: str) -> str:
    """The variable, or the file that `<name>_FILE` names; empty where neither is set."""
    path: str = env.str(f"{name}_FILE", default="")
    if not path:
        return str(env.str(name, default=""))
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path} cannot be read ({error.strerror}); mend the path") from None


def keep_secret(path: Path) -> str:
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


def read_keys(name: str, *, kept: Path) -> list[str]:
    """Keys, the newest first; one of our own, kept in this file, where nobody gives any."""
    keys = re.findall(r"[^,\s]+", read_secret(name)) or [keep_secret(kept)]
    if not all(32 <= len(key) <= 200 for key in keys) or len(keys) > 16:
        raise ImproperlyConfigured(f"{name} is no list of 1 to 16 keys of 32 to 200 characters; mend it")
    return keys


def read_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of the choices."""
    value: str = env.str(name, default=default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value} is unknown; use one of: {', '.join(choices)}")
    return value


def read_number(name: str, default: int, low: int, high: int) -> int:
    """A whole number within its bounds."""
    text = env.str(name, default=str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name}={text} is no number from {low} to {high}")
    return int(text)


def read_stun_servers(name: str) -> list[str]:
    """A JSON list of `stun:` and `stuns:` addresses (RFC 7064); whatever else is asked for would not be had."""
    text = env.str(name, default="[]")
    try:
        servers: list[str] = json.loads(text)
    except ValueError:
        servers = [""]
    is_list = isinstance(servers, list) and len(servers) <= 8
    if not is_list or not all(isinstance(one, str) and _STUN.fullmatch(one) for one in servers):
        raise ImproperlyConfigured(f'{name}={text} is no JSON list of at most 8 servers; write ["stun:HOST:3478"]')
    return servers


def read_networks(name: str, default: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks in CIDR notation, with commas between them."""
    text = env.str(name, default=default)
    try:
        return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text} is no list of networks; write 10.0.0.0/8,fd00::/8") from None
