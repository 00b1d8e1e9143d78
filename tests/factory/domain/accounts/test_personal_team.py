import pytest

from factory.domain.accounts import services
from factory.domain.accounts.models import Member, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import name_of, teams_of
from factory.domain.accounts.services import TeamExists, create_personal_team, create_team

pytestmark = pytest.mark.django_db


def test_someone_owns_a_team_named_after_them() -> None:
    alice = User.objects.create_user("a1", email="Alice.Ohm@example.org")

    team = create_personal_team(user=alice)

    assert (team.slug, team.name) == ("aliceohm", "Alice.Ohm's team")
    assert Member.objects.get(user=alice, team=team).role == Role.OWNER
    assert list(teams_of(user=alice)) == [team]


def test_a_taken_short_name_gets_a_number() -> None:
    slugs = [
        create_personal_team(user=User.objects.create_user(f"a{number}", email=f"sam@{number}.example")).slug
        for number in range(3)
    ]

    assert slugs == ["sam", "sam-2", "sam-3"]


@pytest.mark.parametrize("email", ["日本@example.org", "-@example.org", f"{'x' * 60}@example.org"])
def test_every_address_gives_a_short_name_that_can_be_one(email: str) -> None:
    team = create_personal_team(user=User.objects.create_user("a", email=email))

    team.full_clean()


def test_a_name_that_very_many_have_keeps_nobody_out() -> None:
    for number in range(1, 100):
        create_team(slug="sam" if number == 1 else f"sam-{number}", name="taken")

    team = create_personal_team(user=User.objects.create_user("s", email="sam@example.org"))

    assert team.slug.startswith("sam-")
    team.full_clean()


def test_it_gives_up_when_even_random_names_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "new_id", lambda _length: "same")
    for slug in ("sam", *(f"sam-{number}" for number in range(2, 10)), "sam-same"):
        create_team(slug=slug, name="taken")

    with pytest.raises(TeamExists, match="another short name"):
        create_personal_team(user=User.objects.create_user("s", email="sam@example.org"))


def test_people_are_called_by_the_best_name_there_is() -> None:
    user = User(username="a1")
    assert name_of(user) == "a1"
    user.email = "alice@example.org"
    assert name_of(user) == "alice@example.org"
    user.first_name, user.last_name = "Alice", "Ohm"
    assert name_of(user) == "Alice Ohm"
