"""What `bin/serve` does once the environment stands: check, migrate, fill, collect, serve.

`python -m crossings.serve`. Every step says what it does; one that has nothing to do touches nothing.
"""

from __future__ import annotations

import copy
import hashlib
import multiprocessing
import os
import shutil
import socket
import threading
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from crossings.runtime import environment, failures, workers

#: Bytes of a request's headers, and what the server holds for a client that does not read.
LARGEST_HEADERS = 64 * 1024


def say(text: str) -> None:
    """A step of the start, at once also when the output is a pipe."""
    print(f"==> {text}", flush=True)


def check_port(host: str, port: int, setting: str = "PORT") -> str:
    """The IP address of host, free to listen at; `setting` is where another port is chosen.

    Stops when somebody listens already: granian would share the port and get every other request.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: connections left by one just stopped do not count, one that listens does.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
        return str(address[0])
    except PermissionError:
        failures.stop(f"Port {port} needs root: choose one from 1024 on with {setting}.")
    except socket.gaierror:
        failures.stop(f"HOST {host} is not an address of this machine.")
    except OSError as error:
        failures.stop(
            f"Port {port} on {host} cannot be used ({error.strerror}): choose another with {setting}."
        )


def lan_address() -> str | None:
    """The address under which others on the network reach this machine; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: chooses a route, sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])


def static_fingerprint() -> str:
    """A hash that changes with any static file, with how they are stored and with the packages."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    digest.update((environment.PROJECT / "requirements.txt").read_bytes())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = os.stat(storage.path(name))
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect, hash and compress static files when something they come from has changed (about 10 s)."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_BUILD) / "collected"
    wanted = static_fingerprint()
    if stamp.is_file() and stamp.read_text() == wanted:
        say("The static files are up to date")
        return
    say("Collecting and compressing static files")
    call_command("collectstatic", interactive=False, verbosity=1)
    for left_over in ("staticfiles.json", ".collected"):  # where older versions kept them
        (Path(settings.STATIC_ROOT) / left_over).unlink(missing_ok=True)
    stamp.parent.mkdir(mode=0o700, exist_ok=True)
    stamp.write_text(wanted)


def addresses() -> list[str]:
    """Where readers find the site, this machine's own address first."""
    from django.conf import settings

    host, port = settings.HOST, settings.PORT
    if host not in environment.EVERY_ADDRESS:
        return [f"http://{environment.host_in_url(host)}:{port}"]
    lan = lan_address()
    return [f"http://127.0.0.1:{port}", *([f"http://{lan}:{port}"] if lan else [])]


def announce_when_ready(urls: list[str]) -> None:
    """Print the addresses and the next step as soon as the server answers; gives up after 60 s."""
    health = Request(f"{urls[0]}/healthz", headers={"X-Forwarded-Proto": "https"})  # noqa: S310  (our own address)
    for _attempt in range(600):
        try:
            with urlopen(health, timeout=5):  # noqa: S310  (our own address)
                break
        except HTTPError:
            break  # it answers, be it only that this Host is not in ALLOWED_HOSTS
        except (URLError, OSError):
            time.sleep(0.1)
    else:
        return
    lines = [f"Crossings is at {urls[0]}", *(f"On this network: {url}" for url in urls[1:])]
    lines.append("To edit, make an account with bin/manage createsuperuser and open /admin/. Ctrl-C stops.")
    for line in lines:
        say(line)


def serve_metrics(address: tuple[str, int] | None, folder: Path) -> None:
    """Answer Prometheus at the address, if there is one, with what the workers write into the folder."""
    if address is None:
        return
    shutil.rmtree(folder, ignore_errors=True)  # of the start before
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # the library reads it while it is imported
    from crossings.runtime import metrics

    metrics.serve(check_port(*address, setting="METRICS_ADDRESS"), address[1], folder)


def serve(address: str, urls: list[str]) -> None:
    """Run granian at the IP address until SIGINT or SIGTERM."""
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    from crossings.database.locks import Busy, serving
    from crossings.database.preparation import sqlite_file

    # Fresh processes: a fork would inherit GDAL and SQLite in mid-use, and settings from before prepare().
    multiprocessing.set_start_method("spawn")
    server = Granian(
        "crossings.asgi:application",
        address=address,
        port=settings.PORT,
        interface=Interfaces.ASGINL,  # crossings.asgi says why not WSGI
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEADERS),
        websockets=False,
        workers=settings.WORKERS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,  # seconds; a download that hangs must not hold up a stop for ever
        log_level=LogLevels.warning,
        log_dictconfig=copy.deepcopy(settings.LOGGING),
        working_dir=environment.PROJECT,
    )
    os.environ[workers.MASTER] = str(os.getpid())
    serve_metrics(settings.METRICS_ADDRESS, settings.DATA_DIR / "metrics")
    threading.Thread(target=announce_when_ready, args=(urls,), daemon=True).start()
    try:
        with serving(sqlite_file() or settings.DATA_DIR / "database"):
            server.serve()
    except Busy:
        failures.stop("The database is being restored: start again when that is done.")


def prepare() -> tuple[str, list[str]]:
    """Everything before the server starts. Returns the IP address to listen at and where readers find it."""
    from django.conf import settings
    from django.db import connections

    from crossings.settings import env

    for name in env.unknown:
        say(f"Note: {name} in {env.file} is no setting (README.md has them all)")
    address = check_port(settings.HOST, settings.PORT)
    import django

    django.setup()
    from crossings.database.locks import preparing
    from crossings.database.preparation import prepare_database, sqlite_file
    from crossings.downloads import files

    # One start at a time, also of several copies on one folder: the static files are shared, too.
    with preparing(sqlite_file() or settings.DATA_DIR / "database", _say_that_another_start_goes_on):
        prepare_database(say)
        collect_static()
        files.forget()  # downloads made before this start
    connections.close_all()  # the workers open their own
    urls = addresses()
    if settings.HOST in environment.EVERY_ADDRESS and settings.ALLOWED_HOSTS == environment.LOCAL_HOSTS:
        # Serving the network without naming hosts means this machine's address; the workers inherit it.
        lan = [url.split("//")[1].rpartition(":")[0] for url in urls[1:]]
        os.environ["ALLOWED_HOSTS"] = ",".join([*environment.LOCAL_HOSTS, *lan])
    return address, urls


def _say_that_another_start_goes_on() -> None:
    say("Another start is preparing the same data: waiting for it")


def main() -> None:
    """Prepare and serve; a problem of the set-up is one sentence and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crossings.settings")
    from django.core.management.base import CommandError

    try:
        with failures.problems_in_one_sentence():
            serve(*prepare())
    except CommandError as error:
        failures.stop(str(error))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
