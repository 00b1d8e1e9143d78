"""Components as people choose them: one listing a name, with all its versions; found by words."""

import dataclasses
import functools
import re

from components.contract.manifest import Category, Kind, Manifest
from factory.domain.accounts.models import Team
from factory.domain.catalogue.components import catalogue_key, entries
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.domain.marketplace.categories import category_of

_MOST_KEPT = 32
_MOST_WORDS = 8
_VERSION_PARTS = re.compile(r"\d+|[a-z]+")


@dataclasses.dataclass(frozen=True)
class Listing:
    """One component.

    Attributes:
        entry: the version that is shown and offered: the newest that is neither deprecated nor yanked, else the newest.
        versions: all of them, the newest first.
        texts: what a search looks through, lowered: title, name, keywords, publisher, description.
    """

    entry: CatalogueEntry
    versions: tuple[CatalogueEntry, ...]
    category: Category
    texts: tuple[str, str, tuple[str, ...], str, str]

    @property
    def name(self) -> str:
        """What all its versions are called."""
        return self.entry.manifest.name

    @property
    def manifest(self) -> Manifest:
        """Of the version that is shown."""
        return self.entry.manifest

    @property
    def is_offered(self) -> bool:
        """Whether any version may become a new node."""
        return any(version.is_offered for version in self.versions)


def listings(*, team: Team | None) -> tuple[Listing, ...]:
    """All there are for a team, by title; those without any version that is offered come last."""
    return _listings(catalogue_key(team), _Asked(team))


def listing(*, name: str, team: Team | None) -> Listing | None:
    """The one of this name; None where there is none for the team."""
    return next((each for each in listings(team=team) if each.name == name), None)


def search_listings(
    *, team: Team | None, sought: str = "", category: Category | None = None, kind: Kind | None = None
) -> list[Listing]:
    """Those that are offered and hold every word, the best first: titles count most, then names, then keywords."""
    words = sought.casefold().split()[:_MOST_WORDS]
    chosen = [
        each
        for each in listings(team=team)
        if each.is_offered and category in (None, each.category) and kind in (None, each.manifest.kind)
    ]
    if not words:
        return chosen
    scored = [(_score(each, words), each) for each in chosen]
    # Sorting keeps the order by title among those that fit alike.
    return [each for score, each in sorted(scored, key=lambda pair: -pair[0]) if score]


def version_key(version: str) -> tuple[object, ...]:
    """Orders versions as semver.org, 11, does: 1.0.0-rc.1 before 1.0.0 before 1.1.0."""
    numbers, _, early = version.partition("-")
    parts = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in early.split(".") if part]
    return (tuple(int(part) for part in numbers.split(".")), not early, tuple(parts))


@dataclasses.dataclass(frozen=True)
class _Asked:
    """Whose listings; what they are is the key's to say."""

    team: Team | None = dataclasses.field(compare=False)


@functools.lru_cache(maxsize=_MOST_KEPT)
def _listings(key: tuple[object, ...], asked: _Asked) -> tuple[Listing, ...]:
    by_name: dict[str, list[CatalogueEntry]] = {}
    for entry in entries(asked.team).values():
        by_name.setdefault(entry.manifest.name, []).append(entry)
    made = [_listing(versions) for versions in by_name.values()]
    return tuple(sorted(made, key=lambda each: (not each.is_offered, each.manifest.title.casefold(), each.name)))


def _listing(versions: list[CatalogueEntry]) -> Listing:
    ordered = sorted(versions, key=lambda each: version_key(each.manifest.version), reverse=True)
    available = (each for each in ordered if each.status is ReleaseStatus.AVAILABLE)
    shown = next(available, next((each for each in ordered if each.is_offered), ordered[0]))
    manifest = shown.manifest
    texts = (
        manifest.title.casefold(),
        manifest.name.casefold(),
        tuple(word.casefold() for word in (*manifest.keywords, manifest.kind.value, category_of(manifest).value)),
        manifest.publisher.casefold(),
        manifest.description.casefold(),
    )
    return Listing(shown, tuple(ordered), category_of(manifest), texts)


def _score(each: Listing, words: list[str]) -> int:
    title, name, keywords, publisher, description = each.texts
    score = 0
    for word in words:
        found = (
            (16 if title.startswith(word) else 0)
            + (8 if f" {word}" in f" {title}" else 0)
            + (4 if word in title or word in name else 0)
            + (4 if word in keywords else 2 if any(known.startswith(word) for known in keywords) else 0)
            + (3 if publisher == word else 1 if word in publisher else 0)
            + (1 if word in description else 0)
        )
        if not found:
            return 0
        score += found
    return score
