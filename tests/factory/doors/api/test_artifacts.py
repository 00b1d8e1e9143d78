import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import AsyncClient, Client

from factory.domain.runs.models import Artifact
from factory.doors.api.v1.stored_files import CHUNK_BYTES, OpenFile, Part, open_stored
from tests.factory.doors.api.browsers import HELLO
from tests.factory.doors.api.conftest import CONTENT

pytestmark = pytest.mark.django_db(transaction=True)


async def fetch(browser: Client, artifact: Artifact, query: str = "", **headers: str) -> tuple[Any, bytes]:
    """The response and its whole content."""
    asking = AsyncClient()
    asking.cookies = browser.cookies
    address = f"{HELLO}/runs/{artifact.run_id}/artifacts/{artifact.pk}{query}"
    response: Any = await asking.get(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    if not response.streaming:
        return response, response.content
    return response, b"".join([piece async for piece in response])


def write_on(final: Path) -> None:
    """Let the file be one that the first attempt still writes."""
    final.rename(final.with_name(".partial~1~video~hello.mp4"))
    final.with_name(".partial~2~video~hello.mp4").write_bytes(b"of another attempt")


def lay_trap(kind: str, final: Path, store: Path) -> str:
    """Put something else where the file was, or beside the store; the path that its row names."""
    secret = store.parent / "secret"
    secret.write_bytes(b"secret")
    final.unlink()
    match kind:
        case "outside":
            return str(secret)
        case "upwards":
            return f"{store}/../secret"
        case "link":
            final.symlink_to(secret)
        case "linked folder":
            (store / "link").symlink_to(store.parent)
            return str(store / "link" / "secret")
        case "folder":
            final.mkdir()
        case "pipe":
            os.mkfifo(final)
    return str(final)


async def test_a_file_is_given_whole_and_runs_nothing(artifact: Artifact, viewer: Client) -> None:
    response, content = await fetch(viewer, artifact)

    assert (response.status_code, content) == (200, CONTENT)
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == "1000"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Disposition"] == 'inline; filename="hello.mp4"'
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"


async def test_a_part_is_given_as_asked(artifact: Artifact, viewer: Client) -> None:
    response, content = await fetch(viewer, artifact, Range="bytes=995-")

    assert (response.status_code, content) == (206, CONTENT[995:])
    assert (response["Content-Range"], response["Content-Length"]) == ("bytes 995-999/1000", "5")


async def test_a_part_that_is_not_there_is_refused_with_the_size(artifact: Artifact, viewer: Client) -> None:
    response, _ = await fetch(viewer, artifact, Range="bytes=1000-")

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1000")
    assert response.json()["code"] == "api:user:range"


async def test_a_part_is_given_only_of_what_the_client_has(artifact: Artifact, viewer: Client) -> None:
    whole, _ = await fetch(viewer, artifact)

    same, _ = await fetch(viewer, artifact, Range="bytes=0-1", If_Range=whole["ETag"])
    other, content = await fetch(viewer, artifact, Range="bytes=0-1", If_Range='"other"')

    assert (same.status_code, other.status_code, content) == (206, 200, CONTENT)


async def test_a_download_has_the_name_of_the_file(artifact: Artifact, viewer: Client) -> None:
    await Artifact.objects.filter(pk=artifact.pk).aupdate(name='Grüße "1".mp4')

    response, _ = await fetch(viewer, artifact, "?download=1")

    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%20%221%22.mp4"


async def test_a_type_that_is_none_is_sent_as_bytes(artifact: Artifact, viewer: Client) -> None:
    await Artifact.objects.filter(pk=artifact.pk).aupdate(media_type="text/html; x=\u00e4")

    response, _ = await fetch(viewer, artifact)

    assert response["Content-Type"] == "application/octet-stream"


async def test_a_file_is_given_as_far_as_it_is_written(artifact: Artifact, viewer: Client) -> None:
    write_on(Path(artifact.path))
    await Artifact.objects.filter(pk=artifact.pk).aupdate(closed_at=None, bytes=0)

    response, content = await fetch(viewer, artifact)

    assert (response.status_code, content) == (200, CONTENT)
    assert "ETag" not in response


async def test_a_head_tells_the_size_and_sends_nothing(artifact: Artifact, viewer: Client) -> None:
    asking = AsyncClient()
    asking.cookies = viewer.cookies

    response = await asking.head(f"{HELLO}/runs/{artifact.run_id}/artifacts/{artifact.pk}")

    assert (response.status_code, response["Content-Length"], response.content) == (200, "1000", b"")


@pytest.mark.parametrize("kind", ["outside", "upwards", "link", "linked folder", "folder", "pipe", "gone"])
async def test_nothing_but_files_of_the_store_leaves_it(
    artifact: Artifact, viewer: Client, store: Path, kind: str
) -> None:
    path = lay_trap(kind, Path(artifact.path), store)
    await Artifact.objects.filter(pk=artifact.pk).aupdate(path=path)

    response, content = await fetch(viewer, artifact)

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert b"secret" not in content


async def test_a_large_file_passes_in_pieces_and_its_descriptor_is_given_back(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(os.urandom(CHUNK_BYTES * 3 + 7))
    file = open_stored(tmp_path, tmp_path / "large")
    assert file is not None

    pieces = [piece async for piece in Part(file, 5, file.size)]

    assert b"".join(pieces) == (tmp_path / "large").read_bytes()[5:]
    assert max(map(len, pieces)) == CHUNK_BYTES
    assert await anext(file.read(0, 1), b"") == b""


async def test_a_reader_that_leaves_gives_the_descriptor_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * CHUNK_BYTES * 2)
    before = len(os.listdir("/proc/self/fd"))
    file = open_stored(tmp_path, tmp_path / "file")
    assert isinstance(file, OpenFile)

    del file

    assert len(os.listdir("/proc/self/fd")) == before


def test_what_is_sent_for_long_keeps_no_connection_to_the_database(artifact: Artifact, viewer: Client) -> None:
    response = viewer.get(f"{HELLO}/runs/{artifact.run_id}/artifacts/{artifact.pk}")

    assert response.status_code == 200
    assert connection.connection is None
    response.close()
