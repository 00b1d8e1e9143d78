"""Which address reaches which signalling verb."""

from django.urls import URLPattern, path

from factory.doors.signalling import whip

urlpatterns: list[URLPattern] = [
    path("whip/<slug:endpoint>", whip.publish, name="whip"),
    path("whip/<slug:endpoint>/<slug:session>", whip.session, name="whip-session"),
]
