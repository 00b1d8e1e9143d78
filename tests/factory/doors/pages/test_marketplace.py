"""The marketplace's pages: what there is, one component, adding it, managing it, installing."""

import datetime

import pytest
from django.test import Client

from components.contract.manifest import read_manifest
from factory.domain.accounts.models import Team, User
from factory.domain.catalogue.components import component
from factory.domain.catalogue.installations import begin_installation, plain_problem, refuse
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.catalogue.services import install_release
from factory.domain.catalogue.statuses import ReleaseSource
from factory.domain.pipelines.models import Pipeline
from tests.drivers.saved_images import ICON, MANIFEST, README

MARKETPLACE = "/marketplace/"
OVERLAY = f"{MARKETPLACE}overlay/"
MIRROR = f"{MARKETPLACE}mirror/"


@pytest.fixture
def operator_of_all(owner: Client, alice: User, team: Team) -> Client:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    return owner


@pytest.fixture
def own(team: Team, now: datetime.datetime) -> ComponentRelease:
    return release(team, now)


def release(team: Team | None, now: datetime.datetime, readme: str = README) -> ComponentRelease:
    return install_release(
        manifest=read_manifest(MANIFEST),
        digest="sha256:aaa",
        readme=readme,
        icon=ICON,
        source=ReleaseSource.ARCHIVE,
        team=team,
        by=None,
        now=now,
    )


def text_of(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_strangers_sign_in_first(client: Client, team: Team) -> None:
    for address in (MARKETPLACE, OVERLAY, f"{MARKETPLACE}install/"):
        assert client.get(address).headers["Location"].startswith("/accounts/login/")


def test_every_component_is_in_the_grid_with_its_price(owner: Client, team: Team) -> None:
    page = text_of(owner, MARKETPLACE)

    assert all(title in page for title in ("Overlay", "Recorder", "WHIP in", "an hour"))
    assert f'href="{OVERLAY}?team=studio"' in page


def test_search_category_and_kind_narrow_the_grid(owner: Client, team: Team) -> None:
    assert "Recorder" not in text_of(owner, f"{MARKETPLACE}?q=caption")
    assert "Overlay" not in text_of(owner, f"{MARKETPLACE}?category=storage")
    assert "Overlay" not in text_of(owner, f"{MARKETPLACE}?kind=sink")
    assert "No component fits" in text_of(owner, f"{MARKETPLACE}?q=zzz")
    assert "Overlay" in text_of(owner, f"{MARKETPLACE}?category=nonsense&kind=nonsense&page=nonsense")


def test_an_empty_marketplace_says_how_to_fill_it(owner: Client, settings: object, tmp_path: object) -> None:
    setattr(settings, "FACTORY_COMPONENTS", tmp_path)  # noqa: B010  # the fixture's type is its plugin's

    assert "make component NAME=mirror" in text_of(owner, MARKETPLACE)


def test_a_listing_tells_all_of_a_component(owner: Client, pipeline: Pipeline) -> None:
    page = text_of(owner, OVERLAY)

    assert all(
        words in page for words in ("Font size", "8 to 200 px", "while it runs", "Reaches no network", "256 MiB")
    )
    assert f'href="/t/studio/{pipeline.slug}/"' in page
    assert "Overlay as a node: takes video (video); gives video (video)." in page


def test_there_is_no_page_for_what_is_not_there(owner: Client, team: Team) -> None:
    for address in (f"{MARKETPLACE}nothing/", f"{OVERLAY}?version=9.9.9", f"{OVERLAY}?team=elsewhere"):
        assert owner.get(address).status_code == 404


def test_a_readme_can_do_nothing_in_the_page(owner: Client, team: Team, now: datetime.datetime) -> None:
    readme = (
        "# Mirror\n\n<script>alert(1)</script>\n\n![spy](https://example.net/spy.png)\n\n[inside](/accounts/logout/)\n\n"
        "[out](https://example.net/) [bad](javascript:alert(1))\n\n|a|b|\n|-|-|\n|1|2|\n"
    )
    release(team, now, readme)

    page = text_of(owner, MIRROR).partition('class="readme"')[2].partition("</section>")[0]

    assert "<script" not in page
    assert "<img" not in page
    assert 'href="/accounts' not in page
    assert "javascript:" not in page.replace("(javascript:alert(1))", "")
    assert 'rel="noopener noreferrer nofollow"' in page
    assert "<table>" in page


def test_a_teams_own_component_is_nothing_to_others_by_any_address(
    owner: Client, stranger: Client, own: ComponentRelease
) -> None:
    assert "Mirror" in text_of(owner, MARKETPLACE)
    assert "of The studio alone" in text_of(owner, MIRROR)
    assert "Mirror" not in text_of(stranger, MARKETPLACE)
    for address in (
        MIRROR,
        f"{MIRROR}?team=studio",
        f"{MARKETPLACE}?team=studio",
        f"{MARKETPLACE}install/?team=studio",
    ):
        assert stranger.get(address).status_code == 404
    for address in (f"{MIRROR}add/", f"{MIRROR}status/", f"{MIRROR}add/?team=studio", f"{MIRROR}status/?team=studio"):
        assert stranger.post(address, {"ref": "mirror@1.0.0"}).status_code == 404


def test_adding_leads_to_the_editor_that_places_it(owner: Client, pipeline: Pipeline) -> None:
    chosen = owner.post(f"{OVERLAY}add/?team=studio", {"ref": "overlay@1.0.0", "pipeline": pipeline.slug})
    made = owner.post(f"{OVERLAY}add/?team=studio", {"ref": "overlay@1.0.0", "pipeline": "", "name": "Fresh"})

    assert chosen.headers["Location"] == f"/t/studio/{pipeline.slug}/?add=overlay%401.0.0"
    assert made.headers["Location"] == "/t/studio/fresh/?add=overlay%401.0.0"
    again = owner.post(f"{OVERLAY}add/?team=studio", {"ref": "overlay@1.0.0", "name": "Fresh"}, follow=True)
    assert "choose another name" in again.content.decode()


def test_only_what_is_offered_is_added_and_only_by_who_may(owner: Client, viewer: Client, pipeline: Pipeline) -> None:
    asked = {"ref": "overlay@1.0.0", "pipeline": pipeline.slug}

    assert viewer.post(f"{OVERLAY}add/?team=studio", asked).status_code == 403
    assert owner.post(f"{OVERLAY}add/?team=studio", asked | {"ref": "overlay@9.9.9"}).status_code == 404
    assert owner.post(f"{OVERLAY}add/?team=studio", asked | {"pipeline": "nothing"}).status_code == 404
    assert "Your role in The studio does not change pipelines" in text_of(viewer, OVERLAY)


def test_a_teams_administrator_deprecates_withdraws_and_restores(
    owner: Client, team: Team, own: ComponentRelease
) -> None:
    def say(status: str, note: str) -> str:
        said = {"version": "1.0.0", "status": status, "note": note}
        response = owner.post(f"{MIRROR}status/?team=studio", said, follow=True)
        return str(response.content.decode())

    assert "Say why, and what to use instead" in say("deprecated", "")
    assert "1.0.0 is deprecated" in say("deprecated", "Use overlay.")
    assert "Use overlay." in text_of(owner, MIRROR)
    page = say("yanked", "It leaks.")
    assert "was withdrawn" in page
    assert "Add to a pipeline" not in page
    assert "Mirror" not in text_of(owner, MARKETPLACE)
    say("available", "")
    assert component("mirror@1.0.0", team).is_offered


def test_nobody_else_manages_a_component(owner: Client, viewer: Client, team: Team, now: datetime.datetime) -> None:
    release(None, now)
    said = {"version": "1.0.0", "status": "yanked", "note": "No."}

    assert "Manage 1.0.0" not in text_of(owner, MIRROR)
    assert owner.post(f"{MIRROR}status/?team=studio", said).status_code == 403
    assert viewer.post(f"{MIRROR}status/?team=studio", said).status_code == 403
    assert owner.post(f"{OVERLAY}status/?team=studio", said).status_code == 404


def test_the_page_to_install_shows_every_problem_of_those_before(
    operator_of_all: Client, alice: User, now: datetime.datetime
) -> None:
    row = begin_installation(team=None, file_name="mirror.tar", size=10, by=alice, now=now)
    problem = {"path": "version", "line": 3, "message": "it is missing", "remedy": "Add it."}
    refuse(installation=row, problems=[problem, plain_problem("README.md is missing.", "Write one.")], now=now)

    page = text_of(operator_of_all, f"{MARKETPLACE}install/")

    assert all(words in page for words in ("version, line 3", "It is missing", "Add it.", "README.md is missing."))
    assert "2 problems to mend" in page
    assert "For The studio alone" in page


def test_who_may_not_install_is_told_who_may(owner: Client, viewer: Client) -> None:
    assert "For The studio alone" in text_of(owner, f"{MARKETPLACE}install/")
    assert viewer.get(f"{MARKETPLACE}install/").status_code == 403
    assert f"{MARKETPLACE}install/" not in text_of(viewer, MARKETPLACE)
