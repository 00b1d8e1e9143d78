import copy
import dataclasses
import datetime
import json
import logging
import traceback

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from components.contract.messages import Configure
from factory.domain.accounts.models import Team
from factory.domain.accounts.services import create_team
from factory.domain.secrets.hidden import STARS, HiddenText
from factory.domain.secrets.models import Secret
from factory.domain.secrets.opening import Opened, open_secrets
from factory.domain.secrets.services import put_secret
from tests.factory.domain.secrets.conftest import NEW_KEY

CANARY = "canary-7f3a"


def test_several_open_with_one_query_and_none_without_a_name(team: Team, now: datetime.datetime) -> None:
    put_secret(team=team, name="a", value="one", by=None, now=now)
    put_secret(team=team, name="b", value="two", by=None, now=now)

    with CaptureQueriesContext(connection) as queries:
        opened = open_secrets(team="studio", names={"a", "b"})
        nothing = open_secrets(team="studio", names=())

    assert opened.values == {"a": "one", "b": "two"}
    assert (len(queries), nothing, opened.problems) == (1, Opened(), {})


def test_the_secret_of_another_team_is_not_there(team: Team, now: datetime.datetime) -> None:
    create_team(slug="other", name="Other")
    put_secret(team=team, name="a", value=CANARY, by=None, now=now)

    opened = open_secrets(team="other", names=["a"])

    assert opened.values == {}
    assert "admin of the team stores it" in opened.problems["a"]


def test_a_ciphertext_that_was_moved_to_another_row_does_not_open(team: Team, now: datetime.datetime) -> None:
    other = create_team(slug="other", name="Other")
    stolen = put_secret(team=team, name="a", value=CANARY, by=None, now=now)
    put_secret(team=other, name="a", value="theirs", by=None, now=now)
    put_secret(team=team, name="b", value="ours", by=None, now=now)
    Secret.objects.exclude(pk=stolen.pk).update(ciphertext=stolen.ciphertext)

    for slug, name in (("other", "a"), ("studio", "b")):
        opened = open_secrets(team=slug, names=[name])
        assert opened.values == {}
        assert "set it again" in opened.problems[name]
    assert open_secrets(team="studio", names=["a"]).values == {"a": CANARY}


@pytest.mark.parametrize("damage", [b"", b"short", b"\x00" * 60])
def test_a_damaged_ciphertext_does_not_open(team: Team, now: datetime.datetime, damage: bytes) -> None:
    put_secret(team=team, name="a", value=CANARY, by=None, now=now)
    Secret.objects.update(ciphertext=damage)

    assert "set it again" in open_secrets(team="studio", names=["a"]).problems["a"]


def test_without_its_key_it_says_which_is_missing(team: Team, now: datetime.datetime, settings: Settings) -> None:
    secret = put_secret(team=team, name="a", value=CANARY, by=None, now=now)
    settings.FACTORY_SECRETS_KEYS = [NEW_KEY]

    problem = open_secrets(team="studio", names=["a"]).problems["a"]

    assert secret.key_id in problem
    assert "FACTORY_SECRETS_KEYS" in problem
    assert CANARY not in problem


def test_a_value_is_shown_by_nothing_that_prints(caplog: pytest.LogCaptureFixture) -> None:
    value = HiddenText(CANARY)
    parameters = {"key": value, "text": "open"}
    configure = Configure(revision=1, parameters=parameters, ports={}, clock={})
    opened = Opened({"key": value})
    try:
        raise ValueError(value, parameters)
    except ValueError as error:
        told = "".join(traceback.format_exception(error))

    with caplog.at_level(logging.INFO):
        logging.getLogger(__name__).info("%s %r %s", value, parameters, configure)

    for shown in (repr(value), str(value), f"{value} {value!r} {value:>20}", repr(parameters), repr(configure)):
        assert CANARY not in shown
        assert STARS in shown
    assert CANARY not in told + caplog.text + repr(opened) + str(dataclasses.asdict(configure))


def test_a_value_travels_as_the_text_that_it_is() -> None:
    value = HiddenText('quo"te\nünïcode')
    line = Configure(revision=1, parameters={"key": value}, ports={}, clock={}).to_line()

    assert json.loads(line)["parameters"] == {"key": 'quo"te\nünïcode'}
    assert copy.deepcopy({"key": value}) == {"key": 'quo"te\nünïcode'}
    assert isinstance(copy.deepcopy(value), HiddenText)
