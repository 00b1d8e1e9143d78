"""Makes a release of an upload: looks at everything, has the engine take it in, pins what the engine says it is."""

import contextlib
import datetime
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from factory.domain.catalogue import installations
from factory.domain.catalogue.installations import ABANDONED_AFTER, MIB, MOST_ATTEMPTS, plain_problem
from factory.domain.catalogue.models import Installation
from factory.domain.catalogue.services import ReleaseExists, install_release, is_pinned, require_free
from factory.domain.catalogue.statuses import InstallationState, ReleaseSource
from factory.drivers.archives import ArchiveRefused
from factory.drivers.driver import DriverUnavailable, ImageRefused
from factory.drivers.image_archive import holds_image, read_image, write_clean
from factory.orchestration import engine, uploads
from factory.orchestration.candidates import Candidate, Problems, read_candidate_folder, read_candidate_image
from factory.orchestration.folder_archive import is_zip, unpack_folder

_UNPACKED_TIMES = 8
"""An image may unpack to so many times the largest upload."""
_MOST_RATIO = 100
"""And to so many times itself, where that is more than a little."""
_A_LITTLE_BYTES = 64 * MIB

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]


class _Refused(Exception):
    """It will not be installed; for these reasons."""

    def __init__(self, problems: Problems) -> None:
        super().__init__()
        self.problems = problems


def install(*, installation_id: str, now: datetime.datetime) -> None:
    """Work on one upload until it is over; nothing where a worker is at this or another one, or it is over already.

    One at a time: runs need the other workers, and the sweep comes back for who waits.

    Raises:
        DriverUnavailable: the engine does not answer; the next sweep tries again.
    """
    clock = _clock_from(now)
    with uploads.hold() as is_ours:
        installation = installations.claim(installation_id=installation_id, now=now) if is_ours else None
        if installation is None:
            return
        try:
            _install(installation, clock)
        except _Refused as refusal:
            installations.refuse(installation=installation, problems=refusal.problems, now=clock())
        except DriverUnavailable:
            installations.wait_again(installation=installation, now=clock())
            raise
        except Exception:
            logger.exception("installation %s failed", installation_id)
            reason = plain_problem(
                "Something went wrong here.", f"Try again; if it stays so, tell the operator: {installation_id}."
            )
            installations.refuse(installation=installation, problems=[reason], now=clock())
        uploads.discard(installation_id)


def sweep_installations(*, now: datetime.datetime) -> list[str]:
    """Work on every upload whose worker died or never heard of it, and end those that nobody goes on sending.

    Returns:
        The installations looked at.
    """
    looked_at = []
    # The files first: whatever lies there had its row before.
    lying = uploads.lying()
    for installation_id in lying.difference(installations.unfinished().values_list("pk", flat=True)):
        uploads.discard(installation_id)
    for row in list(installations.unfinished()[:50]):
        if row.installation_state is not InstallationState.UPLOADING:
            looked_at.append(row.pk)
            install(installation_id=row.pk, now=now)
        elif row.changed_at < now - ABANDONED_AFTER:
            looked_at.append(row.pk)
            reason = plain_problem("Not all of the file came.", "Upload it again.")
            installations.refuse(installation=row, problems=[reason], now=now)
            uploads.discard(row.pk)
    return looked_at


def _install(installation: Installation, clock: Clock) -> None:
    if installation.attempts > MOST_ATTEMPTS:
        reason = f"{MOST_ATTEMPTS} workers ended while they worked on it."
        raise _Refused([plain_problem(reason, "Make it smaller; if that does not help, tell the operator.")])
    path = uploads.upload_path(installation.pk)
    if uploads.uploaded(installation.pk) != installation.size:
        raise _Refused([plain_problem("The upload is not here any more.", "Upload it again.")])
    work = uploads.workshop(installation.pk)
    try:
        if is_zip(path) or not holds_image(path, most_bytes=_most_bytes(path)):
            _install_folder(installation, path, work, clock)
        else:
            _install_image(installation, path, work, clock)
    except (ArchiveRefused, ImageRefused, ReleaseExists) as error:
        raise _Refused([plain_problem(error.message)]) from None


def _install_image(installation: Installation, path: Path, work: Path, clock: Clock) -> None:
    most = _most_bytes(path)
    image = read_image(path, most_bytes=most)
    candidate = read_candidate_image(image)
    _require_sound(installation, candidate, clock)
    if candidate.manifest is not None:
        require_free(manifest=candidate.manifest, digest=None, team=installation.team)
    clean = work / "image.tar"
    write_clean(path, image, clean, most_bytes=most)
    _show_loading(installation, candidate, clock)
    with _new_image_goes_where_refused() as taken_in:
        taken_in.append(engine.driver().load_image(clean))
        _pin(installation, candidate, taken_in[0], ReleaseSource.ARCHIVE, clock)


def _install_folder(installation: Installation, path: Path, work: Path, clock: Clock) -> None:
    folder = unpack_folder(path, work / "folder")
    trusted = installation.asked_by is None or installation.asked_by.is_staff
    candidate = read_candidate_folder(folder, trusted=trusted)
    _require_sound(installation, candidate, clock)
    if candidate.manifest is not None:
        require_free(manifest=candidate.manifest, digest=None, team=installation.team)
    _show_loading(installation, candidate, clock)
    with _new_image_goes_where_refused() as taken_in:
        taken_in.append(engine.driver().build_image(folder))
        _pin(installation, candidate, taken_in[0], ReleaseSource.FOLDER, clock)


@contextlib.contextmanager
def _new_image_goes_where_refused() -> Iterator[list[str]]:
    """Remove the image that is put into the list where what follows fails, unless somebody had it or needs it."""
    driver = engine.driver()
    before, taken_in = driver.kept_images(), list[str]()
    try:
        yield taken_in
    except Exception:
        for image in taken_in:
            if image not in before and not is_pinned(digest=image):
                with contextlib.suppress(DriverUnavailable):
                    driver.remove_image(image)
        raise


def _require_sound(installation: Installation, candidate: Candidate, clock: Clock) -> None:
    if candidate.manifest is not None:
        reference = candidate.manifest.ref
        state = InstallationState.CHECKING
        installations.show_progress(installation=installation, state=state, now=clock(), reference=reference)
    if candidate.problems:
        raise _Refused(candidate.problems)


def _show_loading(installation: Installation, candidate: Candidate, clock: Clock) -> None:
    installations.show_progress(installation=installation, state=InstallationState.LOADING, now=clock())


def _pin(installation: Installation, candidate: Candidate, digest: str, source: ReleaseSource, clock: Clock) -> None:
    if candidate.manifest is None:
        raise _Refused(candidate.problems)
    release = install_release(
        manifest=candidate.manifest,
        digest=digest,
        readme=candidate.readme,
        icon=candidate.icon,
        source=source,
        team=installation.team,
        by=installation.asked_by,
        now=clock(),
    )
    installations.finish(installation=installation, release=release, now=clock())


def _most_bytes(path: Path) -> int:
    most: int = settings.FACTORY_LARGEST_UPLOAD_MIB * MIB * _UNPACKED_TIMES
    return min(most, max(_A_LITTLE_BYTES, path.stat().st_size * _MOST_RATIO))


def _clock_from(now: datetime.datetime) -> Clock:
    """The time as given, going on from here."""
    begun = time.monotonic()
    return lambda: now + datetime.timedelta(seconds=time.monotonic() - begun)
