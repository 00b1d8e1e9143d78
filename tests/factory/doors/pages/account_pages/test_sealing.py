import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from pytest_django import Settings

from factory.doors.pages.account_pages.sealing import FactorUnreadable, seal, seal_all_anew, unseal
from tests.factory.doors.pages.account_pages.newcomers import TOTP_SECRET, dora, give_app

NEW_KEY = "another key of this installation, made later"


def rotate(settings: Settings) -> str:
    """The present key becomes the earlier one; returns it."""
    old = str(settings.SECRET_KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, [old]
    return old


def test_what_is_sealed_is_not_to_be_seen_and_comes_out_whole() -> None:
    sealed = seal(TOTP_SECRET)

    assert TOTP_SECRET not in sealed
    assert sealed != seal(TOTP_SECRET)
    assert unseal(sealed) == TOTP_SECRET


def test_an_earlier_key_still_opens(settings: Settings) -> None:
    sealed = seal(TOTP_SECRET)
    rotate(settings)

    assert unseal(sealed) == TOTP_SECRET


def test_without_its_key_nothing_opens_and_the_remedy_is_named(settings: Settings) -> None:
    sealed = seal(TOTP_SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, []

    with pytest.raises(FactorUnreadable, match="SECRET_KEY_FALLBACKS"):
        unseal(sealed)


def test_sealing_anew_frees_from_the_earlier_key(db: None, settings: Settings) -> None:
    user = dora()
    app = give_app(user)
    codes = Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": seal("a seed"), "used_mask": 5}
    )
    rotate(settings)
    assert seal_all_anew() == 2

    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    codes.refresh_from_db()
    assert unseal(app.data["secret"]) == TOTP_SECRET
    assert unseal(codes.data["seed"]) == "a seed"
    assert codes.data["used_mask"] == 5


def test_the_command_says_how_many_it_sealed(db: None, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    give_app(dora())
    old = rotate(settings)
    call_command("seal_anew")
    assert "1 second factors" in capsys.readouterr().out

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, []
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("seal_anew")
