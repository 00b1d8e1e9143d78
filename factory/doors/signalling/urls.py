"""Which address reaches which signalling verb."""

from django.urls import URLPattern, path

from factory.doors.signalling import whep, whip

urlpatterns: list[URLPattern] = [
    path("whip/<slug:endpoint>", whip.endpoint, name="whip"),
    path("whip/<slug:endpoint>/<slug:session>", whip.session, name="whip-session"),
    path("whep/<slug:endpoint>", whep.endpoint, name="whep"),
    path("whep/<slug:endpoint>/<slug:session>", whep.session, name="whep-session"),
]
