"""Which address belongs to which door."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("factory.doors.signalling.urls")),
    path("", include("factory.doors.monitoring.urls")),
    path("", include("factory.doors.api.urls")),
    path("", include("factory.doors.admin.urls")),
    # Before the sign-in library's, whose list of sessions is replaced by ours.
    path("", include("factory.doors.pages.urls")),
    path("accounts/", include("allauth.urls")),
]

handler429 = "factory.doors.pages.errors.show_too_many_requests"
handler500 = "factory.doors.pages.errors.show_error"
