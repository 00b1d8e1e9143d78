"""The parent of one plain-process instance: outlives whoever started it, keeps its log, writes down how it ended.

Run as a file, `python -I -S process_shim.py <instance folder>`, on the standard library alone, to start quickly.

In the folder: `spec.json` (given), `claim.json` (whoever links it first runs the instance; its modification time is a
heartbeat), `log` and `log.1`, `exit.json`. SIGTERM is passed on; SIGUSR1 kills the instance with all it started.
"""

import contextlib
import ctypes
import datetime
import fcntl
import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

LOG_BYTES = 1024 * 1024
"""Size of one log file; there are two."""
HEARTBEAT_SECONDS = 1.0
_READ_BYTES = 65536
_PASSED_ON = {signal.SIGTERM: signal.SIGTERM, signal.SIGUSR1: signal.SIGKILL}
_PR_SET_PDEATHSIG = 1
_NICER = 5
"""Media in one process must not starve those who would stop it."""


def start_ticks(pid: int) -> int | None:
    """When the kernel started this process, in ticks since boot; None where it is gone or a zombie (proc(5))."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def boot_id() -> str:
    """Which boot of this host it is; process ids mean nothing beyond it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


class BoundedLog:
    """Two files of at most `LOG_BYTES`: the newest in `log`, what came before in `log.1`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log"
        self._file = self._path.open("ab", buffering=0)

    def write(self, data: bytes) -> None:
        """Append; on a full disk the text is lost rather than the instance."""
        with contextlib.suppress(OSError):
            if self._file.tell() + len(data) > LOG_BYTES:
                self._file.close()
                self._path.replace(self._path.with_name("log.1"))
                self._file = self._path.open("ab", buffering=0)
            self._file.write(data)

    def close(self) -> None:
        self._file.close()


def claim(folder: Path, started_at: datetime.datetime) -> bool:
    """Become the one that runs this instance; False where another did."""
    mine = folder / f"claim.{os.getpid()}"
    content = {
        "pid": os.getpid(),
        "ticks": start_ticks(os.getpid()),
        "boot": boot_id(),
        "started_at": started_at.isoformat(),
    }
    try:
        mine.write_text(json.dumps(content), encoding="utf-8")
        os.link(mine, folder / "claim.json")
    except (FileExistsError, FileNotFoundError):
        return False
    finally:
        mine.unlink(missing_ok=True)
    return True


def launch(spec: dict[str, Any]) -> tuple[int, int]:
    """Fork and execute the instance: its process id and the reading end of what it writes. Signals are blocked."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    set_death_signal = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()
    child = os.fork()
    if child:
        os.close(writing)
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_NONBLOCK)
        return child, reading
    try:
        set_death_signal(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(137)
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        os.chdir(spec["directory"])
        os.nice(_NICER)
        for limit, value in (("NOFILE", spec["open_files"]), ("FSIZE", spec["file_bytes"]), ("CORE", 0)):
            _limit(getattr(resource, f"RLIMIT_{limit}"), value)
        for number in (*_PASSED_ON, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.execve(spec["command"][0], spec["command"], spec["environment"])
    except BaseException as error:
        os.write(2, f"{spec['command'][0]} could not be executed: {error}\n".encode())
    os._exit(127)


def _limit(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (allowed, allowed))


def watch(folder: Path, child: int, reading: int, signals: int) -> int:
    """Keep the log and the heartbeat and pass signals on until the instance ends; returns its exit code."""
    log = BoundedLog(folder)
    waiting = select.poll()
    waiting.register(reading, select.POLLIN)
    waiting.register(signals, select.POLLIN)
    beat = time.monotonic()
    status: int | None = None
    while status is None:
        ready = dict(waiting.poll(HEARTBEAT_SECONDS * 1000))
        if reading in ready and not _copy(reading, log):
            waiting.unregister(reading)
        if signals in ready:
            for number in os.read(signals, 64):
                if number in _PASSED_ON:
                    _send(child, _PASSED_ON[signal.Signals(number)])
        if time.monotonic() - beat >= HEARTBEAT_SECONDS:
            beat = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(folder / "claim.json")
        done, waited = os.waitpid(child, os.WNOHANG)
        status = waited if done else None
    _send(child, signal.SIGKILL)
    for _ in range(LOG_BYTES // _READ_BYTES):
        if not _copy(reading, log):
            break
    log.close()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _copy(reading: int, log: BoundedLog) -> bool:
    """Move what there is into the log; False when there is no more, now or ever."""
    try:
        data = os.read(reading, _READ_BYTES)
    except BlockingIOError:
        return False
    log.write(data)
    return bool(data)


def _send(child: int, number: signal.Signals) -> None:
    """SIGKILL goes to all that the instance started, anything else to the instance, which may need its children."""
    with contextlib.suppress(ProcessLookupError):
        if number is signal.SIGKILL:
            os.killpg(child, number)
        else:
            os.kill(child, number)


def run(folder: Path) -> None:
    """Claim the instance, run it, and write `exit.json` in one piece."""
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    signals, waking = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    for number in (*_PASSED_ON, signal.SIGCHLD):
        signal.signal(number, lambda _number, _frame: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    started_at, began = datetime.datetime.now(datetime.UTC), time.monotonic()
    if not claim(folder, started_at):
        return
    child, reading = launch(spec)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
    code = watch(folder, child, reading, signals)
    # From the monotonic clock: a stepped wall clock must neither shorten nor lengthen what is billed.
    finished_at = started_at + datetime.timedelta(seconds=time.monotonic() - began)
    ended = {"exit_code": code, "started_at": started_at.isoformat(), "finished_at": finished_at.isoformat()}
    written = folder / "exit.json.new"
    written.write_text(json.dumps(ended), encoding="utf-8")
    written.replace(folder / "exit.json")


if __name__ == "__main__":
    # Twice forked, so that whoever asked need not stay to bury it.
    if os.fork() == 0:
        run(Path(sys.argv[1]))
