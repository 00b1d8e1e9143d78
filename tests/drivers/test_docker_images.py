"""Images come into the real engine without a name of their own, and instances run from them alone."""

import contextlib
import dataclasses
import tarfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from factory.drivers.docker_images import INSTALLED
from factory.drivers.driver import EngineState, ImageRefused, StartRefused
from factory.drivers.image_archive import read_image, write_clean
from tests.drivers.saved_images import layer, save
from tests.drivers.stages import DockerStage, wait_until

pytestmark = pytest.mark.engine
MOST = 2 * 1024**3


@pytest.fixture
def engine() -> Iterator[docker.DockerClient]:
    with contextlib.closing(docker.from_env()) as client:
        before = _installed(client)
        yield client
        for name in _installed(client) - before:
            # What other tests built on it stays.
            with contextlib.suppress(docker.errors.APIError):
                client.images.remove(name, force=True)


@pytest.fixture
def saved(engine: docker.DockerClient, docker_stage: DockerStage, tmp_path: Path) -> tuple[Path, str]:
    """The actor's image as `docker save` gives it, cleaned, and its id."""
    image = engine.images.get(docker_stage.image("stays"))
    raw, target = tmp_path / "raw.tar", tmp_path / "clean.tar"
    with raw.open("wb") as file:
        file.writelines(image.save(named=True))
    write_clean(raw, read_image(raw, most_bytes=MOST), target, most_bytes=MOST)
    return target, str(image.id)


def _installed(client: docker.DockerClient) -> set[str]:
    return {tag for image in client.images.list(name=INSTALLED) for tag in image.tags if tag.startswith(INSTALLED)}


def test_an_archive_becomes_the_same_image_and_takes_nobodys_name(
    engine: docker.DockerClient, docker_stage: DockerStage, tmp_path: Path
) -> None:
    raw, target = save(tmp_path / "raw.tar", tag="media-pipeline-factory/overlay:1.0.0"), tmp_path / "clean.tar"
    image = read_image(raw, most_bytes=MOST)
    write_clean(raw, image, target, most_bytes=MOST)

    digest = docker_stage.driver.load_image(target)

    assert digest == image.digest
    assert engine.images.get(digest).tags == [f"{INSTALLED}:{digest.removeprefix('sha256:')}"]
    assert docker_stage.driver.load_image(target) == digest


def test_an_instance_of_an_installed_image_runs_whatever_its_old_name_means_now(
    engine: docker.DockerClient, docker_stage: DockerStage, saved: tuple[Path, str]
) -> None:
    path, _ = saved
    digest = docker_stage.driver.load_image(path)
    spec = docker_stage.spec("stays")
    pinned = dataclasses.replace(spec, image="media-pipeline-factory/nothing:9.9.9", digest=digest, folder=None)

    docker_stage.driver.start(pinned)

    wait_until(lambda: docker_stage.driver.logs(spec.name, tail=1).strip() == "here")
    assert engine.containers.get(spec.name).attrs["Image"] == digest


def test_a_container_of_another_image_under_its_name_is_refused(
    engine: docker.DockerClient, docker_stage: DockerStage
) -> None:
    spec = docker_stage.spec("stays")
    engine.containers.create(spec.image, name=spec.name, labels=spec.labels.as_strings(), network_mode="none")
    other = str(engine.images.get(docker_stage.image("fail")).id)

    with pytest.raises(StartRefused, match="was installed"):
        docker_stage.driver.start(dataclasses.replace(spec, digest=other))

    assert docker_stage.driver.inspect(spec.name).state is EngineState.ABSENT


def test_an_image_that_is_gone_is_refused_with_what_to_do(docker_stage: DockerStage) -> None:
    spec = dataclasses.replace(docker_stage.spec("stays"), digest=f"sha256:{'0' * 64}")

    with pytest.raises(StartRefused, match="install the component again"):
        docker_stage.driver.start(spec)


def test_what_the_engine_cannot_read_is_refused(docker_stage: DockerStage, tmp_path: Path) -> None:
    path = tmp_path / "broken.tar"
    with tarfile.open(path, "w"):
        pass

    with pytest.raises(ImageRefused):
        docker_stage.driver.load_image(path)


def test_an_image_whose_layer_is_not_what_its_config_says_is_refused(docker_stage: DockerStage, tmp_path: Path) -> None:
    raw, target = save(tmp_path / "raw.tar"), tmp_path / "clean.tar"
    content = raw.read_bytes()
    raw.write_bytes(content.replace(b"print()\n", b"PRINT()\n"))
    write_clean(raw, read_image(raw, most_bytes=MOST), target, most_bytes=MOST)

    with pytest.raises(ImageRefused):
        docker_stage.driver.load_image(target)


def test_a_folder_is_built_on_the_newest_sdk_without_its_tests(
    engine: docker.DockerClient, docker_stage: DockerStage, tmp_path: Path
) -> None:
    folder = tmp_path / "mirror"
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "test_it.py").write_text("")
    (folder / "component.py").write_text("")
    (folder / "Dockerfile").write_text('ARG SDK\nFROM ${SDK}\nCOPY . /app/mirror\nENTRYPOINT ["ls", "/app/mirror"]\n')

    digest = docker_stage.driver.build_image(folder)

    said = engine.containers.run(digest, remove=True, network_mode="none")
    assert said.decode().split() == ["component.py"]


def test_a_recipe_that_fails_is_refused_with_its_last_words(docker_stage: DockerStage, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("ARG SDK\nFROM ${SDK}\nRUN echo so far so good && false\n")

    with pytest.raises(ImageRefused, match="so far so good"):
        docker_stage.driver.build_image(tmp_path)


def test_an_image_that_is_let_go_of_goes_and_twice_is_fine(
    engine: docker.DockerClient, docker_stage: DockerStage, tmp_path: Path
) -> None:
    raw, target = save(tmp_path / "raw.tar", layers=[layer("let go of")]), tmp_path / "clean.tar"
    write_clean(raw, read_image(raw, most_bytes=MOST), target, most_bytes=MOST)
    digest = docker_stage.driver.load_image(target)
    assert digest in docker_stage.driver.kept_images()

    for _ in range(2):
        docker_stage.driver.remove_image(digest)

    assert digest not in docker_stage.driver.kept_images()
    with pytest.raises(docker.errors.ImageNotFound):
        engine.images.get(digest)


def test_an_image_that_has_another_name_or_an_instance_stays(
    engine: docker.DockerClient, docker_stage: DockerStage, tmp_path: Path
) -> None:
    digests = []
    for use in ("named", "in use"):
        raw, target = save(tmp_path / "raw.tar", layers=[layer(use)]), tmp_path / "clean.tar"
        write_clean(raw, read_image(raw, most_bytes=MOST), target, most_bytes=MOST)
        digests.append(docker_stage.driver.load_image(target))
    name = f"{INSTALLED}-elsewhere:1"
    engine.images.get(digests[0]).tag(name)
    container = engine.containers.create(digests[1], command="x", network_mode="none")
    try:
        for digest in digests:
            docker_stage.driver.remove_image(digest)

        assert [str(engine.images.get(digest).id) for digest in digests] == digests
    finally:
        container.remove()
        engine.images.remove(name)


def test_layers_of_the_helper_are_what_the_engine_takes(tmp_path: Path) -> None:
    """The archives that other tests are made of are real ones."""
    image = read_image(save(tmp_path / "image.tar", layers=[layer("a"), layer("b")]), most_bytes=MOST)

    assert len(image.layers) == 2
