"""How often anybody may ask, and how they are told (draft-ietf-httpapi-ratelimit-headers-10).

A policy is a quota a minute; who has used it up waits for a part of it, never for the whole minute.
"""

import dataclasses
import functools
import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter

from factory.doors.api.buckets import Draw, Drawn, MemoryBuckets, SharedBuckets
from factory.doors.api.v1.refusals import Refusal, respond

View = Callable[..., HttpResponseBase]
WINDOW_SECONDS = 60
_LIMITED = Counter("factory_requests_limited_total", "Requests that were refused since they came too often", ["policy"])
HEAVY = frozenset(
    {
        ("GET", "export"),
        ("GET", "log"),
        ("GET", "usage.csv"),
        ("POST", "copy"),
        ("POST", "import"),
        ("POST", "installations"),
        ("POST", "invitations"),
        ("POST", "parse"),
        ("POST", "print"),
        ("POST", "runs"),
        ("POST", "tokens"),
        ("POST", "versions"),
    }
)
"""What reads, writes, starts or sends much: the method and the end of the address."""


@dataclasses.dataclass(frozen=True)
class Policy:
    """So many requests a minute, of each who is counted by it.

    Attributes:
        name: as the headers have it.
        quota: requests a minute.
        of: the key of whose bucket it is.
        cost: 0 where a request only has to find the bucket not empty.
    """

    name: str
    quota: int
    of: str
    cost: int = 1

    @property
    def draw(self) -> Draw:
        """What a request takes by it."""
        return Draw(f"{self.name}:{self.of}", self.quota, self.quota / WINDOW_SECONDS, self.cost)


@functools.cache
def buckets() -> MemoryBuckets | SharedBuckets:
    """Those that this process draws from: all web processes' where there is a Redis."""
    if not settings.REDIS_URL:
        return MemoryBuckets()
    url = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    return SharedBuckets(url, f"factory-{settings.FACTORY_INSTALL}-rate:")


def limit_rate(view: View) -> View:
    """The view, for who does not ask too often; every answer says how much is left."""

    @functools.wraps(view)
    def limited(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        policies = _policies_of(request)
        drawn = buckets().draw([policy.draw for policy in policies])
        shown = [(policy, left) for policy, left in zip(policies, drawn.left, strict=True) if policy.cost]
        if drawn.wait > 0:
            response: HttpResponseBase = respond(_refusal(policies, drawn))
        else:
            response = view(request, *arguments, **named)
            if response.status_code == 401:
                buckets().draw([dataclasses.replace(_guesses(request), cost=1).draw])
        _tell(response, shown)
        return response

    return limited


def _policies_of(request: HttpRequest) -> list[Policy]:
    """Those that count for a request, without asking the database: who is unknown is counted by the address."""
    address = _address_of(request)
    policies = [Policy("address", settings.FACTORY_RATE_ADDRESS, address), _guesses(request)]
    caller = _caller_of(request)
    if caller is not None:
        policies.append(Policy("caller", settings.FACTORY_RATE_CALLER, caller))
    # HEAD is answered as GET is, and costs as much.
    method = "GET" if request.method == "HEAD" else request.method
    if (method, request.path.rpartition("/")[2]) in HEAVY:
        policies.append(Policy("heavy", settings.FACTORY_RATE_HEAVY, caller or address))
    return policies


def _guesses(request: HttpRequest) -> Policy:
    """Wrong tokens and cookies from one address: what is like signing in is tried seldom."""
    return Policy("guesses", settings.FACTORY_RATE_GUESSES, _address_of(request), cost=0)


def _caller_of(request: HttpRequest) -> str | None:
    """As the API finds out who asks: a header that it takes for nothing must not give each request a bucket anew."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return hashlib.sha256(given.encode()).hexdigest()[:32] if given else None


def _address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "unknown")


def _refusal(policies: Sequence[Policy], drawn: Drawn) -> Refusal:
    empty = next(policy for policy, left in zip(policies, drawn.left, strict=True) if left < 1)
    _LIMITED.labels(empty.name).inc()
    seconds = max(1, math.ceil(drawn.wait))
    title = f"Too many requests; wait {seconds} second{'s' if seconds > 1 else ''} and then ask less often."
    headers = {"Retry-After": str(seconds)}
    return Refusal(429, "api:user:too-many", title, headers=headers, policy=empty.name)


def _tell(response: HttpResponseBase, shown: Sequence[tuple[Policy, int]]) -> None:
    response["RateLimit-Policy"] = ", ".join(
        f'"{policy.name}";q={policy.quota};w={WINDOW_SECONDS}' for policy, _ in shown
    )
    response["RateLimit"] = ", ".join(
        f'"{policy.name}";r={left};t={math.ceil((policy.quota - left) * WINDOW_SECONDS / policy.quota)}'
        for policy, left in shown
    )
