"""A packed folder is unpacked into a folder of its own and nowhere else, however it was made."""

import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from factory.drivers.archives import MIB, ArchiveRefused
from factory.orchestration.folder_archive import MOST_FILES, unpack_folder
from tests.drivers.saved_images import link
from tests.factory.orchestration.packed_folders import FILES, pack_tar, pack_zip


@pytest.mark.parametrize("top", ["", "mirror/", "mirror-main/components/"])
@pytest.mark.parametrize("pack", [pack_zip, pack_tar])
def test_the_folder_is_found_wherever_it_lies_in_the_archive(tmp_path: Path, pack: object, top: str) -> None:
    assert callable(pack)
    folder = unpack_folder(pack(tmp_path / "packed", top=top), tmp_path / "out")

    assert {file.name: file.read_text() for file in folder.iterdir()} == FILES


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "C:/evil", "a\\evil"])
def test_a_zip_entry_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    path = pack_zip(tmp_path / "packed.zip", {name: "evil"}, top="")
    if "\\" in name:
        path.write_bytes(path.read_bytes().replace(b"a/evil", b"a\\evil"))

    with pytest.raises(ArchiveRefused):
        unpack_folder(path, tmp_path / "out")

    assert not (tmp_path / "evil").exists()


def test_links_are_refused_in_both_kinds(tmp_path: Path) -> None:
    zipped, packed = tmp_path / "packed.zip", tmp_path / "packed.tar"
    with zipfile.ZipFile(zipped, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with tarfile.open(packed, "w") as tar:
        tar.addfile(link("link", "/etc/passwd"))

    for path in (zipped, packed):
        with pytest.raises(ArchiveRefused, match="no plain file"):
            unpack_folder(path, tmp_path / "out")


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_does(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("component.yaml", b"\0" * (80 * MIB))

    with pytest.raises(ArchiveRefused, match="unpacks to far more"):
        unpack_folder(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_zip_that_says_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("component.yaml", b"\0" * (8 * MIB))
    said = struct.pack("<I", 8 * MIB)
    path.write_bytes(path.read_bytes().replace(said, struct.pack("<I", 10)))

    with pytest.raises(ArchiveRefused):
        unpack_folder(path, tmp_path / "out")


def test_a_zip_with_more_files_than_it_may_have_is_not_even_listed(tmp_path: Path) -> None:
    path = pack_zip(tmp_path / "many.zip", {f"file-{number}": "" for number in range(MOST_FILES + 1)})

    with pytest.raises(ArchiveRefused, match="too many files"):
        unpack_folder(path, tmp_path / "out")


def test_a_zip_that_says_elsewhere_how_many_files_it_has_is_not_even_listed(tmp_path: Path) -> None:
    path = pack_zip(tmp_path / "many.zip", FILES | {f"file-{number}": "" for number in range(MOST_FILES + 1)})
    whole = path.read_bytes()
    files, end = whole[:-22], bytearray(whole[-22:])
    *_, entries, length, begin, _ = struct.unpack("<4sHHHHIIH", end)
    # PKWARE APPNOTE, 4.3.14 and 4.3.15: these count wherever they are, and the old end may say what it likes.
    numbers = (b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, length, begin)
    record = struct.pack("<4sQHHIIQQQQ", *numbers) + struct.pack("<4sIQI", b"PK\x06\x07", 0, len(files), 1)
    struct.pack_into("<HHI", end, 8, 1, 1, 100)
    path.write_bytes(files + record + end)
    assert len(zipfile.ZipFile(path).infolist()) > MOST_FILES

    with pytest.raises(ArchiveRefused, match="too many files"):
        unpack_folder(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_the_same_name_twice_is_refused_as_such(tmp_path: Path) -> None:
    path = tmp_path / "twice.tar"
    with tarfile.open(path, "w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("component.yaml"), io.BytesIO())

    with pytest.raises(ArchiveRefused, match="twice"):
        unpack_folder(path, tmp_path / "out")


@pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04" + b"x" * 100, b"", b"x" * 1024])
def test_what_is_no_archive_is_refused_with_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "packed"
    path.write_bytes(content)

    with pytest.raises(ArchiveRefused, match=r"pack it again|no component\.yaml"):
        unpack_folder(path, tmp_path / "out")


def test_an_archive_without_a_manifest_says_what_to_pack(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="pack the component's folder"):
        unpack_folder(pack_zip(tmp_path / "empty.zip", {"README.md": "hello"}), tmp_path / "out")
