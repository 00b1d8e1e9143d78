"""Addresses of these pages."""

from django.urls import URLPattern, path

from factory.doors.pages.team_pages import audit, members, secrets, settings, tokens

urlpatterns: list[URLPattern] = [
    path("members/", members.show_members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<int:member>/role/", members.change_role, name="change_role"),
    path("members/<int:member>/remove/", members.remove, name="remove_member"),
    path("invitations/<slug:invitation>/withdraw/", members.withdraw, name="withdraw_invitation"),
    path("tokens/", tokens.show_tokens, name="tokens"),
    path("tokens/<slug:token>/revoke/", tokens.revoke, name="revoke_token"),
    path("audit/", audit.show_audit, name="audit"),
    path("audit.csv", audit.download_audit, name="audit_csv"),
    path("settings/", settings.show_settings, name="team_settings"),
    path("archive/", settings.archive, name="archive_team"),
    path("secrets/", secrets.show_secrets, name="secrets"),
    path("secrets/<slug:name>/delete/", secrets.delete, name="delete_secret"),
]
