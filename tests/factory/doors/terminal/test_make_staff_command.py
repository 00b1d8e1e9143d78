"""`manage.py make_staff`: who operates the installation is said at its terminal."""

import io

import pytest
from django.core.management import CommandError, call_command

from factory.domain.accounts.models import AuditEvent, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", email="alice@example.org")


def make_staff(*words: str) -> str:
    said = io.StringIO()
    call_command("make_staff", *words, stdout=said)
    return said.getvalue()


def test_someone_who_signed_up_becomes_an_operator_and_is_one_no_longer(alice: User) -> None:
    User.objects.create_user("olga", is_staff=True)

    said = make_staff("Alice@example.org")
    after = User.objects.get(pk=alice.pk).is_staff
    make_staff("alice@example.org", "--remove")

    assert "/admin/ is open" in said
    assert after
    assert not User.objects.get(pk=alice.pk).is_staff
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["operator.made", "operator.ended"]


def test_nobody_becomes_one_who_has_not_signed_up() -> None:
    with pytest.raises(CommandError, match="nobody has signed up as bob"):
        make_staff("bob@example.org")


def test_the_last_operator_stays_one_at_the_terminal_too(alice: User) -> None:
    make_staff("alice@example.org")

    with pytest.raises(CommandError, match="is the last operator"):
        make_staff("alice@example.org", "--remove")
