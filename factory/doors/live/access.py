"""Who may look at a pipeline, and whether those who look on still may; blocks, so it is called on a thread."""

import dataclasses
from collections.abc import Collection

from django.contrib.sessions.models import Session

from factory.domain.accounts.models import Member, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import team_for
from factory.domain.pipelines.selectors import pipeline_of
from factory.doors.live.close_codes import CloseCode
from factory.foundation import clock


@dataclasses.dataclass(frozen=True)
class Claim:
    """By what someone looks on: being signed in by this session, and a member of this team who may do this there.

    `proof` is what Django derives of the password: with another password other sessions end. `rights` are those of
    `rights_of` when the socket was opened: with others the page has to be drawn anew.
    """

    user_id: int
    session_key: str
    proof: str
    team_id: int
    rights: frozenset[Action]


def rights_of(role: Role) -> frozenset[Action]:
    """What an editor is drawn by: whether someone in this role may draw, and whether they may run."""
    return frozenset(action for action in (Action.EDIT, Action.RUN) if may(role, action))


def find_pipeline(*, user: User, team: str, slug: str) -> tuple[int, int, frozenset[Action]] | CloseCode:
    """Ids of the team and of the pipeline and the person's rights there, or why this person sees none."""
    membership = team_for(user=user, slug=team)
    if membership is None:
        return CloseCode.NO_SUCH_PIPELINE
    found, role = membership
    if not may(role, Action.SEE):
        return CloseCode.NOT_ALLOWED
    pipeline = pipeline_of(team=found, slug=slug)
    return (found.pk, pipeline.pk, rights_of(role)) if pipeline is not None else CloseCode.NO_SUCH_PIPELINE


def refused(claims: Collection[Claim]) -> dict[Claim, CloseCode]:
    """The claims that no longer hold, and why; three queries, however many there are."""
    users = User.objects.filter(pk__in={claim.user_id for claim in claims}, is_active=True)
    proofs = {user.pk: user.get_session_auth_hash() for user in users}
    keys = {claim.session_key for claim in claims}
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now())
    sessions = set(live.values_list("session_key", flat=True))
    teams = {claim.team_id for claim in claims}
    members = Member.objects.filter(user_id__in=proofs, team_id__in=teams, team__archived_at=None)
    roles = {(user, team): Role(role) for user, team, role in members.values_list("user_id", "team_id", "role")}
    found = {}
    for claim in claims:
        role = roles.get((claim.user_id, claim.team_id))
        if proofs.get(claim.user_id) != claim.proof or claim.session_key not in sessions:
            found[claim] = CloseCode.NOT_SIGNED_IN
        elif role is None or not may(role, Action.SEE):
            found[claim] = CloseCode.NOT_ALLOWED
        elif rights_of(role) != claim.rights:
            found[claim] = CloseCode.OTHER_RIGHTS
    return found
