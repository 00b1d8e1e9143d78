"""The marketplace as people meet it: what somebody wrote is there at once, what is installed is pinned and runs."""

import contextlib
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from playwright.sync_api import Browser, expect

from deploy.images import build
from deploy.setup.scaffold_component import scaffold
from tests.journeys.axe import violations
from tests.journeys.canvas import Canvas
from tests.journeys.site import Site, Visitor, open_site, open_visitor
from tests.journeys.terminal import ROOT, inspect_all

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

PIPELINE = """\
api_version: 1
name: toys
nodes:
  camera: {component: test_source@1.0.0, parameters: {width: 320, height: 180}}
  toy: {component: toy@1.0.0}
  log: {component: logger@1.0.0}
wires:
  - camera.video -> toy.video
  - toy.video -> log.video
"""
UPLOAD_MS = 240_000


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A components folder of this journey's own."""
    folder = tmp_path_factory.mktemp("shelves") / "components"
    shutil.copytree(ROOT / "components", folder, ignore=shutil.ignore_patterns("__pycache__", "toy", "mirror"))
    return folder


@pytest.fixture(scope="module")
def site(shelves: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACTORY_COMPONENTS", str(shelves))
        with open_site(tmp_path_factory.mktemp("marketplace")) as opened:
            yield opened


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """What `docker save` gives of a toy's image, whose name then means nothing any more; and the image's id."""
    folder = write_toy(tmp_path_factory.mktemp("toys"))
    with contextlib.closing(docker.from_env(timeout=300)) as engine:
        build.OUT.mkdir(parents=True, exist_ok=True)
        components = ROOT / "components"
        sdk = build.build_sdk(engine, components=components, base=build.build_base(engine, components=components))
        name = build.build_component(engine, folder=folder, sdk=sdk)
        image = engine.images.get(name)
        digest, path = str(image.id), folder.parent / "toy.tar"
        with path.open("wb") as file:
            file.writelines(image.save(named=True))
        engine.images.remove(name, force=True)
        yield path, digest
        with contextlib.suppress(docker.errors.ImageNotFound):
            engine.images.remove(digest, force=True)


@pytest.fixture
def operator(site: Site, browser: Browser) -> Iterator[Visitor]:
    with open_visitor(browser, site) as visitor:
        visitor.sign_in()
        yield visitor


def write_toy(parent: Path) -> Path:
    """The template under another name, as `make component NAME=toy` writes it."""
    shelf = parent / "components"
    return scaffold(name="toy", components=shelf, template=ROOT / "components" / "template")


def visit(visitor: Visitor, path: str) -> None:
    visitor.page.goto(f"{visitor.site.address}{path}")


def choose(visitor: Visitor, file: Path) -> None:
    """Give the page a file to install."""
    visitor.page.locator("[data-file]").set_input_files(file)


def test_a_component_that_somebody_wrote_is_there_at_once(operator: Visitor, shelves: Path) -> None:
    visit(operator, "/marketplace/")
    assert operator.page.get_by_role("link", name="Mirror").count() == 0

    scaffold(name="mirror", components=shelves, template=ROOT / "components" / "template")

    operator.page.reload()
    operator.page.get_by_role("link", name="Mirror").click()
    expect(operator.page.get_by_role("heading", name="Mirror", exact=True)).to_be_visible()
    expect(operator.page.get_by_role("img", name="Mirror as a node")).to_be_visible()


def test_it_is_found_by_what_it_does_and_added_in_one_step(operator: Visitor) -> None:
    visit(operator, "/marketplace/")
    page = operator.page
    page.get_by_label("Search components").fill("caption")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Overlay").click()
    page.get_by_label("Name of a new one").fill("From the shop")
    page.get_by_role("button", name="Add 1.0.0").click()

    canvas = Canvas(page)
    canvas.wait_until_open()
    expect(canvas.node("overlay")).to_be_visible()
    canvas.wait_until_saved()
    operator.picture("marketplace-added")
    assert "add=" not in page.url
    page.keyboard.press("Control+z")
    expect(canvas.node("overlay")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    canvas.wait_until_saved()
    page.goto(f"{operator.site.address}/marketplace/overlay/")
    expect(page.get_by_role("link", name="From the shop")).to_be_visible()


def test_a_broken_manifest_shows_all_that_is_wrong_with_it(operator: Visitor, tmp_path: Path) -> None:
    folder = write_toy(tmp_path)
    manifest = (folder / "component.yaml").read_text()
    broken = manifest.replace("version: 1.0.0", "version: one").replace("kind: transform", "kind: magic")
    packed = tmp_path / "broken.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("toy/component.yaml", broken.replace("title: Brightness", "titel: Brightness"))
    visit(operator, "/marketplace/install/")

    choose(operator, packed)

    row = operator.page.locator(".installation").first
    expect(row).to_contain_text("refused", timeout=60_000)
    for words in (
        "version, line 3",
        "kind, line 5",
        "parameters.brightness",
        "README.md is missing",
        "Dockerfile is missing",
    ):
        expect(row).to_contain_text(words)
    operator.picture("marketplace-problems")


def test_an_image_installed_through_the_page_is_pinned_and_runs(
    operator: Visitor, site: Site, archive: tuple[Path, str], tmp_path: Path
) -> None:
    path, digest = archive
    page = operator.page
    visit(operator, "/marketplace/install/")
    choose(operator, path)
    expect(page.locator("[data-words]")).to_contain_text("MiB")
    operator.picture("marketplace-uploading")
    row = page.locator(".installation").first
    expect(row).to_contain_text("installed", timeout=UPLOAD_MS)
    expect(row).to_contain_text(digest)

    visit(operator, "/new/home/")
    page.get_by_label("or its text").fill(PIPELINE)
    page.get_by_role("button", name="Import").click()
    canvas = Canvas(page)
    canvas.wait_until_open()
    canvas.run_button.click()
    canvas.wait_for_status("toy", "ready", 90)
    assert inspect_all(site.terminal.install)["toy"]["Image"] == digest
    operator.picture("marketplace-runs")
    canvas.stop_button.click()
    canvas.wait_for_run("stopped", 60)


def test_a_deprecated_one_is_shown_as_such_where_it_is_used(operator: Visitor, archive: tuple[Path, str]) -> None:
    page = operator.page
    visit(operator, "/marketplace/toy/")
    page.get_by_label("Why, and what to use instead").fill("It was but a toy. Use overlay.")
    page.get_by_role("button", name="Deprecate").click()
    expect(page.get_by_text("1.0.0 is deprecated.")).to_be_visible()

    visit(operator, "/t/home/toys/")
    canvas = Canvas(page)
    canvas.wait_until_open()
    expect(canvas.node("toy")).to_contain_text("Deprecated")
    canvas.select("toy")
    expect(page.locator(".inspector .notice-warning")).to_contain_text("Use overlay.")
    operator.picture("marketplace-deprecated")


def test_a_strangers_eyes_find_nothing_of_a_teams_component(
    operator: Visitor, site: Site, browser: Browser, tmp_path: Path
) -> None:
    folder = scaffold(name="secretly", components=tmp_path, template=ROOT / "components" / "template")
    done = site.terminal.manage("install_component", str(folder), "--team", "home")
    assert done.returncode == 0, done.stderr
    image = done.stdout.split()[-1]
    visit(operator, "/marketplace/secretly/")
    expect(operator.page.get_by_text("of Home alone")).to_be_visible()
    addresses = (
        "/marketplace/secretly/",
        "/marketplace/secretly/?team=home",
        "/marketplace/install/?team=home",
        "/api/v1/components/secretly@1.0.0/icon",
        "/api/v1/teams/home/components/secretly@1.0.0/icon",
        "/api/v1/teams/home/components",
        "/api/v1/marketplace/components/secretly",
        "/api/v1/marketplace/components/secretly?team=home",
        "/api/v1/installations?team=home",
    )

    with open_visitor(browser, site) as stranger:
        stranger.sign_up("stranger@example.net")
        answers = {path: stranger.page.request.get(f"{site.address}{path}").status for path in addresses}
        visit(stranger, "/marketplace/?q=secretly")
        expect(stranger.page.get_by_text("No component fits")).to_be_visible()

    assert answers == dict.fromkeys(addresses, 404)
    with contextlib.closing(docker.from_env()) as engine:
        engine.images.remove(image, force=True)


@pytest.mark.parametrize(
    "look", [(1440, 900, False), (1440, 900, True), (390, 844, False)], ids=["light", "dark", "narrow"]
)
def test_its_pages_keep_nobody_out(site: Site, browser: Browser, look: tuple[int, int, bool]) -> None:
    width, height, dark = look
    found: list[str] = []
    with open_visitor(browser, site, width=width, height=height, dark=dark) as visitor:
        visitor.sign_in()
        for path in (
            "/marketplace/",
            "/marketplace/?q=zzz",
            "/marketplace/overlay/",
            "/marketplace/whip_in/",
            "/marketplace/install/",
        ):
            visit(visitor, path)
            visitor.picture(f"page{path.replace('/', '-').replace('?', '')}{width}{'-dark' if dark else ''}")
            found += [f"{path}: {violation}" for violation in violations(visitor.page)]
            wider = visitor.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            found += [f"{path}: {wider} px wider than the window"] if wider > 0 else []
    assert found == []


def test_a_component_whose_folder_is_gone_is_shown_as_missing_and_loses_nothing(
    operator: Visitor, shelves: Path
) -> None:
    folder = scaffold(name="passing", components=shelves, template=ROOT / "components" / "template")
    page = operator.page
    visit(operator, "/new/home/")
    text = PIPELINE.replace("name: toys", "name: lost").replace(
        "toy@1.0.0", "passing@1.0.0, parameters: {brightness: 40}"
    )
    page.get_by_label("or its text").fill(text)
    page.get_by_role("button", name="Import").click()
    canvas = Canvas(page)
    canvas.wait_until_open()
    expect(canvas.node("toy")).to_contain_text("Passing")

    shutil.rmtree(folder)
    page.reload()

    canvas.wait_until_open()
    expect(canvas.node("toy")).to_contain_text("passing@1.0.0 is not installed any more")
    canvas.select("toy")
    expect(page.locator(".missing-component")).to_contain_text("keeps its parameters and wires")
    expect(canvas.wire("camera.video->toy.video")).to_be_attached()
    operator.picture("marketplace-missing")
    shutil.copytree(ROOT / "components" / "template", folder)
    scaffolded = (folder / "component.yaml").read_text().replace("name: template", "name: passing")
    (folder / "component.yaml").write_text(scaffolded)
    page.reload()
    canvas.wait_until_open()
    canvas.select("toy")
    expect(canvas.field("Brightness").first).to_have_value("40")
