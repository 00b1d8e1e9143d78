"""Why we close a socket, as its browser is told."""

import enum


class CloseCode(enum.IntEnum):
    """Codes of RFC 6455, section 7.4.2, of our own range; docs/live.md says what a client does about each."""

    NOT_SIGNED_IN = 4401
    """Nobody is signed in, or no longer: signed out, password changed, account closed."""
    NOT_ALLOWED = 4403
    """The person's role does not let them look, or they are no member any more."""
    NO_SUCH_PIPELINE = 4404
    """There is none for this person, or it is gone."""
    TOO_SLOW = 4408
    """A message was not acknowledged in time."""
    OTHER_RIGHTS = 4409
    """The person may still look, but not do the same as before: the page has to ask what, and come again."""
    NOT_UNDERSTOOD = 4413
    """A message from the client was too large, unknown, or one too many."""
    TOO_MANY = 4429
    """This person, or everybody together, has too many sockets open here."""
