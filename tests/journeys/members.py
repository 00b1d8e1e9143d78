"""Who is a member of the home team, changed as its owner would by the terminal while the site runs."""

from tests.journeys.terminal import Terminal

_BEGIN = """
from factory.domain.accounts import selectors, services
from factory.domain.accounts.models import Team
from factory.domain.accounts.roles import Role
team = Team.objects.get(slug="home")
user = selectors.person_of(email={email!r})
"""
_SET_ROLE = "services.set_role(team=team, user=user, role=Role({role!r}))"
_REMOVE = "services.remove_member(team=team, user=user)"


def set_role(terminal: Terminal, *, email: str, role: str) -> None:
    """Make someone who has signed up a member of the home team in this role."""
    _do(terminal, (_BEGIN + _SET_ROLE).format(email=email, role=role))


def remove(terminal: Terminal, *, email: str) -> None:
    """Let someone go from the home team."""
    _do(terminal, (_BEGIN + _REMOVE).format(email=email))


def _do(terminal: Terminal, code: str) -> None:
    done = terminal.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
