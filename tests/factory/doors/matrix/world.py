"""A team with one of everything, a person of each role, tokens of each scope, and strangers of another team."""

import dataclasses
import functools
import time
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from factory.domain.accounts.api_tokens import make_api_token
from factory.domain.accounts.invitations import invite
from factory.domain.accounts.membership import membership_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.domain.catalogue.installations import begin_installation
from factory.domain.pipelines.endpoint_tokens import make_endpoint_token
from factory.domain.pipelines.models import Endpoint, Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.pipelines.versions import make_version
from factory.domain.runs.models import Artifact, Run
from factory.domain.secrets.services import put_secret
from factory.foundation import clock
from factory.orchestration.admission import start_pipeline
from tests.factory.doors.api.browsers import sign_in
from tests.factory.doors.matrix.routes import ROLES, SCOPES

CONTENT = b"0123456789" * 10
IDLE = """
api_version: 1
name: Idle
nodes:
  camera:
    component: whip_in@1.0.0
  file:
    component: recorder@1.0.0
wires:
  - camera.video -> file.video
"""


@dataclasses.dataclass(frozen=True)
class World:
    """Who asks, and what stands in the places of the routes."""

    browsers: dict[str, Client]
    names: dict[str, str]


def make_world(hello: str) -> World:
    """Two teams; the first has a pipeline that runs, one that does not, and one of everything else there is."""
    people = {role: _person(role) for role in ROLES}
    team = create_team(slug="studio", name="The studio", owner=people["owner"])
    for role in ROLES[1:]:
        set_role(team=team, user=people[role], role=Role(role))
    stranger, staff = _person("stranger"), _person("staff")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    create_team(slug="elsewhere", name="Elsewhere", owner=stranger)
    browsers = {who: _browser(user) for who, user in [*people.items(), ("stranger", stranger), ("staff", staff)]}
    browsers["anonymous"] = _nobody()
    for scope in SCOPES:
        browsers[f"token_{scope}"] = _program(people["owner"], "studio", [Action(scope)])
    browsers["stranger_token"] = _program(stranger, "elsewhere", [Action(scope) for scope in SCOPES])
    names = _fill(team, people["owner"], hello) | {"member": str(people["viewer"].pk)}
    return World(browsers, names | _asked(people["owner"], people["viewer"]))


def _program(user: User, team: str, scopes: list[Action]) -> Client:
    """One that sends a token and nothing else."""
    membership = membership_of(user=user, slug=team)
    assert membership is not None
    _, text = make_api_token(membership=membership, name="CI", scopes=scopes, now=clock.now())
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def _asked(owner: User, viewer: User) -> dict[str, str]:
    """An invitation that waits, and a token of another member."""
    by, other = membership_of(user=owner, slug="studio"), membership_of(user=viewer, slug="studio")
    assert by is not None
    assert other is not None
    invitation, link = invite(by=by, email="new@example.org", role=Role.OPERATOR, now=clock.now())
    token, _ = make_api_token(membership=other, name="Look", scopes=[Action.SEE], now=clock.now())
    return {"invitation": str(invitation.pk), "invitation_link": link, "token": str(token.pk)}


def _person(name: str) -> User:
    user = User.objects.create(username=name, email=f"{name}@example.org", password=_hashed())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@functools.cache
def _hashed() -> str:
    """Once: hashing is slow on purpose."""
    return make_password("correct horse battery")


def _browser(user: User) -> Client:
    """Signed in just now by password, so that nobody is asked for it again."""
    browser = sign_in(user)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": user.email}]
    session.save()
    return browser


def _nobody() -> Client:
    """Not signed in, and with the CSRF token that every page gives."""
    browser = sign_in(User.objects.create_user("nobody", email="nobody@example.org"))
    browser.cookies.pop("sessionid")
    return browser


def _fill(team: Team, owner: User, hello: str) -> dict[str, str]:
    now = clock.now()
    pipeline = create_from_text(team=team, text=hello, now=now, by=owner)
    idle = create_from_text(team=team, text=IDLE, now=now, by=owner)
    make_version(pipeline=idle, note="first", now=now, by=owner)
    endpoint = _endpoint(idle)
    key, _ = make_endpoint_token(endpoint=endpoint, name="OBS", by=owner, now=now, expires_at=None)
    put_secret(team=team, name="api_key", value="canary", by=owner, now=now)
    installation = begin_installation(team=team, file_name="own.tar", size=5, by=owner, now=now)
    run = start_pipeline(pipeline=pipeline, now=now, host="studio-host")
    return {
        "team": team.slug,
        "slug": pipeline.slug,
        "run": run.pk,
        "node": "caption",
        "number": "1",
        "ref": "overlay@1.0.0",
        "artifact": str(_artifact(run).pk),
        "idle": idle.slug,
        "endpoint": endpoint.pk,
        "endpoint_token": str(key.pk),
        "session": "1",
        "installation": installation.pk,
        "component": "overlay",
        "name": "api_key",
    }


def _artifact(run: Run) -> Artifact:
    now = clock.now()
    path = Path(settings.FACTORY_OUTPUT) / run.pk / "file" / "hello.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    told = {"media_type": "video/mp4", "path": str(path), "bytes": len(CONTENT), "complete": True}
    return Artifact.objects.create(
        run=run, node="file", attempt=1, name="hello.mp4", opened_at=now, closed_at=now, **told
    )


def _endpoint(pipeline: Pipeline) -> Endpoint:
    return Endpoint.objects.get(pipeline=pipeline, kind="whip")
