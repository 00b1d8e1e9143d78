from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from factory.doors.pages.account_pages.mail_delivery import mail_delivery
from tests.factory.doors.pages.account_pages.newcomers import EMAIL, dora, sign_up

BACKENDS = "django.core.mail.backends"


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    """A site without a mail server, on this machine."""
    settings.EMAIL_BACKEND = f"{BACKENDS}.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.FACTORY_SITE = "http://localhost:8000"
    return tmp_path / "mail"


def test_the_page_says_in_which_folder_the_mail_lies(client: Client, db: None, files: Path) -> None:
    sign_up(client)
    page = client.get("/accounts/confirm-email/").content.decode()

    assert "nothing was sent" in page
    assert f"<code>{files}</code>" in page
    (written,) = files.iterdir()
    assert EMAIL in written.read_text()


def test_a_site_that_others_reach_tells_them_no_path(client: Client, db: None, files: Path, settings: Settings) -> None:
    settings.FACTORY_SITE = "https://factory.example"
    sign_up(client)
    page = client.get("/accounts/confirm-email/").content.decode()

    assert "nothing was sent" in page
    assert str(files) not in page
    assert "FACTORY_STATE" in page


def test_no_page_says_that_a_mail_was_sent_which_became_a_file(client: Client, db: None, files: Path) -> None:
    dora()
    client.post("/accounts/password/reset/", {"email": EMAIL})
    page = client.get("/accounts/password/reset/done/").content.decode()

    assert "on its way" not in page
    assert str(files) in page


def test_with_a_mail_server_the_page_speaks_of_no_files(client: Client, db: None) -> None:
    sign_up(client)
    page = client.get("/accounts/confirm-email/").content.decode()

    assert "A mail with the code is on its way to <strong>dora@example.org</strong>" in page
    assert "nothing was sent" not in page


@pytest.mark.parametrize(
    ("backend", "kind"), [("smtp", "sent"), ("locmem", "sent"), ("console", "printed"), ("dummy", "dropped")]
)
def test_where_mail_goes_follows_from_the_backend(backend: str, kind: str, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}.{backend}.EmailBackend"

    assert mail_delivery().kind == kind
    assert mail_delivery().reaches_people == (kind == "sent")


def test_a_mail_server_that_is_down_breaks_nothing_and_is_told(client: Client, db: None, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    sign_up(client)
    page = client.get("/accounts/confirm-email/").content.decode()

    assert "The mail could not be sent" in page
    assert "Mail a new code" in page
