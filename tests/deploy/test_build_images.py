import contextlib
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from deploy.images import build

pytestmark = pytest.mark.engine

MANIFEST = "name: {name}\nversion: 1.2.3\npublisher: alice\ntitle: Thrown away\n"


@pytest.fixture
def engine() -> Iterator[docker.DockerClient]:
    with contextlib.closing(docker.from_env()) as client:
        yield client


@pytest.fixture
def sdk(engine: docker.DockerClient) -> str:
    build.OUT.mkdir(parents=True, exist_ok=True)
    components = build.ROOT / "components"
    return build.build_sdk(engine, components=components, base=build.build_base(engine, components=components))


@pytest.fixture
def component(engine: docker.DockerClient, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "thrown_away"
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "test_it.py").write_text("")
    (folder / "component.py").write_text("print('it runs')\n")
    (folder / "component.yaml").write_text(MANIFEST.format(name=folder.name))
    (folder / "Dockerfile").write_text("ARG SDK\nFROM ${SDK}\nCOPY . /app/components/transforms/thrown_away\n")
    yield folder
    with contextlib.suppress(docker.errors.ImageNotFound):
        engine.images.remove("media-pipeline-factory/thrown_away:1.2.3")


def run(engine: docker.DockerClient, image: str, *command: str) -> str:
    output = engine.containers.run(
        image, list(command), remove=True, network_mode="none", user="65534:65534", read_only=True
    )
    return str(output.decode())


def test_a_component_becomes_an_image_that_a_foreign_user_can_run(
    engine: docker.DockerClient, sdk: str, component: Path
) -> None:
    image = build.build_component(engine, folder=component, sdk=sdk)

    assert image == "media-pipeline-factory/thrown_away:1.2.3"
    assert run(engine, image, "python", "-m", "components.transforms.thrown_away.component") == "it runs\n"
    listed = run(engine, image, "ls", "/app/components/transforms/thrown_away").split()
    assert listed == ["component.py", "component.yaml"]


def test_an_image_is_built_again_only_when_its_content_changed(
    engine: docker.DockerClient, sdk: str, component: Path
) -> None:
    image = build.build_component(engine, folder=component, sdk=sdk)
    first = engine.images.get(image).id

    build.build_component(engine, folder=component, sdk=sdk)
    second = engine.images.get(image).id
    (component / "component.py").write_text("print('it runs better')\n")
    build.build_component(engine, folder=component, sdk=sdk)
    third = engine.images.get(image).id

    assert first == second
    assert second != third


def test_the_base_has_what_components_import_compiled_ahead(engine: docker.DockerClient, sdk: str) -> None:
    lines = run(
        engine,
        sdk,
        "python",
        "-c",
        "import aiortc, av, numpy, PIL.ImageFont, yaml; PIL.ImageFont.truetype('DejaVuSans.ttf', 20);"
        "import components.sdk.runner as runner, pathlib;"
        "print(*(pathlib.Path(module.__cached__).read_bytes()[4] for module in (aiortc, numpy, runner)))",
    )

    # The flags of a compiled file, PEP 552: 1 says that it is never compared with its source.
    assert lines.split() == ["1", "1", "1"]
