"""Which pipelines of somebody's teams use a component: their drafts, and what they have published."""

import dataclasses
from collections.abc import Collection

from django.db.models import F, Q

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.pipelines.models import Node

MOST_SHOWN = 100


@dataclasses.dataclass(frozen=True)
class PipelineUse:
    """A pipeline that has nodes of a component.

    Attributes:
        versions: of the component.
        where: "the draft", "published version 3", or both.
    """

    team: str
    team_name: str
    slug: str
    name: str
    versions: tuple[str, ...]
    where: str


def pipelines_using(*, name: str, teams: Collection[Team]) -> list[PipelineUse]:
    """Those of these teams, by name; at most a hundred. One query."""
    counts = Q(version__number__isnull=True) | Q(version=F("version__pipeline__published"))
    rows = (
        Node.objects.filter(counts, component__startswith=f"{name}@")
        .filter(version__pipeline__team__in=teams, version__pipeline__archived_at=None)
        .order_by("version__pipeline__name", "version__pipeline__pk", "version__number")
        .values_list(
            "version__pipeline__team__slug",
            "version__pipeline__team__name",
            "version__pipeline__slug",
            "version__pipeline__name",
            "version__number",
            "component",
        )
        .distinct()
    )
    found: dict[tuple[str, str], PipelineUse] = {}
    for team, team_name, slug, title, number, component in rows[: MOST_SHOWN * 10]:
        where = "the draft" if number is None else f"published version {number}"
        use = found.get((team, slug)) or PipelineUse(team, team_name, slug, title, (), "")
        version = component.partition("@")[2]
        versions = use.versions if version in use.versions else (*use.versions, version)
        places = use.where if where in use.where else f"{use.where} and {where}".removeprefix(" and ")
        found[team, slug] = dataclasses.replace(use, versions=versions, where=places)
    return list(found.values())[:MOST_SHOWN]


def teams_seen_by(*, user: User) -> list[Team]:
    """The teams whose pipelines someone may see."""
    members = user.memberships.select_related("team")[:100]
    return [member.team for member in members if may(Role(member.role), Action.SEE)]
