"""Render every public address, to prove that a change of the code changes no answer.

    python -m tests.render_public OUT_DIR [--only REGEX] [--seeds FOLDER]
    python -m tests.render_public --compare DIR_A DIR_B [--only REGEX] [--ignore REGEX] [--ignore-space]

The first loads the shipped data into a folder of its own, withdraws and replaces a few reports, and writes
each answer to a file of OUT_DIR. The second lists the addresses whose answers differ; 1 if there are any.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.rendering import comparing, site
from tests.rendering.site import ROOT, RenderError

LISTED = 40  # differing addresses shown with their lines; further ones are only named


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.render_public", description=__doc__.split("\n")[0])
    parser.add_argument("out", nargs="?", type=Path, metavar="OUT_DIR", help="new, or of an earlier run")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("DIR_A", "DIR_B"))
    parser.add_argument("--only", default="", type=_regex, help="only these addresses")
    parser.add_argument("--ignore", default="", type=_regex, help="text that is not compared")
    parser.add_argument("--ignore-space", action="store_true", help="a run of white space counts as one")
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds", help="the data, as of another tree")
    given = parser.parse_args(arguments)
    if bool(given.out) == bool(given.compare):
        parser.error("give either OUT_DIR or --compare DIR_A DIR_B")
    try:
        if given.compare:
            before, other = given.compare
            return compare(before, other, given.only, given.ignore, given.ignore_space)
        return render(given.out, given.only, given.seeds.resolve())
    except RenderError as error:
        print(f"render_public: {error}", file=sys.stderr)
        return 2


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from error
    return text


def render(out: Path, only: str, seeds: Path) -> int:
    """Write the answers and the manifest. Ends with 1 where a route has no example or an answer is a 500."""
    began = time.monotonic()
    _empty(out)
    folder = Path(tempfile.mkdtemp(prefix="crossings-render-"))
    try:
        clock = site.start(folder)
        site.fill(clock, folder, seeds)
        problems, count = _write_answers(out, only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print(f"render_public: {problem}", file=sys.stderr)
    print(f"{count} answers in {out}, {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


def _empty(out: Path) -> None:
    """Make the folder; remove the answers of an earlier run, but nothing else."""
    if out.exists() and any(out.iterdir()) and not (out / comparing.MANIFEST).exists():
        raise RenderError(f"{out} holds something else; name a new folder.")
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "answers", ignore_errors=True)
    (out / "answers").mkdir()


def _write_answers(out: Path, only: str) -> tuple[list[str], int]:
    """What is wrong, in sentences, and how many answers were written. Raises RenderError."""
    from django.test import Client

    from tests.rendering import addresses, answers

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    found = addresses.every(client)
    _check_routes(answers.public_routes(), {answers.route_of(address.path) for address in found})
    routes: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    answered: set[str] = set()
    files: dict[str, str] = {}
    problems: list[str] = []
    for address in found:
        if not re.search(only, str(address)):
            continue
        response = answers.ask(client, address)
        route = answers.route_of(address.path)
        routes[route] += 1
        statuses[str(response.status_code)] += 1
        if response.status_code < 400 and address.method == "GET":
            answered.add(route)
        if response.status_code >= 500:
            problems.append(f"{address} answered {response.status_code}.")
        files[str(address)] = f"answers/{_file_name(str(address))}"
        (out / files[str(address)]).write_text(answers.as_text(response), encoding="utf-8", newline="")
    if not files:
        raise RenderError(f"No address matches {only!r}.")
    if not only:
        refused = [route for route in answers.public_routes() if route not in answered]
        problems += [f"Every address of route {route!r} is refused." for route in refused]
    _write_manifest(out, routes, statuses, files)
    return problems, len(files)


def _check_routes(public: list[str], with_example: set[str]) -> None:
    missing = [repr(route) for route in public if route not in with_example]
    if missing:
        raise RenderError(f"Add an example to tests/rendering/addresses.py of route {', '.join(missing)}.")


def _write_manifest(out: Path, routes: Counter[str], statuses: Counter[str], files: dict[str, str]) -> None:
    manifest = {
        "addresses": len(files),
        "routes": dict(sorted(routes.items())),
        "statuses": dict(sorted(statuses.items())),
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (out / comparing.MANIFEST).write_text(text + "\n", encoding="utf-8")


def _file_name(address: str) -> str:
    """Readable, and different for every address."""
    readable = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")[:60]
    return f"{readable or 'home'}.{hashlib.sha256(address.encode()).hexdigest()[:10]}.txt"


def compare(before: Path, other: Path, only: str, ignore: str, ignore_space: bool) -> int:
    """Print what differs. 1 if anything does."""
    count = 0
    for address, lines in comparing.differences(
        before, other, only=only, ignore=ignore, ignore_space=ignore_space
    ):
        count += 1
        print(f"differs: {address}")
        if count <= LISTED:
            print("\n".join(f"    {line}" for line in lines))
    print(f"{count} addresses differ" if count else "No address differs")
    return 1 if count else 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # end quietly where `head` has read enough
    sys.exit(main())
