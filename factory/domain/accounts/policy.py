"""What each role may do, in one table."""

import enum

from factory.domain.accounts.roles import Role


class Action(enum.StrEnum):
    """One kind of thing that can be done in a team."""

    SEE = "see"
    """Look at pipelines, runs and members."""
    RUN = "run"
    """Start and stop runs; list the tokens of endpoints."""
    EDIT = "edit"
    """Create, change, publish and archive pipelines."""
    ADMINISTER = "administer"
    """Members, tokens, secrets."""
    PAY = "pay"
    """See and pay the bills."""
    OWN = "own"
    """The team itself: its name, its end, its owners."""


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.ADMIN: frozenset(Action) - {Action.OWN},
    Role.DEVELOPER: frozenset({Action.SEE, Action.RUN, Action.EDIT}),
    Role.OPERATOR: frozenset({Action.SEE, Action.RUN}),
    Role.VIEWER: frozenset({Action.SEE}),
    Role.BILLING: frozenset({Action.PAY}),
}


def may(role: Role, action: Action) -> bool:
    """Whether someone in this role may do this."""
    return action in ALLOWED[role]


def roles_for(action: Action) -> list[Role]:
    """Every role that may do this, the mightiest first."""
    return [role for role in Role if may(role, action)]
