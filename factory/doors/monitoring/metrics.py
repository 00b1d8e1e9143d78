"""What Prometheus reads: counts of this process, and of the installation what the database and the worker know."""

import hmac
import ipaddress
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from factory.domain.runs.counts import unfinished_instances, unfinished_runs_by_state
from factory.orchestration.signs_of_life import Sign, durations, was_seen

disable_created_metrics()  # type: ignore[no-untyped-call]
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text format; 404 for who may not read them, as if they were not here."""
    if not _may_read(request):
        return HttpResponse("There is nothing here for you.\n", status=404, content_type="text/plain")
    installation = CollectorRegistry()
    installation.register(Installation())
    text = generate_latest(REGISTRY) + generate_latest(installation)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


class Installation(Collector):
    """What every web process would say alike; asked anew for each reader."""

    def collect(self) -> Iterator[Metric]:
        try:
            yield _gauge("runs", "Runs that are not over, by state", "state", unfinished_runs_by_state())
            yield GaugeMetricFamily("factory_instances", "Instances that have not ended", unfinished_instances())
            answers = 1
        except DatabaseError:
            answers = 0
        yield GaugeMetricFamily("factory_database_up", "Whether the database answers", answers)
        seen = {sign.value: int(was_seen(sign)) for sign in Sign}
        yield _gauge("alive", "Whether one of them spoke in the last half minute", "who", seen)
        buckets, total = durations()
        named = [(bound, float(count)) for bound, count in buckets.items()]
        told = "Reconciliations of one run, by the worker"
        yield HistogramMetricFamily("factory_reconcile_duration_seconds", told, buckets=named, sum_value=total)


def _gauge(name: str, told: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"factory_{name}", told, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _may_read(request: HttpRequest) -> bool:
    """Who brings the token; without one set or brought, who asks from a network that is allowed."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.FACTORY_METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.FACTORY_METRICS_TOKEN.encode())
    # A proxy on this machine that nobody told us of would make every stranger look like this machine.
    if not settings.FACTORY_TRUSTED_PROXIES and any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "")
    except ValueError:
        return False
    return any(address in network for network in settings.FACTORY_METRICS_NETWORKS)
