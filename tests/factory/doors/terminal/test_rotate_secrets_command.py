import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from factory.domain.accounts.services import create_team
from factory.domain.secrets.opening import open_secrets
from factory.domain.secrets.services import put_secret
from factory.doors.terminal.management.commands import rotate_secrets
from factory.foundation import clock

OLD, NEW, LOST = (letter * 40 for letter in "onl")


@pytest.mark.django_db
def test_it_seals_everything_anew_in_batches_and_tells_what_it_could_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate_secrets, "ROWS_AT_ONCE", 2)
    team = create_team(slug="studio", name="The studio")
    settings.FACTORY_SECRETS_KEYS = [OLD]
    for number in range(5):
        put_secret(team=team, name=f"key_{number}", value=f"value {number}", by=None, now=clock.now())
    settings.FACTORY_SECRETS_KEYS = [NEW, OLD]
    told, complained = io.StringIO(), io.StringIO()

    call_command("rotate_secrets", stdout=told)
    call_command("rotate_secrets", stdout=told)
    settings.FACTORY_SECRETS_KEYS = [LOST]
    with pytest.raises(CommandError, match="5 could not be opened; keep the older keys"):
        call_command("rotate_secrets", stdout=told, stderr=complained)
    settings.FACTORY_SECRETS_KEYS = [NEW]

    assert told.getvalue().splitlines() == [f"{count} secrets sealed anew under the newest key" for count in (5, 0, 0)]
    assert complained.getvalue().count("FACTORY_SECRETS_KEYS") == 5
    assert open_secrets(team="studio", names=["key_4"]).values == {"key_4": "value 4"}
