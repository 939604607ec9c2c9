"""Mutation testing with mutmut, one module at a time: `bin/mutate`. docs/mutation.md says how to read it.

Each module has a copy of the project under .mutants/, in which mutmut keeps its verdicts: a run that was
interrupted goes on where it stopped. In the copy, decorated functions are taken apart (`undecorated`), which
mutmut would leave out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Final

import libcst

from tests.mutation_database import TEMPLATE
from tests.mutation_rule import RULE

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / ".mutants"
LIST: Final = ROOT / "docs" / "mutation.md"
THRESHOLD: Final = 0.90
KILLED: Final = frozenset({"killed", "timeout", "segfault", "caught by type check"})
SURVIVED_CODES: Final = frozenset({0, 2, 5, 33, 34, 35})  # pytest's and mutmut's exit codes
RULE_FILE: Final = "mutation-rule.txt"
WORTH_A_COPY: Final = 90  # seconds; what a sample has left after one module is not always enough for another
FIRST_BATCH: Final = 10  # mutants of a sample that are timed before the rest of its time is filled


def _tests(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/test_{name}.py" for name in names)


@dataclass(frozen=True)
class Module:
    """Files that are mutated, and the test files that touch them and take seconds rather than minutes."""

    files: tuple[str, ...]
    tests: tuple[str, ...]


MODULES: Final[dict[str, Module]] = {
    "dates": Module(("geodata/dates.py",), ("tests/test_dates.py", "geodata/dates.py")),
    "scope": Module(("crossings/queries/scope.py",), _tests("scope", "snapshot", "downloads", "queries")),
    "snapshot": Module(
        ("crossings/queries/snapshot.py",), _tests("snapshot", "conflicts", "force_page", "queries")
    ),
    "timelines": Module(
        ("crossings/queries/timelines.py",), _tests("snapshot", "report_values", "conflicts", "crossing_page")
    ),
    "citations": Module(
        ("crossings/queries/citations.py",), _tests("citations", "documents", "downloads", "queries")
    ),
    "publishing": Module(
        ("crossings/publishing/*.py",),
        _tests("review", "replacing", "models", "places_published", "state_columns", "admin", "admin_forms"),
    ),
    "loader": Module(("crossings/imports/*.py",), _tests("loader", "loader_versions", "quotes")),
    "assessment": Module(
        ("crossings/assessment/*.py",),
        _tests("assessment_cases", "assessment_laws", "assessment_golden", "conflicts"),
    ),
}

#: mutmut's first step alone, so that its mutants can be listed and drawn from before any is tested.
GENERATE: Final = """
import mutmut.__main__ as mutmut
from tests import mutation_rule
mutation_rule.apply()
mutmut.set_mutant_under_test("mutant_generation")
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.create_mutants(2)
"""
DATABASE: Final = (
    "import pathlib, sys; from tests import mutation_database as m; m.make(pathlib.Path(sys.argv[1]))"
)


class _Undecorated(libcst.CSTTransformer):
    """`@a def f(): …` becomes `def _plain_f(): …` and `f = a(_plain_f)`."""

    #: What mutmut handles itself, and what means nothing without the function's own name.
    LEFT = re.compile(r"(?:staticmethod|classmethod|overload|abstractmethod|.*\.(?:setter|getter|deleter))")

    def __init__(self) -> None:
        self.depth = 0

    def visit_FunctionDef(self, node: libcst.FunctionDef) -> None:
        self.depth += 1

    def leave_FunctionDef(
        self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
    ) -> libcst.FunctionDef | libcst.FlattenSentinel[libcst.BaseStatement]:
        self.depth -= 1
        decorators = [libcst.Module([]).code_for_node(d.decorator) for d in updated_node.decorators]
        if self.depth or not decorators or any(self.LEFT.fullmatch(text) for text in decorators):
            return updated_node
        name = updated_node.name.value
        plain = updated_node.with_changes(name=libcst.Name(f"_plain_{name}"), decorators=[])
        value = "".join(f"{text}(" for text in decorators) + f"_plain_{name}" + ")" * len(decorators)
        return libcst.FlattenSentinel([plain, libcst.parse_statement(f"{name} = {value}\n")])


def undecorated(source: str) -> str:
    """The module with its decorators applied by assignment, so that the functions can be mutated.

    >>> print(undecorated("@atomic\\ndef publish():\\n    pass\\n"))
    def _plain_publish():
        pass
    publish = atomic(_plain_publish)
    <BLANKLINE>
    """
    return libcst.parse_module(source).visit(_Undecorated()).code


@dataclass
class Copy:
    """The project's copy for one module, with the mutants and their verdicts."""

    name: str
    module: Module = field(init=False)
    folder: Path = field(init=False)
    database: Path = field(init=False)

    def __post_init__(self) -> None:
        self.module = MODULES[self.name]
        self.folder = FOLDER / self.name
        self.database = FOLDER / f"{self.name}-databases" / "template.sqlite3"

    def prepare(self) -> None:
        """Bring the copy up to date and make the mutants that are missing.

        A killed mutant stays killed as long as its own function is unchanged; after any other change those
        that survived are tested again.
        """
        mutated = {path for pattern in self.module.files for path in ROOT.glob(pattern)}
        rule = self.folder / RULE_FILE
        if self.folder.exists() and not (rule.is_file() and rule.read_text(encoding="utf-8") == RULE):
            shutil.rmtree(self.folder)
        wanted = {Path("pyproject.toml"): self._settings(), Path(RULE_FILE): RULE.encode()}
        for path in map(Path, _tracked()):
            content = (ROOT / path).read_bytes()
            wanted.setdefault(
                path, undecorated(content.decode()).encode() if ROOT / path in mutated else content
            )
        new = [path for path, content in wanted.items() if _put(self.folder / path, content)]
        for path in new:
            if path.suffix != ".py":  # mutmut copies these once and then no more
                (self.folder / "mutants" / path).unlink(missing_ok=True)
        if self._clear(set(wanted)) or new:
            (self.folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
            self._forget_survivors()
        self._run(sys.executable, "-c", GENERATE)
        if new or not self.database.exists():
            self._run(sys.executable, "-c", DATABASE, str(self.database))

    def _settings(self) -> bytes:
        """The project's pyproject.toml with a section for mutmut."""
        top = sorted({Path(path).parts[0] for path in _tracked()} - {"crossings", "geodata"})
        values = {
            "source_paths": ["crossings", "geodata"],
            "only_mutate": list(self.module.files),
            "also_copy": top,
            "pytest_add_cli_args": [
                "-p",
                "no:cacheprovider",
                "-p",
                "no:xdist",
                "-p",
                "tests.mutation_database",
            ],
            "pytest_add_cli_args_test_selection": list(self.module.tests),
            "timeout_multiplier": 5.0,
            "timeout_constant": 3.0,
            "track_dependencies": False,
            "use_git_change_detection": False,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        return "\n".join([own, "[tool.mutmut]", *lines, ""]).encode()

    def _clear(self, wanted: set[Path]) -> bool:
        """Take away what the project no longer has. Whether there was anything."""
        gone = _files(self.folder) - wanted
        for path in gone:
            (self.folder / path).unlink()
            (self.folder / "mutants" / path).unlink(missing_ok=True)
        return bool(gone)

    def _forget_survivors(self) -> None:
        for file in self.folder.glob("mutants/**/*.meta"):
            data = json.loads(file.read_text())
            codes = data["exit_code_by_key"]
            data["exit_code_by_key"] = {
                name: None if code in SURVIVED_CODES else code for name, code in codes.items()
            }
            file.write_text(json.dumps(data))

    def verdicts(self) -> dict[str, str]:
        """Every mutant with what became of it, in mutmut's words; "not checked" for those to come."""
        printed = self._run(_beside_python("mutmut"), "results", "--all", "True")
        rows = (line.strip().rpartition(": ") for line in printed.splitlines() if line.startswith("    "))
        return {name: verdict for name, _, verdict in rows}

    def test(self, names: Sequence[str], jobs: int, until: float | None = None) -> None:
        """Test these mutants, or all that are not checked yet. Stops early at `until` (monotonic seconds)."""
        command = [str(_beside_python("mutmut")), "run", "--max-children", str(jobs), *names]
        seconds = None if until is None else max(1.0, until - time.monotonic())
        log = self.folder / "mutants" / "run.log"
        with log.open("w") as output:
            # A session of its own: stopped, it takes with it the processes that test the mutants.
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = 0
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        if code:
            tail = "\n".join(re.split(r"[\r\n]+", log.read_text())[-30:])
            raise SystemExit(f"mutmut ended with {code}:\n{tail}")

    def change(self, name: str) -> str:
        """What a mutant changes, as "old → new"."""
        shown = self._run(_beside_python("mutmut"), "show", name).splitlines()
        lines = [line for line in shown if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        sides = [" ".join(line[1:].split()) for line in lines]
        old = [text for line, text in zip(lines, sides, strict=True) if line[0] == "-"]
        new = [text for line, text in zip(lines, sides, strict=True) if line[0] == "+"]
        return _shortened(" ".join(old), " ".join(new))

    def _run(self, *command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(
                f"{command[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
        return done.stdout

    def _environment(self) -> dict[str, str]:
        """That of the caller, with the same examples of hypothesis in every run: verdicts are not chance."""
        own = {"CI": "1", "DJANGO_SETTINGS_MODULE": "tests.settings", TEMPLATE: str(self.database)}
        return {**os.environ, **own}


def _beside_python(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _tracked() -> list[str]:
    """The project's files, those that git does not know yet included, as far as they exist."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file())


def _files(folder: Path) -> set[Path]:
    """The files of a copy, by their paths in it, without what mutmut and Python put there."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in found if not {"mutants", "__pycache__"} & set(path.parts)}


def _put(file: Path, content: bytes) -> bool:
    """Write a file unless it is the same already. Whether it was not."""
    if file.is_file() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return True


def _shortened(old: str, new: str, context: int = 25) -> str:
    """Both sides of a change, cut to what differs and some characters around it."""
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    first = max(0, start - context)
    sides = [text[first : len(text) - max(0, end - context)] for text in (old, new)]
    return " → ".join(f"`{side.replace('|', '¦').replace('`', chr(39))}`" for side in sides)


def _shared(a: str, b: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def function_of(mutant: str) -> str:
    """The function that a mutant is of, as one would import it.

    >>> function_of("crossings.queries.scope.xǁScopeǁ_plain_pin__mutmut_3")
    'crossings.queries.scope.Scope.pin'
    >>> function_of("geodata.dates.x__plain__mutmut_12")
    'geodata.dates._plain'
    """
    module, _, name = mutant.rpartition(".")
    name = name.rpartition("__mutmut_")[0].removeprefix("x")
    parts = name.split("ǁ")[1:] if name.startswith("ǁ") else [name.removeprefix("_")]
    return ".".join([module, *parts[:-1], parts[-1].removeprefix("_plain_")])


def listed(file: Path = LIST) -> set[tuple[str, str]]:
    """The survivors that docs/mutation.md gives a reason for: function and change."""
    rows = re.findall(
        r"^\| `(\S+)` \| (.+? → .+?) \| +\S.* \|$", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {(function, change) for function, change in rows}


@dataclass(frozen=True)
class Outcome:
    """What became of mutants: how many were tested, were killed, and survive with a reason in the list."""

    tested: int = 0
    killed: int = 0
    excused: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.tested + other.tested, self.killed + other.killed, self.excused + other.excused)


def report(
    verdicts: Mapping[str, str], change: Callable[[str], str], known: Set[tuple[str, str]]
) -> tuple[Outcome, list[str]]:
    """The counts, and lines to print: one that sums up, and a row of the list for each survivor.

    `change` says what a mutant changes; `known` holds the survivors that have a reason: function and change.
    """
    tested = {name: verdict for name, verdict in verdicts.items() if verdict != "not checked"}
    rows = [
        (function_of(name), change(name), verdict)
        for name, verdict in tested.items()
        if verdict not in KILLED
    ]
    killed = len(tested) - len(rows)
    excused = sum((function, what) in known for function, what, _ in rows)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in Counter(verdicts.values()).items())
    lines = [f"{_share(killed, len(tested))}; {counts}"]
    for function, what, verdict in rows:
        mark = "in docs/mutation.md" if (function, what) in known else f"{verdict}, no reason given"
        lines.append(f"  | `{function}` | {what} | {mark} |")
    return Outcome(len(tested), killed, excused), lines


def enough(killed: int, tested: int) -> bool:
    """Whether the tests are good enough; where nothing was tested they are not.

    >>> enough(9, 10), enough(89, 100), enough(0, 0)
    (True, False, False)
    """
    return tested > 0 and killed >= THRESHOLD * tested


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} killed ({part / whole:.1%})" if whole else "none tested"


def _printed(copy: Copy, verdicts: Mapping[str, str], began: float) -> Outcome:
    outcome, lines = report(verdicts, copy.change, listed())
    body = "\n".join(lines)
    print(f"{copy.name}: {body}\n  {time.monotonic() - began:.0f} s", flush=True)
    return outcome


def run_all(names: Sequence[str], jobs: int) -> bool:
    """Test every mutant of these modules that has no verdict yet. Whether enough were killed in each."""
    good = True
    for name in names:
        copy, began = Copy(name), time.monotonic()
        copy.prepare()
        if "not checked" in copy.verdicts().values():
            copy.test([], jobs)
        outcome = _printed(copy, copy.verdicts(), began)
        good &= enough(outcome.killed, outcome.tested)
    return good


def run_sample(names: Sequence[str], jobs: int, seed: str, minutes: float) -> bool:
    """Test mutants of a module that the seed draws until the time is over, and of the next if any is left.

    Few mutants say little about a share, so survivors with a reason count as killed here.
    """
    chance = random.Random(seed)
    end = time.monotonic() + minutes * 60
    total = Outcome()
    for name in chance.sample(names, len(names)):
        copy, began = Copy(name), time.monotonic()
        if end - began < WORTH_A_COPY and total.tested:
            break
        copy.prepare()
        drawn = sorted(copy.verdicts())
        chance.shuffle(drawn)
        tried = _test_in_time(copy, drawn, jobs, end)
        verdicts = copy.verdicts()
        total += _printed(copy, {mutant: verdicts[mutant] for mutant in tried}, began)
    passed = total.killed + total.excused
    print(f"Sample {seed}: {_share(passed, total.tested)} or listed with a reason")
    return enough(passed, total.tested)


def _test_in_time(copy: Copy, drawn: list[str], jobs: int, until: float) -> list[str]:
    """Test the first of these mutants: some to see how long one takes, then as many as there is time for."""
    began = time.monotonic()
    copy.test(drawn[:FIRST_BATCH], jobs, until)
    each = (time.monotonic() - began) / FIRST_BATCH
    more = FIRST_BATCH + int((until - time.monotonic()) / each)
    if more > FIRST_BATCH + 2 and time.monotonic() < until:
        copy.test(drawn[FIRST_BATCH:more], jobs, until)
    return drawn[:more]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where fewer than 90 % of the mutants were killed."""
    parser = argparse.ArgumentParser(prog="bin/mutate", description="Mutation testing; see docs/mutation.md.")
    parser.add_argument(
        "modules", nargs="*", metavar="module", help=f"of {', '.join(MODULES)}; all if none is given"
    )
    parser.add_argument("--sample", metavar="SEED", help="only mutants that this seed draws")
    parser.add_argument("--minutes", type=float, default=5, help="how long a sample may take (5)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants tested at a time (2)")
    parser.add_argument("--fresh", action="store_true", help="forget earlier verdicts")
    options = parser.parse_args(arguments)
    names = options.modules or list(MODULES)
    if unknown := [name for name in names if name not in MODULES]:
        parser.error(f"there is no module {', '.join(unknown)}; choose from {', '.join(MODULES)}")
    if options.fresh:
        for name in names:
            shutil.rmtree(Copy(name).folder, ignore_errors=True)
    if options.sample is not None:
        good = run_sample(names, options.jobs, options.sample, options.minutes)
    else:
        good = run_all(names, options.jobs)
    if not good:
        print(f"Fewer than {THRESHOLD:.0%} were killed.", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
