"""Addresses of these pages."""

from django.urls import URLPattern, path

from factory.doors.pages.money_pages import billing, files, ledger, run_usage, usage

urlpatterns: list[URLPattern] = [
    path("usage/", usage.show_usage, name="usage"),
    path("usage/runs/<slug:run>/", run_usage.show_run, name="run_usage"),
    path("usage.csv", files.send_usage, name="usage_file"),
    path("billing/", billing.show_billing, name="billing"),
    path("ledger/", ledger.show_ledger, name="ledger"),
    path("ledger.csv", files.send_ledger, name="ledger_file"),
]
