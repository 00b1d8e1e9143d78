"""Someone in a team, with what they may do there: asked once a request, and handed on."""

import dataclasses

from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import team_for


@dataclasses.dataclass(frozen=True)
class Membership:
    """A person, a team of theirs, their role in it, and the token by which a program comes in their name."""

    user: User
    team: Team
    role: Role
    token: ApiToken | None = None

    def may(self, action: Action) -> bool:
        """Whether they may do this in the team; with a token, whether it is for this as well."""
        return may(self.role, action) and (self.token is None or action.value in self.token.scopes)


def membership_of(*, user: User, slug: str, token: ApiToken | None = None) -> Membership | None:
    """The person in the team of this slug; None where there is no such team for them, or for their token."""
    # PostgreSQL cannot be asked for NUL at all, and no slug holds one.
    found = team_for(user=user, slug=slug) if "\0" not in slug else None
    if found is None or (token is not None and token.team_id != found[0].pk):
        return None
    return Membership(user, *found, token)
