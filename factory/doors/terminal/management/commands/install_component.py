"""`manage.py install_component PATH`: install a component from an image archive, a packed folder, or a folder."""

import tarfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factory.domain.accounts.models import Team
from factory.domain.catalogue import installations
from factory.domain.catalogue.installations import UploadRefused
from factory.domain.catalogue.models import Installation
from factory.domain.catalogue.statuses import InstallationState
from factory.doors.terminal.database import migrate_if_needed
from factory.foundation import clock
from factory.foundation.errors import FactoryError
from factory.orchestration import installing, uploads

_LEFT_OUT = frozenset({"__pycache__", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_CHUNK_BYTES = 4 * 1024 * 1024
_LONGEST_SECONDS = 1800.0
_PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Installs a component for everybody, or for one team: from an image archive, a zip or tar, or a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="an image archive, a packed folder, or a component's folder")
        parser.add_argument("--team", help="the short name of the team whose own it becomes; without it, everybody's")

    def handle(self, *args: Any, path: Path, team: str | None, **options: Any) -> None:
        migrate_if_needed()
        owner = Team.objects.filter(slug=team).first() if team is not None else None
        if team is not None and owner is None:
            raise CommandError(f"There is no team {team}; give the short name in its addresses.")
        if not path.exists():
            raise CommandError(f"{path} is not there; give an image archive or a component's folder.")
        try:
            row = _take_in(path, owner)
            _wait(row)
        except (FactoryError, OSError) as error:
            raise CommandError(str(error)) from error
        if row.installation_state is not InstallationState.DONE or row.release is None:
            raise CommandError("\n".join(_line(problem) for problem in row.problems))
        self.stdout.write(f"{row.release.ref} is installed, from the image {row.release.digest}")


def _take_in(path: Path, team: Team | None) -> Installation:
    """The same way as what is uploaded, but for the pieces."""
    packed = _pack(path) if path.is_dir() else path
    try:
        size = packed.stat().st_size
        uploads.require_room(size=size)
        row = installations.begin_installation(team=team, file_name=path.name, size=size, by=None, now=clock.now())
        with packed.open("rb") as file, uploads.upload_path(row.pk).open("wb") as target:
            while piece := file.read(_CHUNK_BYTES):
                target.write(piece)
    finally:
        if path.is_dir():
            packed.unlink(missing_ok=True)
    installations.finish_upload(installation_id=row.pk, now=clock.now())
    return row


def _wait(row: Installation) -> None:
    """Work on it here, unless a worker does, until it is over."""
    ends = time.monotonic() + _LONGEST_SECONDS
    while not row.installation_state.is_over and time.monotonic() < ends:
        installing.install(installation_id=row.pk, now=clock.now())
        row.refresh_from_db()
        time.sleep(0 if row.installation_state.is_over else _PAUSE_SECONDS)


def _pack(folder: Path) -> Path:
    if not (folder / "component.yaml").is_file():
        raise UploadRefused(f"{folder} holds no component.yaml; give a component's folder.")
    packed = uploads.upload_path(f"terminal-{clock.run_clock_ns()}")
    with tarfile.open(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink() and not _LEFT_OUT.intersection(file.parts):
                archive.add(file, f"{folder.name}/{file.relative_to(folder)}")
    return packed


def _line(problem: dict[str, Any]) -> str:
    where = ", ".join(part for part in (problem["path"], f"line {problem['line']}" if problem["line"] else "") if part)
    said = f"{str(problem['message']).rstrip('.')}. {problem['remedy']}".strip()
    return f"{where}: {said}" if where else said
