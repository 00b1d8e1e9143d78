"""The verbs of installations: ask for one, take its pieces in, claim it, say how far it is, end it."""

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import F, QuerySet

from components.contract.manifest_rules import ManifestProblem
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.selectors import role_of
from factory.domain.catalogue.models import ComponentRelease, Installation
from factory.domain.catalogue.signals import tell_on_commit
from factory.domain.catalogue.statuses import InstallationState
from factory.foundation.errors import UserError

MOST_ATTEMPTS = 3
"""Workers that may die over one upload before it is taken for the cause."""
MOST_UNFINISHED = 4
"""Installations of one person that are not over."""
MOST_KEPT = 1000
"""Rows of what is over; the oldest go first."""
ABANDONED_AFTER = datetime.timedelta(minutes=30)
"""So long without a new piece."""
MOST_PROBLEMS = 200
MIB = 1024 * 1024
_OVER = [state.value for state in InstallationState if state.is_over]


class UploadRefused(UserError):
    """It is too large, or too many are under way."""

    id: ClassVar[str] = "catalogue:user:upload-refused"


def may_install(*, user: User, team: Team | None) -> bool:
    """Whether someone may install components: for a team its administrators, for everybody the operators."""
    if not user.is_active:
        return False
    if team is None:
        return user.is_staff
    role = role_of(user=user, team=team)
    return role is not None and may(role, Action.ADMINISTER)


def begin_installation(
    *, team: Team | None, file_name: str, size: int, by: User | None, now: datetime.datetime
) -> Installation:
    """A row for an upload of so many bytes, which is to come.

    Raises:
        UploadRefused: it is empty or too large, or the person has several under way.
    """
    largest = settings.FACTORY_LARGEST_UPLOAD_MIB
    if not 0 < size <= largest * MIB:
        raise UploadRefused(
            f"The file has {size} bytes, and an upload has 1 to {largest} MiB; make the image smaller, "
            "or install it at the terminal with `manage.py install_component`."
        )
    if by is not None and unfinished().filter(asked_by=by).count() >= MOST_UNFINISHED:
        raise UploadRefused(f"{MOST_UNFINISHED} installations of yours are under way; wait until one is over.")
    return Installation.objects.create(
        team=team, asked_by=by, asked_at=now, changed_at=now, file_name=_clean_name(file_name), size=size
    )


def finish_upload(*, installation_id: str, now: datetime.datetime) -> None:
    """All of it is here."""
    rows = Installation.objects.filter(pk=installation_id, state=InstallationState.UPLOADING)
    rows.update(state=InstallationState.WAITING, changed_at=now)
    tell_on_commit(installation_id=installation_id)


def note_piece(*, installation_id: str, now: datetime.datetime) -> None:
    """More of it came."""
    Installation.objects.filter(pk=installation_id, state=InstallationState.UPLOADING).update(changed_at=now)


def claim(*, installation_id: str, now: datetime.datetime) -> Installation | None:
    """Begin with it; for whoever holds its lock. None where it is over, or not all of it is here."""
    rows = Installation.objects.filter(pk=installation_id).exclude(state__in=[*_OVER, InstallationState.UPLOADING])
    if not rows.update(state=InstallationState.CHECKING, attempts=F("attempts") + 1, changed_at=now):
        return None
    return Installation.objects.select_related("team", "asked_by").get(pk=installation_id)


def show_progress(
    *, installation: Installation, state: InstallationState, now: datetime.datetime, reference: str = ""
) -> None:
    """How far it is, for who watches."""
    installation.state, installation.changed_at = state, now
    installation.reference = reference or installation.reference
    installation.save(update_fields=["state", "changed_at", "reference"])


def wait_again(*, installation: Installation, now: datetime.datetime) -> None:
    """Nothing can be done now, which is no fault of the upload's."""
    installation.attempts = max(installation.attempts - 1, 0)
    installation.save(update_fields=["attempts"])
    show_progress(installation=installation, state=InstallationState.WAITING, now=now)


def finish(*, installation: Installation, release: ComponentRelease, now: datetime.datetime) -> None:
    """It is installed."""
    installation.release, installation.problems = release, []
    installation.save(update_fields=["release", "problems"])
    show_progress(installation=installation, state=InstallationState.DONE, now=now, reference=release.ref)
    _forget_oldest()


def refuse(*, installation: Installation, problems: list[dict[str, Any]], now: datetime.datetime) -> None:
    """It will not be, for all of these reasons."""
    installation.problems = problems[:MOST_PROBLEMS]
    installation.save(update_fields=["problems"])
    show_progress(installation=installation, state=InstallationState.REFUSED, now=now)
    _forget_oldest()


def unfinished() -> QuerySet[Installation]:
    """Those that are not over, the oldest first."""
    return Installation.objects.exclude(state__in=_OVER).order_by("asked_at", "pk")


def installations_of(*, team: Team | None) -> QuerySet[Installation]:
    """Those of a team, or with None of the whole installation; the newest first."""
    return Installation.objects.filter(team=team).select_related("asked_by", "team", "release").order_by("-asked_at")


def problem_of(problem: ManifestProblem) -> dict[str, Any]:
    """A problem of a manifest, as it is kept."""
    path = ".".join(str(part) for part in problem.path)
    return {"path": path, "line": problem.line, "message": problem.message, "remedy": problem.remedy}


def plain_problem(message: str, remedy: str = "") -> dict[str, Any]:
    """A problem of the upload itself, as it is kept."""
    return {"path": "", "line": 0, "message": message, "remedy": remedy}


def _clean_name(name: str) -> str:
    shown = "".join(letter for letter in name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())
    return shown[:200] or "upload"


def _forget_oldest() -> None:
    over = Installation.objects.filter(state__in=_OVER).order_by("-asked_at").values_list("pk", flat=True)
    old = list(over[MOST_KEPT : MOST_KEPT + 100])
    if old:
        Installation.objects.filter(pk__in=old).delete()
