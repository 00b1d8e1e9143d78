import re
from pathlib import Path

PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([\w.]+)")
FILES = ("requirements.txt", "requirements-dev.txt", "components/requirements.txt")


def read_pins(path: Path) -> dict[str, str]:
    lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
    pins = {}
    for line in lines:
        if line and not line.startswith("-r "):
            match = PIN.fullmatch(line)
            assert match, f"{path.name}: {line!r} is no exact pin"
            pins[re.sub(r"[-_.]+", "-", match[1].lower())] = match[2]
    return pins


def test_every_package_is_pinned_exactly_and_once(root: Path) -> None:
    pins = [read_pins(root / name) for name in FILES]
    assert all(pins)

    assert sum(len(found) for found in pins) == len({name for found in pins for name in found})


def test_components_bring_no_web_framework_into_their_images(root: Path) -> None:
    assert read_pins(root / "components" / "requirements.txt").keys() & {"django", "celery", "channels"} == set()
