import pytest

from factory.domain.accounts.policy import ALLOWED, Action, may, roles_for
from factory.domain.accounts.roles import Role


def test_every_role_has_a_row() -> None:
    assert set(ALLOWED) == set(Role)


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.SEE, ["owner", "admin", "developer", "operator", "viewer"]),
        (Action.RUN, ["owner", "admin", "developer", "operator"]),
        (Action.EDIT, ["owner", "admin", "developer"]),
        (Action.ADMINISTER, ["owner", "admin"]),
        (Action.PAY, ["owner", "admin", "billing"]),
        (Action.OWN, ["owner"]),
    ],
)
def test_who_may_do_what_is_told_the_mightiest_first(action: Action, roles: list[str]) -> None:
    assert [role.value for role in roles_for(action)] == roles
    assert [role.value for role in Role if may(role, action)] == roles
