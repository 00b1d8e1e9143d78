"""A node is given its secrets over its control socket, and nothing that it says repeats them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from components.contract.messages import Configure, Event, Hello, Reply, Report
from components.contract.node_states import NodeState
from factory.domain.secrets.hidden import STARS, HiddenText
from factory.doors.nodes.said_secrets import without_secrets
from factory.orchestration.secret_values import NO_SECRETS, RunSecrets
from tests.factory.doors.nodes.instances import wait_until
from tests.factory.doors.nodes.test_host_agent import Site
from tests.factory.doors.nodes.worlds import small_run, with_node

CANARY = "canary-7f3a9c"
GIVEN = RunSecrets({"screen": {"key": HiddenText(CANARY)}})
RUN = with_node(small_run(), "screen", parameters={"key": "secret:stream_key"}, secrets={"key": "stream_key"})


@pytest.fixture
async def site(sockets: Path, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(sockets, tmp_path)
    site.domain.runs["run"] = RUN
    site.domain.secrets = GIVEN
    await site.start()
    yield site
    await site.close()


async def test_a_node_is_given_the_value_in_place_of_the_name(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        screen = await site.dial("screen")
        screen.hello()
        configure = (await screen.expect(Configure))[0]
    assert configure.parameters == {"key": CANARY}
    assert CANARY not in caplog.text + repr(site.domain.runs) + repr(site.domain.secrets)
    screen.die()


async def test_a_secret_that_was_set_again_comes_with_the_next_parameters(site: Site) -> None:
    screen = await site.dial("screen")
    screen.hello()
    await screen.expect(Configure)
    site.domain.secrets = RunSecrets({"screen": {"key": HiddenText("another value")}})
    await site.ring({"type": "run.changed", "run": "run"})
    site.domain.runs["run"] = with_node(RUN, "screen", revision=2)
    await site.ring({"type": "run.changed", "run": "run"})
    configure = (await screen.expect(Configure))[0]
    assert (configure.revision, configure.parameters) == (2, {"key": "another value"})
    screen.die()


async def test_a_node_without_its_secret_fails_with_what_to_do_and_begins_once_it_is_there(site: Site) -> None:
    site.domain.secrets = RunSecrets(problems={"screen": "key: The team has no secret stream_key: store it."})
    await site.watch()
    await site.stop()
    await site.start()
    screen = await site.dial("screen")
    screen.hello()
    await wait_until(lambda: bool(site.domain.reports))
    assert site.domain.reports[-1]["state"] is NodeState.FAILED
    assert site.domain.reports[-1]["reason"].endswith("store it.")
    async with asyncio.timeout(10):
        while (await site.layer.receive(site.watching))["nodes"]["screen"]["state"] != "failed":
            continue
    screen.die()
    site.domain.secrets = GIVEN
    await site.ring({"type": "run.changed", "run": "run"})
    again = await configured(site)
    assert again.parameters == {"key": CANARY}


async def configured(site: Site) -> Configure:
    """What the node is told once it is let in; until then it dials again, as the SDK does for ever."""
    async with asyncio.timeout(20):
        while True:
            screen = await site.dial("screen")
            screen.hello()
            try:
                return (await screen.expect(Configure))[0]
            except AssertionError:
                continue
            finally:
                screen.die()


async def test_what_a_node_repeats_of_its_secret_is_starred(site: Site) -> None:
    screen = await site.dial("screen")
    screen.hello()
    await screen.expect(Configure)
    screen.report(reason=f"{CANARY} does not open it", refused={"revision": 1, "reason": f"not {CANARY}"})
    await wait_until(lambda: any("does not open" in report["reason"] for report in site.domain.reports))
    said = site.domain.reports[-1]
    assert said["reason"] == f"{STARS} does not open it"
    assert said["refused"] == {"revision": 1, "reason": f"not {STARS}"}
    screen.die()


def test_only_what_people_read_is_starred() -> None:
    hello = Hello(1, 0, 0, [], "failed", f"no {CANARY}")
    report = Report("ready", CANARY, 1, None, {}, {}, {}, [])
    notice = Event("notice", {"text": f"key {CANARY}", "count": 3})
    refused, answered = Reply("1", 422, {"reason": CANARY}), Reply("2", 201, {"sdp": CANARY})

    assert without_secrets(hello, GIVEN) == Hello(1, 0, 0, [], "failed", f"no {STARS}")
    assert without_secrets(report, GIVEN) == Report("ready", STARS, 1, None, {}, {}, {}, [])
    assert without_secrets(notice, GIVEN) == Event("notice", {"text": f"key {STARS}", "count": 3})
    assert without_secrets(refused, GIVEN) == Reply("1", 422, {"reason": STARS})
    assert without_secrets(answered, GIVEN) is answered
    assert without_secrets(notice, NO_SECRETS) is notice


def test_short_values_star_no_ordinary_words() -> None:
    secrets = RunSecrets({"screen": {"pin": HiddenText("a1"), "key": HiddenText("long\nlonger line")}})

    assert secrets.hide("a1 long, longer line; long\nlonger line") == f"a1 long, {STARS}; {STARS}"
