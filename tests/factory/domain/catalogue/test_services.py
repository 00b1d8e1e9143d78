"""A reference is one image for ever, and what is said of it is seen at once by everybody who may see it."""

import datetime
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team
from factory.domain.catalogue.components import component, entries, manifests
from factory.domain.catalogue.icons import read_icon, read_readme
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.catalogue.services import NoteMissing, ReleaseExists, ReleaseUnknown, release_of, set_status
from factory.domain.catalogue.statuses import ReleaseStatus
from tests.drivers.saved_images import ICON, README
from tests.factory.domain.catalogue.conftest import Install
from tests.factory.domain.catalogue.test_components import put


def test_an_installed_component_is_there_with_its_picture_and_readme(install: Install) -> None:
    install()

    entry = component("mirror@1.0.0")

    assert (entry.digest, entry.image, entry.folder) == ("sha256:aaa", "sha256:aaa", None)
    assert (read_icon(entry=entry), read_readme(entry=entry)) == (ICON.encode(), README)


def test_another_image_of_the_same_reference_is_refused(install: Install) -> None:
    install()
    assert install().digest == "sha256:aaa"

    with pytest.raises(ReleaseExists, match="raise the version"):
        install(digest="sha256:bbb")


def test_what_lies_in_the_folder_is_not_installed_over(install: Install, shelves: Path) -> None:
    put(shelves, "mirror")

    with pytest.raises(ReleaseExists, match="lies in the components folder"):
        install()


def test_what_was_installed_stays_though_a_folder_comes(install: Install, shelves: Path) -> None:
    install()
    put(shelves, "mirror")

    assert component("mirror@1.0.0").digest == "sha256:aaa"


def test_a_name_is_one_publishers_alone(install: Install) -> None:
    install()

    with pytest.raises(ReleaseExists, match="is published by alice"):
        install(version="2.0.0", publisher="mallory")


def test_a_teams_own_is_seen_by_the_team_alone(install: Install, team: Team) -> None:
    install(team=team)
    other = create_team(slug="elsewhere", name="Elsewhere")

    assert list(manifests(team)) == ["mirror@1.0.0"]
    assert manifests() == manifests(other) == {}
    assert entries(team)["mirror@1.0.0"].team_id == team.pk


def test_two_teams_may_have_the_same_reference_from_other_images(install: Install, team: Team) -> None:
    other = create_team(slug="elsewhere", name="Elsewhere")
    install(team=team)
    install(team=other, digest="sha256:bbb")

    assert [component("mirror@1.0.0", each).digest for each in (team, other)] == ["sha256:aaa", "sha256:bbb"]


def test_a_team_does_not_install_what_everybody_has(install: Install, team: Team) -> None:
    install()

    with pytest.raises(ReleaseExists, match="is installed for everybody"):
        install(team=team, digest="sha256:bbb")


def test_a_teams_own_counts_though_everybody_gets_the_same_reference(install: Install, team: Team) -> None:
    install(team=team)
    install(digest="sha256:bbb")

    assert component("mirror@1.0.0", team).digest == "sha256:aaa"
    assert component("mirror@1.0.0").digest == "sha256:bbb"


def test_a_deprecated_one_is_offered_with_its_note_and_a_yanked_one_is_not(
    install: Install, alice: User, now: datetime.datetime
) -> None:
    release = install()
    set_status(release=release, status=ReleaseStatus.DEPRECATED, note=" Use  overlay. ", by=alice, now=now)
    entry = component("mirror@1.0.0")
    assert (entry.status, entry.status_note, entry.is_offered) == ("deprecated", "Use overlay.", True)

    set_status(release=release, status=ReleaseStatus.YANKED, note="It leaks.", by=alice, now=now)
    assert not component("mirror@1.0.0").is_offered

    set_status(release=release, status=ReleaseStatus.AVAILABLE, note="", by=alice, now=now)
    entry = component("mirror@1.0.0")
    assert (entry.status, entry.status_note) == ("available", "")


@pytest.mark.parametrize("note", ["", "  ", "x" * 301])
def test_people_are_told_why_in_few_words(install: Install, now: datetime.datetime, note: str) -> None:
    with pytest.raises(NoteMissing):
        set_status(release=install(), status=ReleaseStatus.YANKED, note=note, by=None, now=now)


def test_only_what_was_installed_here_is_found(install: Install, team: Team) -> None:
    install(team=team)

    assert release_of(ref="mirror@1.0.0", team=team).version == "1.0.0"
    for ref, owner in (("mirror@1.0.0", None), ("mirror@2.0.0", team), ("mirror", team)):
        with pytest.raises(ReleaseUnknown):
            release_of(ref=ref, team=owner)


def test_asking_again_costs_one_query(install: Install, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    install()
    entries()

    with django_assert_num_queries(1):
        assert list(entries()) == ["mirror@1.0.0"]


def test_what_was_rolled_back_is_not_remembered(install: Install) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        install()
        assert list(entries()) == ["mirror@1.0.0"]
        raise ZeroDivisionError

    assert entries() == {}
    install(name="other")
    assert list(entries()) == ["other@1.0.0"]


def test_a_stored_manifest_that_the_contract_no_longer_takes_is_left_out(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    release = install()
    stored = release.manifest | {"kind": "magic"}
    ComponentRelease.objects.filter(pk=release.pk).update(manifest=stored, folder_digest="sha256:other")

    install(name="other")

    assert list(entries()) == ["other@1.0.0"]
    assert "kind" in caplog.text
