"""An e-mail address is one person's, whatever its capitals: the database itself keeps it so."""

import importlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, transaction

from factory.domain.accounts.models import User
from factory.domain.accounts.selectors import person_of

AT_ONCE = 6
migration = importlib.import_module("factory.domain.accounts.migrations.0002_one_address_a_person")


def test_capitals_make_no_other_address(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("another", email="ALICE@Example.org")

    assert person_of(email="Alice@EXAMPLE.org") == alice


def test_accounts_without_an_address_are_many(db: None) -> None:
    for name in ("one", "two"):
        User.objects.create_user(name)

    assert User.objects.filter(email="").count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_an_address_at_once_one_has_it() -> None:
    together = threading.Barrier(AT_ONCE)

    def take(number: int) -> bool:
        together.wait(30)
        try:
            User.objects.create(username=f"bob-{number}", email="bob@example.org" if number % 2 else "BOB@example.org")
        except IntegrityError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = list(pool.map(take, range(AT_ONCE)))

    assert sorted(taken) == [*[False] * (AT_ONCE - 1), True]


@pytest.fixture
def before(transactional_db: None) -> Iterator[None]:
    """The table as it was before an address was one person's."""
    (rule,) = User._meta.constraints
    with connection.schema_editor() as editor:
        editor.remove_constraint(User, rule)
    yield
    with connection.schema_editor() as editor:
        editor.add_constraint(User, rule)


@pytest.mark.slow
def test_of_old_accounts_with_one_address_the_oldest_keeps_it(before: None) -> None:
    for name, email in (("a", "x@example.org"), ("b", "X@example.org"), ("c", "y@example.org"), ("d", "x@Example.org")):
        User.objects.create(username=name, email=email)

    with connection.schema_editor() as editor:
        migration.part(apps, editor)

    kept = dict(User.objects.values_list("username", "email"))
    assert kept == {"a": "x@example.org", "b": "", "c": "y@example.org", "d": ""}
