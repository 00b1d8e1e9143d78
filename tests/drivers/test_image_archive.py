"""What `docker save` wrote is read without an engine, and nothing that a stranger packs harms anybody."""

import json
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from factory.drivers.archives import MIB, ArchiveRefused
from factory.drivers.image_archive import holds_image, read_image, write_clean
from tests.drivers.saved_images import LABELS, add, config, huge_layer, layer, link, save

MOST = 64 * MIB


def clean(path: Path) -> Path:
    target = path.with_suffix(".clean")
    write_clean(path, read_image(path, most_bytes=MOST), target, most_bytes=MOST)
    return target


@pytest.mark.parametrize("compressed", [False, True])
def test_it_reads_what_the_image_says_of_itself(tmp_path: Path, compressed: bool) -> None:
    path = save(tmp_path / "image.tar", compressed=compressed)

    image = read_image(path, most_bytes=MOST)

    assert image.labels == LABELS
    assert image.digest.startswith("sha256:")
    assert len(image.layers) == 1
    assert holds_image(path, most_bytes=MOST)


def test_the_engine_gets_the_image_alone_and_no_name(tmp_path: Path) -> None:
    path = save(
        tmp_path / "image.tar", extra=[tarfile.TarInfo("repositories")], tag="media-pipeline-factory/overlay:1.0.0"
    )

    with tarfile.open(clean(path)) as archive:
        names = archive.getnames()
        listed = archive.extractfile("manifest.json")
        assert listed is not None
        [only] = json.load(listed)

    assert only["RepoTags"] is None
    assert sorted(names) == sorted([only["Config"], *only["Layers"], "manifest.json"])


def test_a_layer_that_an_image_has_twice_may_be_a_link_to_the_first(tmp_path: Path) -> None:
    part = layer()
    first, second = "a" * 64, "b" * 64
    said = config([part, part])
    path = tmp_path / "image.tar"
    listed = [{"Config": "c.json", "RepoTags": None, "Layers": [f"{first}/layer.tar", f"{second}/layer.tar"]}]
    with tarfile.open(path, "w") as archive:
        add(archive, f"{first}/layer.tar", part)
        archive.addfile(link(f"{second}/layer.tar", f"../{first}/layer.tar"))
        add(archive, "c.json", said)
        add(archive, "manifest.json", json.dumps(listed).encode())

    with tarfile.open(clean(path)) as archive:
        found = archive.extractfile("manifest.json")
        assert found is not None
        assert json.load(found)[0]["Layers"] == [f"{first}/layer.tar", f"{first}/layer.tar"]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\..\\evil", "x" * 2000])
def test_an_entry_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / "image.tar", extra=[tarfile.TarInfo(name)])

    with pytest.raises(ArchiveRefused, match="leads out of the archive"):
        read_image(path, most_bytes=MOST)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../etc/passwd", "layer.tar"])
def test_any_other_link_is_refused(tmp_path: Path, target: str) -> None:
    path = save(tmp_path / "image.tar", extra=[link("somewhere", target)])

    with pytest.raises(ArchiveRefused, match="no plain file"):
        read_image(path, most_bytes=MOST)


def test_a_device_is_refused_by_what_it_is(tmp_path: Path) -> None:
    device = tarfile.TarInfo("dev")
    device.type = tarfile.CHRTYPE

    with pytest.raises(ArchiveRefused, match="no plain file"):
        read_image(save(tmp_path / "image.tar", extra=[device]), most_bytes=MOST)


def test_a_small_layer_that_unpacks_to_a_huge_one_is_refused_at_once(tmp_path: Path) -> None:
    path = save(tmp_path / "image.tar", layers=[huge_layer(100)])
    tracemalloc.start()

    with pytest.raises(ArchiveRefused, match="unpacks to far more"):
        clean(path)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * MIB


def test_too_many_entries_are_refused_by_count(tmp_path: Path) -> None:
    path = save(tmp_path / "image.tar", extra=[tarfile.TarInfo(f"file-{number}") for number in range(2100)])

    with pytest.raises(ArchiveRefused, match="too many files"):
        read_image(path, most_bytes=MOST)


def test_a_header_that_claims_to_be_long_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 40 * MIB
    path.write_bytes(header.tobuf() + b"a" * (40 * MIB))

    with pytest.raises(ArchiveRefused, match="longer than any can be"):
        read_image(path, most_bytes=MOST)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"hello" * 1000, "broken|no tar archive"), (b"", "no tar archive"), (b"\x28\xb5\x2f\xfd" + b"x" * 600, "zstd")],
)
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(content)

    with pytest.raises(ArchiveRefused, match=words):
        read_image(path, most_bytes=MOST)


def test_an_archive_that_breaks_off_is_refused_wherever_it_does(tmp_path: Path) -> None:
    whole = save(tmp_path / "image.tar", compressed=True).read_bytes()
    for length in range(20, len(whole) - 20, max(1, len(whole) // 40)):
        path = tmp_path / "broken.tar"
        path.write_bytes(whole[:length])
        with pytest.raises(ArchiveRefused):
            clean(path)


def test_several_images_at_once_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as archive:
        add(archive, "manifest.json", json.dumps([{}, {}]).encode())

    with pytest.raises(ArchiveRefused, match="save one at a time"):
        read_image(path, most_bytes=MOST)


def test_a_missing_layer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as archive:
        add(archive, "c.json", config([]))
        add(archive, "manifest.json", json.dumps([{"Config": "c.json", "Layers": ["gone/layer.tar"]}]).encode())

    with pytest.raises(ArchiveRefused, match=r"lacks gone/layer\.tar"):
        clean(path)
