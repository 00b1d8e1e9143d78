"""Someone in a team, with what they may do there: asked once a request, and handed on."""

import dataclasses

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import team_for


@dataclasses.dataclass(frozen=True)
class Membership:
    """A person, a team of theirs, and their role in it."""

    user: User
    team: Team
    role: Role

    def may(self, action: Action) -> bool:
        """Whether they may do this in the team."""
        return may(self.role, action)


def membership_of(*, user: User, slug: str) -> Membership | None:
    """The person in the team of this slug; None where there is no such team for them."""
    found = team_for(user=user, slug=slug)
    return Membership(user, *found) if found is not None else None
