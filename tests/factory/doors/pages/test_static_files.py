import gzip
from pathlib import Path

import pytest
from channels.testing import HttpCommunicator
from pytest_django import Settings

from factory.doors.pages.static_files import Application, serve_static_files

PROGRAM = b"console.log('a program that is worth compressing');" * 50


async def otherwise(scope: object, receive: object, send: object) -> None:
    """Stands where Django does."""
    assert callable(send)
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"not static"})


@pytest.fixture
def served(tmp_path: Path, settings: Settings) -> Application:
    assets = tmp_path / "dist" / "assets"
    assets.mkdir(parents=True)
    (assets / "editor-Ab_3-x9Z.js").write_bytes(PROGRAM)
    (assets / "editor-Ab_3-x9Z.js.gz").write_bytes(gzip.compress(PROGRAM))
    (assets / "plain.svg").write_text("<svg/>")
    (assets.parent / "manifest.json").write_text("{}")
    (assets.parent / ".stamp").write_text("of the build")
    (tmp_path / "secret").write_text("no")
    settings.STATICFILES_DIRS = [("builder", str(tmp_path / "dist"))]
    return serve_static_files(otherwise)


async def get(served: Application, path: str, encoding: bytes = b"") -> tuple[int, dict[bytes, bytes], bytes]:
    headers = [(b"accept-encoding", encoding)] if encoding else []
    communicator = HttpCommunicator(served, "GET", path, headers=headers)
    answer = await communicator.get_response()
    # The last chunk is out before its file is closed.
    await communicator.wait()
    return answer["status"], dict(answer["headers"]), answer["body"]


async def test_a_browser_that_takes_gzip_gets_gzip(served: Application) -> None:
    status, headers, body = await get(served, "/static/builder/assets/editor-Ab_3-x9Z.js", b"gzip, deflate, br")

    assert status == 200
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"content-type"].startswith(b"text/javascript")
    assert b"Accept-Encoding" in headers[b"vary"]
    assert len(body) < len(PROGRAM) / 10
    assert gzip.decompress(body) == PROGRAM


async def test_another_one_gets_it_as_it_is(served: Application) -> None:
    _status, headers, body = await get(served, "/static/builder/assets/editor-Ab_3-x9Z.js")

    assert b"content-encoding" not in headers
    assert body == PROGRAM


async def test_what_has_a_hash_is_kept_for_years_and_the_rest_for_a_minute(served: Application) -> None:
    _status, hashed, _body = await get(served, "/static/builder/assets/editor-Ab_3-x9Z.js")
    _status, plain, _body = await get(served, "/static/builder/manifest.json")

    assert b"immutable" in hashed[b"cache-control"]
    assert plain[b"cache-control"] == b"max-age=60, public"


async def test_pictures_cannot_run_programs(served: Application) -> None:
    _status, headers, _body = await get(served, "/static/builder/assets/plain.svg")

    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"sandbox" in headers[b"content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/builder/../../secret",
        "/static/builder/%2e%2e/secret",
        "/static/builder/.stamp",
        "/static/nothing.js",
        "/",
    ],
)
async def test_everything_else_is_for_the_application(served: Application, path: str) -> None:
    status, _headers, body = await get(served, path)

    assert (status, body) == (404, b"not static")
