"""The verbs of installed components: take a version in, deprecate it, withdraw it, restore it."""

import datetime
import hashlib
from typing import ClassVar

from django.db import IntegrityError, transaction

from components.contract.manifest import Manifest
from factory.domain.accounts.audit import record
from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.catalogue.components import entries
from factory.domain.catalogue.models import MOST_NOTE_CHARACTERS, ComponentRelease
from factory.domain.catalogue.releases import renew_stamp
from factory.domain.catalogue.statuses import ReleaseSource, ReleaseStatus
from factory.foundation.errors import UserError


class ReleaseExists(UserError):
    """The reference is another image's, and a version never changes."""

    id: ClassVar[str] = "catalogue:user:release-exists"


class ReleaseUnknown(UserError):
    """Nothing of this reference was installed here."""

    id: ClassVar[str] = "catalogue:user:release-unknown"


class NoteMissing(UserError):
    """People must be told why, and what to use instead."""

    id: ClassVar[str] = "catalogue:user:note-missing"


def folder_digest_of(*, manifest: Manifest, readme: str, icon: str) -> str:
    """A digest over what people read of a component: two of the same are the same to them."""
    digest = hashlib.sha256()
    for part in (manifest.model_dump_json(), readme, icon):
        digest.update(f"{len(part)}:{part}".encode())
    return f"sha256:{digest.hexdigest()}"


def install_release(
    *,
    manifest: Manifest,
    digest: str,
    readme: str,
    icon: str,
    source: ReleaseSource,
    team: Team | None,
    by: User | None,
    now: datetime.datetime,
) -> ComponentRelease:
    """Pin a reference to an image for ever; the same image once more is fine.

    Args:
        manifest: of the version.
        digest: the image's id, `sha256:...`, as the engine gave it.
        readme: Markdown.
        icon: SVG.
        source: what it was made from.
        team: whose own it is; None for everybody of the installation.
        by: who installed it.
        now: the time.

    Raises:
        ReleaseExists: the reference is another image's, or the name another publisher's.
    """
    try:
        with transaction.atomic():
            # First, since it makes whoever installs at the same moment wait.
            renew_stamp()
            known = require_free(manifest=manifest, digest=digest, team=team)
            if known is not None:
                return known
            made = _made_of(manifest, readme, icon)
            made.digest, made.source, made.team = digest, source, team
            made.installed_by, made.installed_at = by, now
            made.save(force_insert=True)
            # Once more, since what was looked at above is kept under the first one.
            renew_stamp()
            told = {"digest": digest, "source": source.value}
            record(team=team, actor=by, action="component.installed", subject=made.ref, now=now, details=told)
            return made
    except IntegrityError:
        raise ReleaseExists(f"{manifest.ref} was installed at the same moment; look at it, and try again.") from None


def _made_of(manifest: Manifest, readme: str, icon: str) -> ComponentRelease:
    return ComponentRelease(
        name=manifest.name,
        version=manifest.version,
        publisher=manifest.publisher,
        manifest=manifest.model_dump(mode="json", by_alias=True, exclude_unset=True),
        readme=readme,
        icon=icon,
        folder_digest=folder_digest_of(manifest=manifest, readme=readme, icon=icon),
    )


def release_of(*, ref: str, team: Team | None) -> ComponentRelease:
    """The installed version of this reference that belongs to the team, or with None to the installation.

    Raises:
        ReleaseUnknown: there is none.
    """
    name, _, version = ref.partition("@")
    found = ComponentRelease.objects.filter(name=name, version=version, team=team).first()
    if found is None:
        raise ReleaseUnknown(f"No {ref[:80]} was installed here; look at the marketplace for what was.")
    return found


def is_pinned(*, digest: str) -> bool:
    """Whether any release, whosever it is, runs from this image."""
    return ComponentRelease.objects.filter(digest=digest).exists()


def set_status(
    *,
    release: ComponentRelease,
    status: ReleaseStatus,
    note: str,
    by: User | None,
    now: datetime.datetime,
    token: ApiToken | None = None,
) -> ComponentRelease:
    """Offer a version with a warning, no longer, or as before.

    Raises:
        NoteMissing: people are not told why.
    """
    said = "" if status is ReleaseStatus.AVAILABLE else " ".join(note.split())
    if status is not ReleaseStatus.AVAILABLE and not said:
        raise NoteMissing("Say why, and what to use instead: people read it beside their nodes.")
    if len(said) > MOST_NOTE_CHARACTERS:
        raise NoteMissing(f"Say it in at most {MOST_NOTE_CHARACTERS} characters.")
    verb = {ReleaseStatus.AVAILABLE: "restored", ReleaseStatus.DEPRECATED: "deprecated", ReleaseStatus.YANKED: "yanked"}
    with transaction.atomic():
        renew_stamp()
        ComponentRelease.objects.filter(pk=release.pk).update(status=status, status_note=said)
        record(
            team=release.team,
            actor=by,
            action=f"component.{verb[status]}",
            subject=release.ref,
            now=now,
            details={"note": said} if said else None,
            token=token,
        )
    release.refresh_from_db()
    return release


def require_free(*, manifest: Manifest, digest: str | None, team: Team | None) -> ComponentRelease | None:
    """The same image under this reference; None where the reference is free.

    Args:
        manifest: of what is to be installed.
        digest: of its image; None where no engine has said yet what it is.
        team: whose own it would be.

    Raises:
        ReleaseExists: the reference is another image's, or the name another publisher's.
    """
    mine = ComponentRelease.objects.filter(name=manifest.name, version=manifest.version, team=team).first()
    if mine is not None:
        if digest in (None, mine.digest):
            return mine
        raise ReleaseExists(
            f"{manifest.ref} is installed from another image ({mine.digest[:19]}), and a version never changes: "
            "raise the version in component.yaml, build it again and install that."
        )
    known = entries(team)
    if (there := known.get(manifest.ref)) is not None:
        where = "lies in the components folder" if there.folder is not None else "is installed for everybody"
        raise ReleaseExists(
            f"{manifest.ref} {where} already: raise the version in component.yaml, or give it another name."
        )
    for other in known.values():
        if other.manifest.name == manifest.name and other.manifest.publisher != manifest.publisher:
            raise ReleaseExists(
                f"{manifest.name} is published by {other.manifest.publisher}, and this one says {manifest.publisher}: "
                "give it a name of its own in component.yaml."
            )
    return None
