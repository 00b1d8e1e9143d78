"""Addresses of the pages."""

from django.urls import include, path

from factory.doors.pages import editor, enter, home, new_pipeline, pipelines
from factory.doors.pages.team_pages import invitations, settings

app_name = "pages"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("enter/<str:token>/", enter.enter, name="enter"),
    path("accounts/", include("factory.doors.pages.account_pages.urls")),
    path("teams/own/", home.make_own_team, name="own_team"),
    path("teams/new/", settings.make_team, name="new_team"),
    path("invitations/<str:token>/", invitations.show_invitation, name="invitation"),
    path("invitations/<str:token>/accept/", invitations.accept, name="accept_invitation"),
    path("invitations/<str:token>/decline/", invitations.decline, name="decline_invitation"),
    path("marketplace/", include("factory.doors.pages.marketplace_pages.urls")),
    path("teams/<slug:team>/", home.show_team, name="team"),
    path("teams/<slug:team>/", include("factory.doors.pages.team_pages.urls")),
    path("teams/<slug:team>/", include("factory.doors.pages.money_pages.urls")),
    path("new/<slug:team>/", new_pipeline.begin, name="new_pipeline"),
    path("t/<slug:team>/", pipelines.show_pipelines, name="pipelines"),
    path("t/<slug:team>/<slug:slug>/", editor.show_editor, name="editor"),
    path("t/<slug:team>/<slug:slug>/copy/", pipelines.copy, name="copy"),
    path("t/<slug:team>/<slug:slug>/archive/", pipelines.archive, name="archive"),
]
