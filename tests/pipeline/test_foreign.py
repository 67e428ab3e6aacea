"""A custom action that fails, whatever it raises: what the command, the library and Prefect tell of
it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from tests.workplace import ROOT, Workplace

ACME = """
import sys, threading, warnings
from dataclasses import dataclass
import pyarrow as pa

class Odd(BaseException): pass

def fail(way, text):
    if way == "exit": raise SystemExit(text)
    if way == "exit 0": raise SystemExit(0)
    if way == "generator": raise GeneratorExit(text)
    if way == "odd": raise Odd(text)
    if way == "group": raise BaseExceptionGroup(text, [ValueError(text), Odd(text)])
    if way == "chain":
        try: raise ValueError(text)
        except ValueError as error: raise RuntimeError("n") from error
    if way == "named": raise type(text, (LookupError,), {})("n")
    if way == "note":
        error = ValueError("n"); error.add_note(text); raise error
    if way == "ours":
        from anonymize.errors import GateError
        raise GateError(text)
    if way == "thread":
        thread = threading.Thread(target=fail, args=("odd", text)); thread.start(); thread.join()
        fail("odd", text)
    if way == "warning":
        warnings.warn(text); fail("odd", text)

@dataclass(frozen=True)
class Act:
    way: str = "exit"
    at: str = "call"
    def output_type(self, kind):
        if self.at == "type": fail(self.way, "Ana Castro")
        return pa.string()
    def __call__(self, column):
        if self.way == "pivot": return pa.array([{str(x): 1} for x in column.to_pylist()])
        if self.way == "zone":
            return pa.nulls(len(column), pa.timestamp("s", str(column[0])))
        fail(self.way, "|".join(map(str, column.to_pylist())))
        return column
    def __post_init__(self):
        if self.at == "make": fail(self.way, "Ana Castro")
"""
BROKEN = "raise SystemExit('Ana Castro')\n"
WAYS = ("exit", "exit 0", "group", "ours", "thread", "warning")


def _installed(place: Workplace, code: str = ACME) -> dict[str, str]:
    """Return the environment in which the package ``acme`` is installed."""
    folder = place.folder / "site"
    info = folder / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "acme_action.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coatcheck.actions]\nacme = acme_action:Act\n")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def _policy(place: Workplace, way: str, at: str = "call") -> Path:
    path = place.policy()
    rule = f"{{action: custom, name: acme, parameters: {{way: '{way}', at: {at}}}}}"
    path.write_text(path.read_text().replace("{action: fake, kind: name}", rule))
    return path


def _refused(place: Workplace, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 2
    assert "custom action 'acme' of acme" in done.stderr
    assert "failed with" in done.stderr
    assert "Ana" not in done.stdout + done.stderr
    assert Dataset(place.sink).current is None


@pytest.mark.parametrize("way", WAYS)
def test_a_command_tells_the_kind_and_no_value(way: str, workplace: Workplace) -> None:
    """Not by its text, its exit code, a chain, a thread of its own, or a warning."""
    env = _installed(workplace)
    _refused(workplace, workplace.coatcheck("run", str(_policy(workplace, way)), **env))


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("named", "failed with LookupError"),
        ("pivot", "values of struct for"),
        ("zone", "values of timestamp[s] with a time zone for"),
    ],
)
def test_no_name_of_a_class_or_a_field_that_is_a_value_is_told(
    way: str, told: str, workplace: Workplace
) -> None:
    """An action that pivots has values as names of fields."""
    env = _installed(workplace)
    done = workplace.coatcheck("run", str(_policy(workplace, way)), **env)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Ana" not in done.stdout + done.stderr


@pytest.mark.parametrize("at", ["type", "make"])
def test_an_action_that_fails_before_row_one_is_a_problem_of_the_plan(
    at: str, workplace: Workplace
) -> None:
    """Its class, its parameters and what it says of types are others' code too."""
    env = _installed(workplace)
    _refused(workplace, workplace.coatcheck("run", str(_policy(workplace, "exit", at)), **env))


def test_a_package_that_cannot_be_imported_is_a_problem_of_the_plan(workplace: Workplace) -> None:
    """``SystemExit`` at import ended the command with the package's own words."""
    env = _installed(workplace, BROKEN)
    _refused(workplace, workplace.coatcheck("plan", str(_policy(workplace, "exit")), **env))


LIBRARY = """
import traceback, anonymize
try:
    anonymize.run({policy!r}, keyring={keys!r})
except BaseException as error:
    waiting, shown = [error], []
    while waiting:
        one = waiting.pop()
        shown += [repr(one), *traceback.format_exception(one)]
        waiting += [more for more in (one.__cause__, one.__context__) if more is not None]
    print(type(error).__name__, "Castro" in "".join(shown))
"""


@pytest.mark.soak
@pytest.mark.parametrize("way", ["exit", "chain"])
def test_a_library_call_has_nothing_chained_to_its_error(way: str, workplace: Workplace) -> None:
    """Whoever logs the error logs what it was raised from."""
    code = LIBRARY.format(policy=str(_policy(workplace, way)), keys=workplace.keyring_uri)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **_installed(workplace)},
        cwd=workplace.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, "Castro" in done.stderr) == ("DataError False\n", False)
