"""What opens something is in no log: tokens, links that sign in, passwords in addresses."""

import pytest

from factory.foundation.redaction import redact

TOKEN = "4fGh7Kq2ZxWvUtSrQpOnMlKjIhGfEdCb123456"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"refused mpf_{TOKEN} of alice", TOKEN[6:]),
        (f"endpoint token mpe_{TOKEN}", TOKEN[6:]),
        ("pass mpp_a1b2c3d4.17.1790000000.hV3x_9-kQ", "hV3x_9-kQ"),
        (f"Authorization: Bearer {TOKEN}", TOKEN),
        (f"{{'authorization': 'bearer {TOKEN}'}}", TOKEN),
        ("Authorization: Basic YWxpY2U6c2VjcmV0", "YWxpY2U6c2VjcmV0"),
        (f"Cookie: sessionid={TOKEN}; theme=dark", TOKEN),
        ("GET /enter/17.1790000000.aBcD-_9/ 302", "aBcD-_9"),
        (f"Not Found: /invitations/{TOKEN}/accept/", TOKEN),
        ("/accounts/password/reset/key/3-c9x2ab-0f1e2d/", "c9x2ab-0f1e2d"),
        ("no answer from postgres://factory:hunter2@db:5432/factory", "hunter2"),
        ("redis://:hunter2@redis:6379/0", "hunter2"),
        ("smtp+tls://mail:hunter2@mail.example:587", "hunter2"),
        (f"GET /whep/a1b2?token={TOKEN}&x=1", TOKEN),
    ],
)
def test_what_opens_something_is_taken_out(text: str, secret: str) -> None:
    assert secret in text

    assert secret not in redact(text)
    assert "[redacted]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "run a1b2c3d4 is ready after 0.9 s",
        "GET /teams/studio/invitations/ 200 12.0 ms",
        "the token of OBS was revoked; its name is mpf",
        "postgres://db:5432/factory does not answer",
        "/accounts/password/reset/key/done/",
        "https://media.example/t/studio/hello/",
        "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_opens_nothing_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_of_a_token_enough_is_left_to_tell_which_it_was() -> None:
    assert redact(f"mpf_{TOKEN}") == f"mpf_{TOKEN[:6]}[redacted]"
