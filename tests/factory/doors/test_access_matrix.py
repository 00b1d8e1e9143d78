"""Every address of the site, every method, everybody: what they get stands in tables, and no route may lack a row."""

import pytest

from factory.domain.accounts.models import User
from factory.doors.live.access import find_pipeline
from factory.doors.live.close_codes import CloseCode
from tests.factory.doors.matrix.asking import ask
from tests.factory.doors.matrix.routes import MAY, METHODS, ROLES, Row, routes, rows
from tests.factory.doors.matrix.world import World

ROWS = rows()
HARMLESS = {301, 302, 401, 403, 404, 405}
"""What a method may get that no row names: it is not taken, by whoever it is."""
pytestmark = pytest.mark.django_db


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    found, told = set(routes()), {row.route for row in ROWS}

    assert sorted(found - told) == [], "these routes need rows in tests/factory/doors/matrix/tables"
    assert sorted(told - found) == [], "these rows have no route any more"


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(row: Row, world: World) -> None:
    got = {who: ask(browser, row, world.names) for who, browser in world.browsers.items()}

    assert {who: got[who].status for who in got} == {who: row.expected(who) for who in got}
    assert {who for who in got if got[who].changed} == {who for who in got if row.changes(who)}


@pytest.mark.slow
@pytest.mark.parametrize("route", routes())
def test_a_method_that_no_row_names_is_taken_from_nobody(route: str, world: World) -> None:
    named = {row.method: row for row in ROWS if row.route == route}
    first = next(iter(named.values()))
    for method in set(METHODS) - set(named):
        row = Row(route=route, method=method, door=first.door, may="nobody", status=0, names=first.names)
        # Django's forms take PUT for POST, and one of allauth any method for GET.
        like = named.get("POST" if method == "PUT" else "GET") if first.door == "accounts" else None
        harmless = {who: HARMLESS | ({like.expected(who)} if like is not None else set()) for who in world.browsers}
        got = {who: ask(browser, row, world.names).status for who, browser in world.browsers.items()}

        assert [who for who in got if got[who] not in harmless[who]] == [], f"{method} /{route}: {got}"


@pytest.mark.slow
@pytest.mark.parametrize("who", ["stranger", "staff", *ROLES])
def test_the_one_websocket_is_for_who_may_see(who: str, world: World) -> None:
    found = find_pipeline(user=User.objects.get(username=who), team=world.names["team"], slug=world.names["slug"])

    assert isinstance(found, CloseCode) is (who not in MAY["see"])
    assert found is CloseCode.NO_SUCH_PIPELINE or who in ROLES
