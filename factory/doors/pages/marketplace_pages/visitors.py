"""Who looks at the marketplace, and as a member of which team: its own components are there beside everybody's."""

import dataclasses
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.marketplace.usage import teams_seen_by
from factory.doors.pages.access import signed_in
from factory.doors.pages.shell import shell


@dataclasses.dataclass(frozen=True)
class Visitor:
    """A person, and the team that they look for; without one they see what everybody has."""

    user: User
    membership: Membership | None
    teams: tuple[Team, ...]

    @property
    def team(self) -> Team | None:
        """Whose own components are there too."""
        return self.membership.team if self.membership is not None else None

    def may(self, action: Action) -> bool:
        """Whether they may do this in the team."""
        return self.membership is not None and self.membership.may(action)

    def context(self) -> dict[str, Any]:
        """For the template of any of these pages."""
        around = shell(self.membership, "marketplace") if self.membership is not None else {}
        return {**around, "seen_teams": self.teams, "team_query": self.query}

    @property
    def query(self) -> str:
        """What keeps the team in an address."""
        return f"?team={self.team.slug}" if self.team is not None else ""


def visitor_of(request: HttpRequest) -> Visitor:
    """Who asks, with the team in `?team=` or else their first; a team of others is no team.

    Raises:
        Http404: they are in no such team.
        PermissionDenied: their role does not let them see its pipelines.
    """
    user = signed_in(request)
    teams = tuple(teams_seen_by(user=user))
    slug = request.GET.get("team", "")
    if not slug:
        first = membership_of(user=user, slug=teams[0].slug) if teams else None
        return Visitor(user, first, teams)
    membership = membership_of(user=user, slug=slug)
    if membership is None:
        raise Http404("You are in no team of this name.")
    if not membership.may(Action.SEE):
        raise PermissionDenied(f"Your role in {membership.team.name} is {membership.role}.")
    return Visitor(user, membership, teams)


def icon_of(entry: CatalogueEntry, visitor: Visitor) -> str:
    """The address of a component's picture, for who may see it."""
    ref = entry.manifest.ref
    if entry.team_id is not None and visitor.team is not None:
        return reverse("api-v1:show_team_icon", kwargs={"team": visitor.team.slug, "ref": ref})
    return reverse("api-v1:show_icon", kwargs={"ref": ref})
