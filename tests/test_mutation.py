"""Mutation testing: what is taken apart for it, how mutants are named and counted, and that it runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation import LIST, MODULES, ROOT, Outcome, function_of, listed, main, report, undecorated
from tests.mutation_rule import is_wording


@pytest.mark.parametrize("name", MODULES)
def test_every_module_names_files_and_tests_that_exist(name):
    assert all(list(ROOT.glob(pattern)) for pattern in MODULES[name].files)
    assert all((ROOT / test).is_file() for test in MODULES[name].tests)


SOURCE = '''
import functools
from contextlib import contextmanager

CALLS = []

def twice(function):
    @functools.wraps(function)
    def inner(*values):
        CALLS.append(function.__name__)
        return function(*values) * 2
    return inner

class Post:
    name = "qaim"

    @functools.cached_property
    def label(self):
        """The name in capitals."""
        return self.name.upper()

    @property
    def size(self):
        return len(self.name)

    @size.setter
    def size(self, value):
        self.name = self.name[:value]

    @classmethod
    def of(cls):
        return cls()

@twice
@functools.lru_cache(maxsize=None)
def add(a, b=1):
    return a + b

@contextmanager
def opened():
    yield "open"
'''


def test_decorated_functions_are_taken_apart_and_work_as_before():
    taken_apart = undecorated(SOURCE)
    defined = {}
    exec(taken_apart, defined)
    post = defined["Post"].of()
    assert (post.label, post.label is post.label) == ("QAIM", True)
    assert defined["add"](2, 3) == 10
    with defined["opened"]() as text:
        assert text == "open"
    assert re.findall(r"^ *@(\S+)\n *def (\w+)", taken_apart, re.MULTILINE) == [
        ("functools.wraps(function)", "inner"),
        ("size.setter", "size"),
        ("classmethod", "of"),
    ]
    assert {"_plain_label", "_plain_size", "_plain_add", "_plain_opened"} <= set(
        re.findall(r"def (\w+)", taken_apart)
    )


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        ("crossings.queries.scope.x_resolve__mutmut_1", "crossings.queries.scope.resolve"),
        ("crossings.queries.scope.xǁScopeǁpin__mutmut_22", "crossings.queries.scope.Scope.pin"),
        ("crossings.publishing.workflow.x__plain_publish__mutmut_3", "crossings.publishing.workflow.publish"),
    ],
)
def test_a_mutant_is_named_by_its_function(mutant, function):
    assert function_of(mutant) == function


MESSAGES = """
def check(value, known):
    if value in known:
        raise Refused("state", "The value is known. " "Choose another one of " + ", ".join(known))
    return value.get("published_in", None)
"""


MUTATE = """
import sys
from mutmut.mutation.file_mutation import mutate_file_contents
if sys.argv[1:]:
    from tests import mutation_rule
    mutation_rule.apply()
print(mutate_file_contents("module.py", sys.stdin.read()).code)
"""


def mutated(folder: Path, source: str, *rule: str) -> str:
    """The source with every mutant that mutmut makes of it, in a process of its own."""
    (folder / "pyproject.toml").write_text('[tool.mutmut]\nsource_paths = ["."]\n')
    return subprocess.run(
        [sys.executable, "-c", MUTATE, *rule],
        input=source,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_wording_of_messages_is_not_mutated_but_keys_separators_and_code_are(tmp_path):
    assert "XXThe value is known. XX" in mutated(tmp_path, MESSAGES)
    code = mutated(tmp_path, MESSAGES, "by the rule")

    assert "XXThe value" not in code
    assert "the value is known" not in code
    assert "CHOOSE ANOTHER" not in code
    assert {'"XXstateXX"', '"XX, XX"', '"PUBLISHED_IN"'} <= set(re.findall(r'"[^"]*"', code))
    assert "value not in known" in code


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("There is no such edition; the newest is {newest}.", True),
        ("Replaced by “%(row)s”", True),
        ("“%(old)s” is published", True),
        ("published_in", False),
        ("main_passage__document__source_set__slug__in", False),
        ("%Y-%m-%d", False),
        (", ", False),
        (" ", False),
        ("§ 4", False),
    ],
)
def test_a_text_of_two_words_or_more_is_wording(text, wording):
    assert is_wording(text) is wording


ROW = "| `m.f` | `a < b` → `a <= b` |"


def test_survivors_are_counted_and_printed_as_rows_to_give_a_reason_for():
    verdicts = {"m.x_f__mutmut_1": "killed", "m.x_f__mutmut_2": "survived", "m.x_g__mutmut_1": "no tests"}
    verdicts["m.x_h__mutmut_1"] = "not checked"

    outcome, lines = report(verdicts, lambda name: "`a < b` → `a <= b`", {("m.f", "`a < b` → `a <= b`")})

    assert outcome == Outcome(tested=3, killed=1, excused=1)
    assert lines == [
        "1 of 3 killed (33.3%); 1 killed, 1 survived, 1 no tests, 1 not checked",
        f"  {ROW} in docs/mutation.md |",
        "  | `m.g` | `a < b` → `a <= b` | no tests, no reason given |",
    ]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (f"{ROW} the two are never equal |", {("m.f", "`a < b` → `a <= b`")}),
        (f"{ROW} |", set()),
        (f"{ROW}  |", set()),
        ("| function | change | why it may live |", set()),
    ],
)
def test_a_survivor_is_known_only_with_a_reason(tmp_path, line, known):
    (tmp_path / "mutation.md").write_text(f"# Survivors\n\n{line}\n")
    assert listed(tmp_path / "mutation.md") == known


def test_the_list_of_survivors_is_read():
    rows = [line for line in LIST.read_text().splitlines() if line.startswith("| `")]
    assert len(listed()) == len(set(rows))


def test_an_unknown_module_is_refused_by_name(capsys):
    with pytest.raises(SystemExit) as left:
        main(["datse"])
    assert left.value.code == 2
    assert "there is no module datse; choose from dates, scope" in capsys.readouterr().err


@pytest.mark.slow
def test_a_sample_of_real_mutants_is_killed_in_time():
    done = subprocess.run(
        [ROOT / "bin" / "mutate", "--sample", "1", "--minutes", "2", "dates"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    tested = re.search(r"Sample 1: (\d+) of (\d+) killed", done.stdout)
    assert tested, done.stdout + done.stderr
    assert int(tested[1]) > 0
