"""`python -m tests.bench.many_listings`: asks the marketplace with 1000 components; prints seconds as JSON."""

import sys
import time

from tests.bench.fresh_database import print_measured

LISTINGS = 1000
ASKED = ("overlay", "caption clock", "component 7", "alice", "webrtc", "nothing at all", "")
ROUNDS = 6


def _install() -> None:
    from components.contract.manifest import read_manifest
    from factory.domain.catalogue.components import component
    from factory.domain.catalogue.models import ComponentRelease
    from factory.domain.catalogue.releases import renew_stamp
    from factory.domain.catalogue.services import folder_digest_of
    from factory.foundation import clock

    folder = component("overlay@1.0.0").folder
    assert folder is not None
    text = (folder / "component.yaml").read_text()
    rows = []
    for number in range(LISTINGS):
        named = text.replace("name: overlay", f"name: component_{number}").replace(
            "title: Overlay", f"title: Component {number}"
        )
        manifest = read_manifest(named.replace("publisher: factory", f"publisher: {'alice' if number % 3 else 'bob'}"))
        digest = folder_digest_of(manifest=manifest, readme="", icon="")
        stored = manifest.model_dump(mode="json", by_alias=True, exclude_unset=True)
        row = ComponentRelease(
            name=manifest.name, version=manifest.version, publisher=manifest.publisher, manifest=stored
        )
        row.digest, row.folder_digest, row.source, row.installed_at = digest, digest, "archive", clock.now()
        rows.append(row)
    ComponentRelease.objects.bulk_create(rows)
    renew_stamp()


def _measure() -> dict[str, list[float]]:
    from factory.domain.accounts.services import ensure_home_owner
    from tests.factory.doors.api.browsers import sign_in

    _install()
    browser = sign_in(ensure_home_owner())
    found: dict[str, list[float]] = {"first of all": [], "page": [], "API": []}
    for kind, address in (
        ("first of all", "/marketplace/"),
        ("page", "/marketplace/"),
        ("API", "/api/v1/marketplace/components"),
    ):
        for number in range(1 if kind == "first of all" else ROUNDS * len(ASKED)):
            began = time.perf_counter()
            answer = browser.get(address, {"q": ASKED[number % len(ASKED)]})
            found[kind].append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.content
    return found


if __name__ == "__main__":
    sys.exit(print_measured(_measure, FACTORY_RATE_HEAVY="1000000"))
