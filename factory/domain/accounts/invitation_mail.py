"""The mail that asks someone to become a member; its link is told nowhere else."""

from typing import ClassVar

from django.conf import settings
from django.core.mail import send_mail

from factory.domain.accounts.models import Invitation
from factory.domain.accounts.selectors import name_of
from factory.foundation.errors import TemporaryError

_TEXT = """{who} asks you to join the team “{team}” of the Media Pipeline Factory as {role}.

Accept or decline here until {until:%d %B %Y}, %H:%M UTC:

{link}

You need an account with this e-mail address; you can make one there.
If you do not know {who}, ignore this mail: nothing happens.
"""


class MailAway(TemporaryError):
    """The mail server did not take the mail."""

    id: ClassVar[str] = "accounts:ours:mail-away"


def send_invitation(*, invitation: Invitation, text: str) -> None:
    """Send the link to who is invited; `text` is what only this mail knows.

    Raises:
        MailAway: it could not be sent; the invitation waits, and inviting again sends another link.
    """
    who = name_of(invitation.invited_by) if invitation.invited_by is not None else "Someone"
    body = _TEXT.replace("%H:%M", f"{invitation.expires_at:%H:%M}").format(
        who=who,
        team=invitation.team.name,
        role=invitation.role,
        until=invitation.expires_at,
        link=f"{settings.FACTORY_SITE}/invitations/{text}/",
    )
    subject = f"Join {invitation.team.name}"
    try:
        send_mail(subject, body, None, [invitation.email])
    except OSError as error:
        raise MailAway("The mail could not be sent; invite again in a moment.") from error
