"""What instances of the driver tests do: `actor.py <act>`, in a container or on the host; standard library alone."""

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_LONGEST_SECONDS = 120.0
_PORT = 7000


def stay() -> None:
    """Until SIGTERM; then end well."""
    print("here", flush=True)
    time.sleep(_LONGEST_SECONDS)


def be_stubborn() -> None:
    """Never mind SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stay()


def end() -> None:
    """A short life and a good end."""
    time.sleep(0.3)


def fail() -> None:
    """Say why and end badly."""
    print("it is broken", file=sys.stderr)
    raise SystemExit(7)


def talk() -> None:
    """Many lines."""
    for number in range(300):
        print(f"line {number}")
    stay()


def flood() -> None:
    """More than any log should keep."""
    for number in range(60_000):
        print(f"{number:06d} {'x' * 92}")
    stay()


def hunger() -> None:
    """Take memory until there is none."""
    taken = []
    for _ in range(4096):
        taken.append(bytearray(os.urandom(1024)) * 1024)
    print(len(taken))


def have_children() -> None:
    """A child that nobody waits for and that minds nothing."""
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(f"child {os.getpid()}", flush=True)
    stay()


def go_silent() -> None:
    """Close what is written to, and live on."""
    print("here", flush=True)
    os.close(1)
    os.close(2)
    time.sleep(_LONGEST_SECONDS)


def serve() -> None:
    """Answer whoever connects, by TCP."""
    with socket.create_server(("0.0.0.0", _PORT)) as server:
        print("here", flush=True)
        while True:
            server.accept()[0].close()


def dial() -> None:
    """Say which neighbours answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.connect(("192.0.2.1", 9))
        mine = own.getsockname()[0]
    answers = []
    for number in range(1, 6):
        address = f"{mine.rpartition('.')[0]}.{number}"
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as caller:
            caller.settimeout(0.5)
            if address != mine and caller.connect_ex((address, _PORT)) == 0:
                answers.append(address)
    print(json.dumps(answers), flush=True)
    stay()


def look() -> None:
    """Say as JSON what can be seen from inside."""
    print(json.dumps(_look()), flush=True)
    stay()


def probe() -> None:
    """Say as JSON what can be done from inside; only for where it is fenced in."""
    print(json.dumps({name: _try(deed) for name, deed in _DEEDS.items()}), flush=True)
    stay()


def _look() -> dict[str, object]:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return {
        "user": [os.getuid(), os.getgid()],
        "capabilities": [status[f"Cap{which}"].strip() for which in ("Inh", "Prm", "Eff", "Bnd", "Amb")],
        "no_new_privileges": status["NoNewPrivs"].strip(),
        "seccomp": status["Seccomp"].strip(),
        "environment": sorted(os.environ),
        "control": os.environ.get("FACTORY_CONTROL"),
        "directory": os.getcwd(),
        "interfaces": sorted(name for _, name in socket.if_nameindex()),
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "file_bytes": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
        "core_bytes": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "nice": os.nice(0),
        "process": os.getpid(),
    }


def _try(deed: Callable[[], object]) -> str:
    """`works`, or the name of the error."""
    try:
        deed()
    except OSError as error:
        return type(error).__name__ if error.errno is None else os.strerror(error.errno)
    return "works"


def _call(number: int, *arguments: int) -> None:
    """A system call by its number on x86-64."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "system call")


def _start_threads() -> None:
    threads = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _map_memory() -> None:
    descriptor = os.memfd_create("ring", os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, 4096)
    mmap.mmap(descriptor, 4096)[0] = 1


def _pass_descriptor() -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with one, other:
        socket.send_fds(one, [b"x"], [0])
        for descriptor in socket.recv_fds(other, 1, 1)[1]:
            os.close(descriptor)


def _execute_from_scratch() -> None:
    script = Path("/tmp/script")
    script.write_text("#!/bin/python\n")
    script.chmod(0o755)
    subprocess.run([script], check=False)


def _fill(path: str, size: int) -> Callable[[], object]:
    def fill() -> None:
        with open(path, "wb", buffering=0) as file:
            for _ in range(size // 65536):
                file.write(bytes(65536))

    return fill


_DEEDS: dict[str, Callable[[], object]] = {
    "write to the root": lambda: Path("/app/mark").write_text("x"),
    "write to the sockets": lambda: Path("/run/factory/mark").write_text("x"),
    "write to scratch": lambda: Path("/tmp/mark").write_text("x"),
    "execute from scratch": _execute_from_scratch,
    "read the sockets": lambda: os.listdir("/run/factory"),
    "write a large file": _fill("/tmp/large", 8 * 1024 * 1024),
    "start threads": _start_threads,
    "map a memfd": _map_memory,
    "pass a descriptor": _pass_descriptor,
    "AF_INET": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "AF_INET6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close(),
    "AF_NETLINK": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "AF_VSOCK": lambda: socket.socket(40, socket.SOCK_STREAM).close(),
    "AF_ALG": lambda: socket.socket(38, socket.SOCK_SEQPACKET).close(),
    "AF_PACKET": lambda: socket.socket(17, socket.SOCK_RAW).close(),
    "io_uring_setup": lambda: _call(425, 1, 0),
    "ptrace": lambda: _call(101, 0, 0, 0, 0),
    "unshare a user namespace": lambda: _call(272, 0x10000000),
    "bpf": lambda: _call(321, 0, 0, 0),
    "userfaultfd": lambda: _call(323, 0),
    "keyctl": lambda: _call(250, 0, 0),
    "perf_event_open": lambda: _call(298, 0, 0, 0, 0, 0),
    "mount": lambda: _call(165, 0, 0, 0, 0, 0),
    "set the clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
}

_ACTS = {
    "stays": stay,
    "stubborn": be_stubborn,
    "ends": end,
    "fails": fail,
    "talks": talk,
    "floods": flood,
    "hungry": hunger,
    "parent": have_children,
    "silent": go_silent,
    "serves": serve,
    "dials": dial,
    "looks": look,
    "probes": probe,
}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    _ACTS[sys.argv[1]]()
