"""Reads from the database off the event loop what the runs of this host should be, and hands each over."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import Error as DatabaseError
from django.db import close_old_connections

from factory.doors.nodes.records import Records
from factory.foundation.errors import FactoryError
from factory.orchestration.desired_world import DesiredRun
from factory.orchestration.secret_values import RunSecrets

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
MAX_RUNS = 1000


class RunLoader:
    """Follows the runs of one host.

    Args:
        host: whose runs.
        records: where they are read.
        on_run: called in the event loop with each run that was read, and the secrets of its nodes.
    """

    def __init__(self, host: str, records: Records, on_run: Callable[[DesiredRun, RunSecrets], None]) -> None:
        self._host = host
        self._records = records
        self._on_run = on_run
        self._loading: dict[str, bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="read")
        self._sweeping = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sweep")
        self._away = False

    def look_at(self, run: str) -> None:
        """Read a run now; if it is just being read, once more afterwards."""
        if run in self._loading:
            self._loading[run] = True
            return
        if len(self._loading) >= MAX_RUNS:
            return
        self._loading[run] = False
        task = asyncio.get_running_loop().create_task(self._load(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def sweep(self, known: Callable[[], list[str]]) -> None:
        """Look at every unfinished and every known run, now and every two seconds, and ring for the former."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                unfinished = await loop.run_in_executor(self._sweeping, self._ring_unfinished)
                self._is_back()
            except (DatabaseError, FactoryError) as error:
                unfinished = []
                self._is_away(error)
            for run in dict.fromkeys([*unfinished, *known()]):
                self.look_at(run)
            await asyncio.sleep(SWEEP_SECONDS)

    def close(self) -> None:
        """Read nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._sweeping.shutdown(wait=False, cancel_futures=True)

    def _ring_unfinished(self) -> list[str]:
        close_old_connections()
        self._records.keep_paid(self._host)
        unfinished = self._records.unfinished_runs(self._host)[:MAX_RUNS]
        for run in unfinished:
            self._records.ring(run)
        return unfinished

    async def _load(self, run: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._loading[run] = False
                self._on_run(*await loop.run_in_executor(self._threads, self._read, run))
                if not self._loading[run]:
                    return
        except DatabaseError as error:
            self._is_away(error)
        except FactoryError as error:
            logger.warning("run %s cannot be followed: %s", run, error)
        except Exception:
            # One run that cannot be read must not end the agent; the sweep tries it again.
            logger.exception("run %s cannot be followed", run)
        finally:
            del self._loading[run]

    def _read(self, run: str) -> tuple[DesiredRun, RunSecrets]:
        close_old_connections()
        desired = self._records.desired_run(run)
        return desired, self._records.open_secrets(desired)

    def _is_away(self, error: Exception) -> None:
        if not self._away:
            logger.warning("the database is away, runs go on as they are: %s", error)
        self._away = True

    def _is_back(self) -> None:
        if self._away:
            logger.info("the database is back")
        self._away = False
