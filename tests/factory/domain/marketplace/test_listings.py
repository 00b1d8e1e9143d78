"""One listing a component, found by words, the best first."""

from pathlib import Path

import pytest

from components.contract.manifest import Category, Kind, Manifest, read_manifest
from factory.domain.accounts.models import Team
from factory.domain.catalogue.services import set_status
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.domain.marketplace.categories import category_of
from factory.domain.marketplace.listings import listing, listings, search_listings, version_key
from factory.domain.marketplace.permissions import permissions_of, resources_of
from factory.foundation import clock
from tests.drivers.saved_images import MANIFEST
from tests.factory.domain.catalogue.conftest import Install

pytestmark = pytest.mark.django_db
SHIPPED = Path(__file__).resolve().parents[4] / "components"


def shipped(folder: str) -> Manifest:
    return read_manifest((SHIPPED / folder / "component.yaml").read_text())


def names(**asked: object) -> list[str]:
    return [each.name for each in search_listings(team=None, **asked)]  # type: ignore[arg-type]


def test_a_listing_has_all_versions_and_shows_the_newest_good_one(install: Install) -> None:
    for version in ("1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0"):
        newest = install(version=version, digest=f"sha256:{version}")
    note, now = "It stutters.", clock.now()
    set_status(release=newest, status=ReleaseStatus.DEPRECATED, note=note, by=None, now=now)

    found = listing(name="mirror", team=None)

    assert found is not None
    assert [each.manifest.version for each in found.versions] == ["2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0"]
    assert found.entry.manifest.version == "2.0.0-rc.1"


def test_what_is_withdrawn_is_not_offered_but_its_page_stays(install: Install) -> None:
    release = install()
    set_status(release=release, status=ReleaseStatus.YANKED, note="It leaks.", by=None, now=clock.now())

    assert names() == []
    assert listing(name="mirror", team=None) is not None


def test_a_teams_own_is_listed_for_the_team_alone(install: Install, team: Team) -> None:
    install(team=team)

    assert [each.name for each in listings(team=team)] == ["mirror"]
    assert listings(team=None) == ()
    assert listing(name="mirror", team=None) is None


@pytest.mark.parametrize(
    ("sought", "first"),
    [
        ("overlay", "overlay"),
        ("OVER", "overlay"),
        ("caption", "overlay"),
        ("record", "recorder"),
        ("webrtc camera", "whip_in"),
        ("test source", "test_source"),
        ("rfc 9725", "whip_in"),
    ],
)
def test_the_best_match_comes_first(sought: str, first: str) -> None:
    assert names(sought=sought)[0] == first


def test_every_word_must_be_found_somewhere() -> None:
    assert names(sought="overlay nonsense") == []
    assert set(names(sought="factory")) == set(names())


def test_categories_and_kinds_narrow_the_list() -> None:
    assert "overlay" in names(category=Category.PICTURE)
    assert "overlay" not in names(category=Category.STORAGE)
    assert set(names(kind=Kind.SINK)) >= {"recorder", "logger"}
    assert "overlay" not in names(kind=Kind.SINK)


@pytest.mark.parametrize(
    ("folder", "category"),
    [
        ("transforms/overlay", Category.PICTURE),
        ("gateways/whip_in", Category.LIVE),
        ("gateways/test_source", Category.TESTING),
        ("sinks/recorder", Category.STORAGE),
        ("sinks/logger", Category.TESTING),
    ],
)
def test_a_category_is_worked_out_where_the_manifest_has_none(folder: str, category: Category) -> None:
    assert category_of(shipped(folder)) is category


def test_what_the_manifest_says_of_its_category_counts() -> None:
    assert category_of(read_manifest(f"{MANIFEST}category: analysis\n")) is Category.ANALYSIS


def test_versions_are_ordered_as_semver_has_it() -> None:
    right = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0"]

    assert sorted(set(right), key=version_key) == right


def test_permissions_are_said_in_words() -> None:
    gateway, recorder = permissions_of(shipped("gateways/whip_in")), permissions_of(shipped("sinks/recorder"))

    assert "public address" in gateway[0].words
    assert gateway[0].needs_trust
    assert any("each of at most 4 GiB" in each.words and each.needs_trust for each in recorder)
    assert any("Reaches no network" in each.words and not each.needs_trust for each in recorder)


def test_secrets_are_named_among_the_permissions() -> None:
    secret = "parameters:\n  key: {type: string, max_length: 80, secret: true, title: Stream key}\n"

    words = [each.words for each in permissions_of(read_manifest(MANIFEST + secret))]

    assert "Is handed the secrets that you name for it: Stream key." in words


def test_resources_are_said_with_their_units() -> None:
    assert dict(resources_of(shipped("transforms/overlay")))["Memory"] == "256 MiB"
