"""What someone may say of themselves, and where they belong."""

from django.db.models import QuerySet

from factory.domain.accounts.models import Member, User

LONGEST_NAME = 100


def rename_person(*, user: User, name: str) -> User:
    """Give someone a full name; without one their e-mail address is shown. Spaces are tidied, the length is bounded."""
    # One field: where a name is to be divided, and whether it can be, differs from place to place.
    user.first_name, user.last_name = " ".join(name.split())[:LONGEST_NAME], ""
    user.save(update_fields=["first_name", "last_name"])
    return user


def memberships_of(*, user: User) -> QuerySet[Member]:
    """Someone's places in teams, with the team, by its name."""
    return Member.objects.filter(user=user, team__archived_at=None).select_related("team").order_by("team__name", "pk")


def forget_password(*, user: User) -> None:
    """From now on no password signs this person in; they choose a new one by a mail."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
