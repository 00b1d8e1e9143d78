"""What can be read of people and teams."""

from django.db.models import QuerySet

from factory.domain.accounts.models import Member, Team, User
from factory.domain.accounts.roles import Role


def role_of(*, user: User, team: Team) -> Role | None:
    """Someone's role in a team, None for a stranger and for one who is no longer active."""
    mine = Member.objects.filter(team=team, team__archived_at=None, user=user, user__is_active=True)
    role = mine.values_list("role", flat=True).first()
    return Role(role) if role is not None else None


def teams_of(*, user: User) -> QuerySet[Team]:
    """The teams that someone is a member of, by name."""
    return Team.objects.filter(memberships__user=user, archived_at=None).order_by("name", "pk")


def team_for(*, user: User, slug: str) -> tuple[Team, Role] | None:
    """The team of this slug and the person's role in it; None where there is no such team for them."""
    mine = Member.objects.filter(team__slug=slug, team__archived_at=None, user=user, user__is_active=True)
    member = mine.select_related("team").first()
    return (member.team, Role(member.role)) if member is not None else None


def members_of(*, team: Team) -> QuerySet[Member]:
    """Everyone in a team with their person, in the order in which they came."""
    return Member.objects.filter(team=team, user__is_active=True).select_related("user").order_by("pk")


def name_of(user: User) -> str:
    """What people call someone: the full name, else the e-mail address, else the name of the account."""
    return user.get_full_name() or user.email or user.get_username()


def person_of(*, email: str) -> User | None:
    """Who signed up with this e-mail address, whatever its capitals; None where nobody did, or several."""
    found = list(User.objects.filter(email__iexact=email, is_active=True)[:2])
    return found[0] if len(found) == 1 else None
