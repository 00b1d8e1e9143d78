"""Where mail goes from this site, so that no page says "sent" of what only became a file."""

import dataclasses
from urllib.parse import urlsplit

from django.conf import settings

_FILES = "django.core.mail.backends.filebased.EmailBackend"
_PRINTED = "django.core.mail.backends.console.EmailBackend"
_DROPPED = "django.core.mail.backends.dummy.EmailBackend"
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclasses.dataclass(frozen=True)
class Delivery:
    """How mail leaves: `sent`, or for want of a mail server `filed` in a folder, `printed` or `dropped`."""

    kind: str
    folder: str = ""

    @property
    def reaches_people(self) -> bool:
        """Whether it goes to mailboxes."""
        return self.kind == "sent"


def mail_delivery() -> Delivery:
    """As EMAIL_URL says. The folder's path is told where the site is this machine's own, else only its name."""
    backend = settings.EMAIL_BACKEND
    if backend == _FILES:
        is_local = urlsplit(settings.FACTORY_SITE).hostname in _LOCAL_NAMES
        return Delivery("filed", str(getattr(settings, "EMAIL_FILE_PATH", "")) if is_local else "")
    return Delivery({_PRINTED: "printed", _DROPPED: "dropped"}.get(backend, "sent"))
