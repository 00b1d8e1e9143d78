"""Addresses of a person's own pages; the others under /accounts/ are the sign-in library's."""

from django.urls import path

from factory.doors.pages.account_pages import profile, sessions

urlpatterns = [
    path("", profile.show_home, name="account"),
    path("profile/", profile.show_profile, name="profile"),
    path("teams/", profile.show_teams, name="own_teams"),
    path("sessions/", sessions.show_sessions, name="sessions"),
    path("sessions/others/end/", sessions.end_other_sessions, name="end_other_sessions"),
    path("sessions/<int:session>/end/", sessions.end_session, name="end_session"),
]
