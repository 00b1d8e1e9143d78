"""Addresses that machines ask."""

from django.urls import path

from factory.doors.monitoring import health, metrics

app_name = "monitoring"
urlpatterns = [
    path("healthz", health.show_health, name="health"),
    path("readyz", health.show_readiness, name="readiness"),
    path("metrics", metrics.show_metrics, name="metrics"),
]
