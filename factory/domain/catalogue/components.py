"""All components that pipelines can be made of: those of the folder, those installed, those of a team."""

import functools
import logging
from typing import ClassVar

from components.contract.manifest import Kind, Manifest
from components.contract.nearest import advise_reference
from components.contract.parameters import shown
from factory.domain.accounts.models import Team
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.catalogue.folder import folder_entries, folder_stamps
from factory.domain.catalogue.releases import current_stamp, release_entries
from factory.foundation.errors import UserError

_KINDS = list(Kind)
_MOST_KEPT = 64

_log = logging.getLogger(__name__)


class UnknownComponent(UserError):
    """No component of this name and version is here for whoever asks."""

    id: ClassVar[str] = "catalogue:user:unknown-component"


def entries(team: Team | None = None) -> dict[str, CatalogueEntry]:
    """Every component by reference: gateways, transforms, sinks.

    Args:
        team: whose own components are there too; without one, those that everybody has.
    """
    return dict(_all(catalogue_key(team), team.pk if team is not None else None)[0])


def manifests(team: Team | None = None) -> dict[str, Manifest]:
    """The manifest of every component by reference; those of the team too, where one is given."""
    return dict(_all(catalogue_key(team), team.pk if team is not None else None)[1])


def component(ref: str, team: Team | None = None) -> CatalogueEntry:
    """One component by its reference, such as `overlay@1.0.0`.

    Raises:
        UnknownComponent: there is none; the message offers the nearest.
    """
    known, _ = _all(catalogue_key(team), team.pk if team is not None else None)
    if ref not in known:
        raise UnknownComponent(f"There is no component {shown(ref)}. {advise_reference(ref, known)}")
    return known[ref]


def catalogue_key(team: Team | None = None) -> tuple[object, ...]:
    """Equal as long as nothing changed that `entries` of this team would show; for caches upstairs."""
    return (folder_stamps(), current_stamp(), team.pk if team is not None else None)


@functools.lru_cache(maxsize=_MOST_KEPT)
def _all(key: tuple[object, ...], team_id: int | None) -> tuple[dict[str, CatalogueEntry], dict[str, Manifest]]:
    lying = folder_entries()
    installed = release_entries(team_id=team_id, stamp=str(key[1]))
    for ref in sorted(lying.keys() & installed.keys()):
        _log.warning("%s lies in the components folder and is installed; the installed image is used", ref)
    merged = sorted((lying | installed).items(), key=lambda item: _KINDS.index(item[1].manifest.kind))
    return dict(merged), {ref: entry.manifest for ref, entry in merged}
