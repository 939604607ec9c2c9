"""Running the project's commands as an operator does: in processes with an environment of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 240  # nothing here takes so long, unless it hangs


def clean_environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """A bare environment for a copy that keeps everything in data_dir. No setting of the caller leaks in."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, "ENV_FILE": os.devnull, "DATA_DIR": str(data_dir), **variables}


def run(*command: str | Path, env: dict[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, ROOT / "manage.py", *arguments, env=env)


def python(code: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-c", code, env={"DJANGO_SETTINGS_MODULE": "crossings.settings", **env})


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command failed with exit code 1 and one sentence on stderr that holds the words."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for word in words:
        assert word in lines[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def work_of(process_id: int) -> float:
    """Seconds that a process, its descendants and those of them that ended have kept a core busy (Linux)."""
    parents: dict[int, list[int]] = {}
    work: dict[int, int] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        parents.setdefault(int(fields[1]), []).append(int(file.parent.name))
        work[int(file.parent.name)] = sum(int(ticks) for ticks in fields[11:15])
    total, waiting = 0, [process_id]
    while waiting:
        current = waiting.pop()
        total += work.get(current, 0)
        waiting += parents.get(current, [])
    return total / os.sysconf("SC_CLK_TCK")


class Server:
    """A running bin/serve: what it printed, where it is, how long and how much work its start was."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int) -> None:
        self.process, self.log, self.port = process, log, port
        self.seconds = self.work = 0.0
        self.alone = True

    @property
    def output(self) -> str:
        return self.log.read_text()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body of a page, redirects not followed."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    def started_within(self, seconds: float) -> bool:
        """Where other work shares the cores the clock says little: then what this start itself did counts."""
        return self.work < seconds and (self.seconds < seconds or not self.alone)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.process.wait(timeout=30)


@contextmanager
def serving(env: dict[str, str], log: Path, root: Path = ROOT) -> Iterator[Server]:
    """bin/serve on a free port, ready to answer; ended by its process id whatever happens."""
    port = free_port()
    began = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [root / "bin" / "serve"],
            env={**env, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    server = Server(process, log, port)
    try:
        while "createsuperuser" not in server.output:
            assert process.poll() is None, server.output
            assert time.monotonic() - began < SECONDS, server.output
            time.sleep(0.05)
        server.seconds = time.monotonic() - began
        server.work = work_of(process.pid)
        server.alone = os.getloadavg()[0] <= (os.cpu_count() or 1)
        yield server
    finally:
        if process.poll() is None:
            server.stop()
