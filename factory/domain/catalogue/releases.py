"""The installed components, read once a change and kept: asking again costs a look at the stamp."""

import functools
import json
import logging

from django.db.models import Q
from pydantic import ValidationError

from components.contract.manifest import Manifest
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.catalogue.folder import MAX_COMPONENTS
from factory.domain.catalogue.models import CatalogueStamp, ComponentRelease
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.foundation.ids import new_id

_MOST_TEAMS = 128
"""Whose entries one process keeps at once; the manifests themselves are kept once for all."""

_log = logging.getLogger(__name__)


def release_entries(*, team_id: int | None, stamp: str) -> dict[str, CatalogueEntry]:
    """The installation's, and those of the team over them, by reference; as they were at this stamp."""
    return _entries(stamp, team_id) if stamp else {}


def current_stamp() -> str:
    """What changes with every change of a release; empty before the first. One query."""
    found = CatalogueStamp.objects.filter(pk=1).values_list("stamp", flat=True).first()
    return found or ""


def renew_stamp() -> None:
    """Say that releases change in this transaction; whoever changes others meanwhile waits for its end."""
    CatalogueStamp.objects.update_or_create(pk=1, defaults={"stamp": new_id()})


@functools.lru_cache(maxsize=_MOST_TEAMS)
def _entries(stamp: str, team_id: int | None) -> dict[str, CatalogueEntry]:
    mine = Q(team__isnull=True) if team_id is None else Q(team__isnull=True) | Q(team_id=team_id)
    rows = list(
        ComponentRelease.objects.filter(mine)
        .order_by("name", "version", "pk")
        .defer("manifest", "readme", "icon")[:MAX_COMPONENTS]
    )
    known = _manifests(rows)
    # The team's own come last, and so they count.
    rows.sort(key=lambda row: row.team_id or 0)
    return {row.ref: _entry(row, known[row.folder_digest]) for row in rows if row.folder_digest in known}


def _entry(row: ComponentRelease, manifest: Manifest) -> CatalogueEntry:
    return CatalogueEntry(
        manifest=manifest,
        folder=None,
        image=row.digest,
        digest=row.digest,
        status=ReleaseStatus(row.status),
        status_note=row.status_note,
        team_id=row.team_id,
        release_id=row.pk,
    )


def _manifests(rows: list[ComponentRelease]) -> dict[str, Manifest]:
    """By the digest of what was installed, which never changes: only those are read that this process has not seen."""
    missing = {row.pk: row.folder_digest for row in rows if row.folder_digest not in _READ}
    if len(_READ) + len(missing) > 2 * MAX_COMPONENTS:
        _READ.clear()
        missing = {row.pk: row.folder_digest for row in rows}
    for pk, stored in ComponentRelease.objects.filter(pk__in=list(missing)).values_list("pk", "manifest"):
        try:
            # Linted when it was installed; only what it is made of is looked at again.
            _READ[missing[pk]] = Manifest.model_validate_json(json.dumps(stored))
        except ValidationError as error:
            _log.warning("release %s is left out of the catalogue: %s", pk, error)
    return _READ


_READ: dict[str, Manifest] = {}
