"""The agent's own answer to `node-log`: real processes write, and what they wrote is read in every stage of life."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from factory.doors.nodes.log_desk import MOST_AT_ONCE, MOST_BYTES, MOST_WAITING, LogDesk
from factory.drivers.driver import DriverUnavailable, EngineState, InstanceSpec, Labels, Limits
from factory.drivers.process_driver import ProcessDriver
from factory.orchestration.kept_logs import keep_log
from tests.factory.doors.nodes.instances import wait_until
from tests.fakes.fake_driver import FakeDriver


class Asker:
    """A desk, and what it answered."""

    def __init__(self, driver: Any) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.desk = LogDesk(driver, answer=self._answer)

    def _answer(self, channel: str, message: dict[str, Any]) -> None:
        assert channel == "web"
        assert message["type"] == "gateway.reply"
        self.answers[message["id"]] = message

    def ask(self, identity: str = "q", *, seconds: float = 5.0, **body: Any) -> None:
        doorbell = {
            "type": "gateway.request",
            "id": identity,
            "run": "run",
            "node": "camera",
            "kind": "node-log",
            "body": body,
            "deadline": time.time() + seconds,
            "reply_channel": "web",
        }
        self.desk.ask(doorbell, wall_seconds=time.time())

    async def answer(self, **body: Any) -> tuple[int, dict[str, Any]]:
        self.answers.pop("q", None)
        self.ask(**body)
        await wait_until(lambda: "q" in self.answers)
        return self.answers["q"]["status"], self.answers["q"]["body"]


class Engine:
    """The process driver, and instances that say something and then wait or end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = ""
        self.driver = ProcessDriver("test", folder / "state", command=lambda _folder: ["/bin/sh", "-c", self.script])

    async def start(self, script: str, *, attempt: int = 1, ends: bool = False) -> str:
        name = f"pf-run-camera-{attempt}"
        self.script = script if ends else f"{script}; exec sleep 300"
        (self.folder / "component.yaml").touch()
        (self.folder / name).mkdir()
        labels = Labels("test", "alice", "run", "camera", attempt, 1, 2**31)
        spec = InstanceSpec(name, "", self.folder, labels, Limits(2**28, 1, 16), self.folder / name)
        await asyncio.to_thread(self.driver.start, spec)
        if ends:
            await wait_until(lambda: self.driver.inspect(name).state is EngineState.EXITED)
        else:
            await wait_until(lambda: self.driver.logs(name, tail=1) != "")
        return name


@pytest.fixture
async def engine(tmp_path: Path, settings: Settings) -> AsyncIterator[Engine]:
    settings.FACTORY_STATE = tmp_path / "state"
    engine = Engine(tmp_path)
    yield engine
    for seen in engine.driver.list_owned():
        await asyncio.to_thread(engine.driver.stop, seen.name, grace_seconds=0)
    engine.driver.close()


async def test_the_newest_attempt_is_told_while_it_lives(engine: Engine) -> None:
    await engine.start("echo first", attempt=1, ends=True)
    await engine.start("echo second", attempt=2)
    asker = Asker(engine.driver)
    assert await asker.answer() == (200, {"attempt": 2, "text": "second\n", "truncated": False, "live": True})
    assert (await asker.answer(attempt=None, tail=None))[1]["attempt"] == 2
    asker.desk.close()


async def test_an_attempt_that_has_ended_is_told_before_and_after_the_engine_forgets_it(engine: Engine) -> None:
    name = await engine.start("echo no camera found; exit 3", ends=True)
    asker = Asker(engine.driver)
    told = {"attempt": 1, "text": "no camera found\n", "truncated": False, "live": False}
    assert await asker.answer() == (200, told)
    keep_log(engine.driver, name)
    engine.driver.discard(name)
    assert await asker.answer() == (200, told)
    assert await asker.answer(attempt=1) == (200, told)
    asker.desk.close()


async def test_what_nobody_has_is_404_and_says_what_was_asked_for(engine: Engine) -> None:
    await engine.start("echo here")
    asker = Asker(engine.driver)
    status, body = await asker.answer(attempt=7)
    assert status == 404
    assert "attempt 7 of camera" in body["reason"]
    asker.desk.close()


async def test_only_the_last_lines_are_told_and_that_there_are_more(engine: Engine) -> None:
    await engine.start("seq 1 20", ends=True)
    asker = Asker(engine.driver)
    assert (await asker.answer(tail=2))[1] == {"attempt": 1, "text": "19\n20\n", "truncated": True, "live": False}
    assert (await asker.answer(tail=20))[1]["truncated"] is False
    assert (await asker.answer(tail=10**9))[1]["text"].startswith("1\n")
    asker.desk.close()


async def test_a_log_over_the_bound_is_cut_at_its_front(engine: Engine) -> None:
    await engine.start("for i in $(seq 1 600); do printf '%01000d\\n' $i; done", ends=True)
    asker = Asker(engine.driver)
    body = (await asker.answer(tail=2000))[1]
    assert len(body["text"].encode()) == MOST_BYTES
    assert body["truncated"] is True
    assert body["text"].endswith("0600\n")
    asker.desk.close()


async def test_a_silent_engine_is_503_and_a_broken_one_500(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = FakeDriver("test")
    driver.fall_silent(60)
    asker = Asker(driver)
    status, body = await asker.answer()
    assert status == 503
    assert "try again" in body["reason"]
    monkeypatch.setattr(driver, "list_owned", lambda run: 1 / 0)
    assert (await asker.answer())[0] == 500
    asker.desk.close()


class HangingDriver(FakeDriver):
    """An engine that does not come back until it is let."""

    def __init__(self) -> None:
        super().__init__("test")
        self.released = threading.Event()
        self.inside = 0
        self.most_inside = 0
        self._counting = threading.Lock()

    def list_owned(self, run: str | None = None) -> list[Any]:
        with self._counting:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        self.released.wait(20)
        with self._counting:
            self.inside -= 1
        raise DriverUnavailable("The engine does not answer")


async def test_an_engine_that_hangs_is_504_in_time_holds_few_threads_and_few_wait() -> None:
    driver = HangingDriver()
    asker = Asker(driver)
    for number in range(MOST_AT_ONCE + MOST_WAITING + 5):
        asker.ask(str(number), seconds=0.5)
    await wait_until(lambda: len(asker.answers) == MOST_AT_ONCE + MOST_WAITING + 5)
    statuses = [answer["status"] for answer in asker.answers.values()]
    assert (statuses.count(503), statuses.count(504)) == (5, MOST_AT_ONCE + MOST_WAITING)
    assert (await asker.answer())[0] == 503, "those that hang are still counted"
    driver.released.set()
    await wait_until(lambda: asker.desk._reads == 0)
    assert driver.most_inside == MOST_AT_ONCE
    asker.desk.close()


async def test_a_question_after_its_deadline_is_refused_and_nothing_is_read() -> None:
    driver = HangingDriver()
    asker = Asker(driver)
    asker.ask(seconds=-1)
    assert asker.answers["q"]["status"] == 504
    assert driver.most_inside == 0
    asker.desk.close()


@pytest.mark.parametrize("change", [{"run": "../run"}, {"node": "a/b"}, {"body": None}, {"body": {"tail": "many"}}])
async def test_a_question_that_makes_no_sense_reaches_no_engine(change: dict[str, Any]) -> None:
    driver = HangingDriver()
    asker = Asker(driver)
    doorbell = {"id": "q", "run": "run", "node": "camera", "body": {}, "deadline": 1.0, "reply_channel": "web"}
    with pytest.raises((ValueError, TypeError)):
        asker.desk.ask(doorbell | change, wall_seconds=0.0)
    assert (asker.answers, driver.most_inside) == ({}, 0)
    asker.desk.close()
