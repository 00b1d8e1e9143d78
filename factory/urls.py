"""Which address belongs to which door."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("factory.doors.signalling.urls"))]
