"""Addresses of the marketplace; no component may be called as the first page below."""

from django.urls import URLPattern, path

from factory.doors.pages.marketplace_pages import adding, grid, install, listing, managing

urlpatterns: list[URLPattern] = [
    path("", grid.show_marketplace, name="marketplace"),
    path("install/", install.show_install, name="install"),
    path("<slug:name>/", listing.show_listing, name="listing"),
    path("<slug:name>/add/", adding.add_to_pipeline, name="add_to_pipeline"),
    path("<slug:name>/status/", managing.change_status, name="change_status"),
]
