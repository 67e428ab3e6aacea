"""Changes one place of the code at a time and runs the tests that reach it: python
bench/mutants.py [FAMILY|MODULE…] [--seconds 30] [--again] [--sample 60] [--rooms 'gates plan'].

Needs ``pytest-cov``, which the lock does not have: the first run notes which test of ``--rooms``
executes which line. ``--work`` keeps that, the results and the copies of the tree that are changed;
remove it to begin anew. Prints the changes that no test notices, unless ``mutants_judged.tsv`` says
why they cannot matter. Code that only child processes execute counts as not reached.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from xml.etree import ElementTree

import pytest
from mutations import ROOT, Mutant, changed_code, mutants

JUDGED = ROOT / "bench" / "mutants_judged.tsv"  # with the reason in a last column
ROOMS = "gates plan privacy dataset custody keys process pipeline io/test_parts.py"
FAMILIES = {
    "sync": "durable io/sink/hashed_file io/sink/parts io/sink/unnamed_file dataset/staging"
    " dataset/rewrapping keys/keyring/files",
    "cores": "process/core_files process/while_any_runs",
    "classes": "privacy/class_counts privacy/digests privacy/measures plan/counting",
    "allow": "privacy/allow_list plan/facts plan/apply:_in_small|_classes|measure|[.]apply|people",
    "suppression": "gates/suppression gates/rows gates/refuse",
    "scan": "gates/residual gates/residual_scan gates/expected gates/cell_pairs gates/made_numbers"
    " gates/output_sample gates/own_values detect/columns/inside_cells:^$"
    " detect/columns/identifiers_in_cells:^$ gates/names_left gates/not_looked_for",
    "log": "dataset/audit dataset/audit_files dataset/anchor dataset/appended dataset/recovery",
    "signatures": "dataset/signing dataset/verify dataset/manifest dataset/checked_copy"
    " dataset/view keys/keyring/wrapping keys/primitives/derive keys/primitives/digest"
    " custody/revocation custody/acts",
}
"""Modules below ``anonymize``, some with a pattern for their functions."""
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout"]
ALIVE = ("survived", "not reached")


class _Chosen:
    """A pytest plugin: runs the chosen tests in their order, and keeps the first that fails."""

    def __init__(self, tests: list[str]) -> None:
        self.order, self.failed = {test: at for at, test in enumerate(tests)}, ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [one for one in items if one.nodeid in self.order]
        items[:] = sorted(chosen, key=lambda one: self.order[one.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or (report.nodeid if report.failed else "")


def failing(tree: Path, tests: list[str], limit: float, change: Callable[[], None]) -> str:
    """Return the first of ``tests`` that fails after ``change``, ``timeout`` or ``collection``;
    empty if all pass.
    """
    said, end = tree.with_suffix(".failed"), time.monotonic() + limit
    said.unlink(missing_ok=True)
    if not (child := os.fork()):
        os.setsid()
        out = os.open(tree.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        chosen = _Chosen(tests)
        try:
            change()
            files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
            code = pytest.main([*OPTIONS, f"--basetemp={tree}.temp", *files], plugins=[chosen])
            said.write_text(chosen.failed or ("" if code == 0 else "collection"))
        finally:
            os._exit(0)
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "timeout"
        time.sleep(0.02)
    return said.read_text() if said.exists() else "collection"


def trace(tree: Path, work: Path, tests: list[str], workers: int) -> None:
    """Note which lines each of these tests executes, and how long it takes."""
    (work / "trace.ini").write_text(f"[run]\nrelative_files = true\ndata_file = {work}/trace\n")
    times = work / f"seconds{len(list(work.glob('seconds*.xml')))}.xml"
    options = f"-q -n {workers} --dist loadfile --cov=anonymize --cov-context=test --cov-report= "
    options += f"--cov-append --cov-config={work}/trace.ini --junitxml={times} -p no:cacheprovider"
    command = [sys.executable, "-m", "pytest", *options.split(), *(f"tests/{one}" for one in tests)]
    subprocess.run(command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=False)


class _Worker:
    """Judges mutants in its own tree."""

    def __init__(
        self, tree: Path, work: Path, seconds: float, loaded: dict[str, list[FunctionType]]
    ) -> None:
        from coverage import CoverageData

        self.tree, self.cap, self.unsound, self.loaded = tree, seconds, set[str](), loaded
        self.killers: dict[str, Counter[str]] = defaultdict(Counter)
        self.trace = CoverageData(str(work / "trace"))
        self.trace.read()
        self.seconds = {
            f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}": float(
                case.attrib["time"]
            )
            for path in work.glob("seconds*.xml")
            for case in ElementTree.parse(path).iter("testcase")
        }

    def parts(self, one: Mutant) -> Iterator[list[str]]:
        """Yield tests that execute the mutant's lines, or its file if import executes them: those
        that found others first, then the quickest.
        """
        kills = self.killers[one.file]
        by_line = self.trace.contexts_by_lineno(f"anonymize/{one.file}")
        names = {test for line in one.lines for test in by_line.get(line, ())}
        if "" in names or not one.lines:
            names = {test for tests in by_line.values() for test in tests}
        names = {name.partition("|")[0] for name in names} - {""} - self.unsound
        taken, left = list[str](), self.cap
        for test in sorted(names, key=lambda test: (-kills[test], self.seconds.get(test, 9))):
            left -= self.seconds.get(test, 9) + 0.02
            if taken and left < 0:
                break
            taken.append(test)
        yield from (part for part in (taken[:6], taken[6:]) if part)

    def judge(self, one: Mutant) -> str:
        """Return the test that fails with the mutant and passes without, or how it lives on."""
        path, result = ROOT / "anonymize" / one.file, ""
        source = path.read_bytes()
        changed = source[: one.start] + one.text.encode() + source[one.end :]
        codes = changed_code(path, source, changed)

        def change() -> None:
            for function in self.loaded[str(path)]:
                code = function.__code__
                function.__code__ = codes.get((code.co_qualname, code.co_firstlineno), code)
            if not codes:  # what import executes: everything is imported again, from the copy
                for name, module in list(sys.modules.items()):
                    where = str(getattr(module, "__file__", None))
                    if where.startswith((f"{ROOT}/anonymize", f"{ROOT}/tests")):
                        del sys.modules[name]
                (self.tree / "anonymize" / one.file).write_bytes(changed)
                os.chdir(self.tree)
                sys.path.insert(0, str(self.tree))

        for part in self.parts(one):
            result = failing(self.tree, part, 3 * self.cap + 30, change) or "survived"
            shutil.copy2(path, self.tree / "anonymize" / one.file)
            new = "::" in result and not self.killers[one.file][result]
            if new and failing(self.tree, [result], 3 * self.cap + 30, lambda: None):
                self.unsound.add(result)
                return self.judge(one)
            if result != "survived":
                self.killers[one.file][result] += 1
                return result
        return result or "not reached"


def results(work: Path) -> dict[str, str]:
    """Return the last result of each mutant."""
    path = work / "results.tsv"
    lines = path.read_text().splitlines() if path.exists() else []
    return {line.rpartition("\t")[0]: line.rpartition("\t")[2] for line in lines}


def report(every: list[Mutant], done: dict[str, str]) -> None:
    """Print what lives on, with its line, and the counts per file."""
    judged = {line.rpartition("\t")[0] for line in JUDGED.read_text().splitlines()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in every:
        result = done.get(one.key, "not run")
        if result in ALIVE and one.key not in judged:
            print(one.key.replace("\t", f":{one.lines[:1]}: ", 1), result)
        result = "judged" if result in ALIVE and one.key in judged else result
        counts[one.file]["killed" if "::" in result or result == "timeout" else result] += 1
    for file, found in counts.items():
        print(f"{file}: {', '.join(f'{count} {name}' for name, count in found.items())}")
    print("all:", dict(sum(counts.values(), Counter())))


def wanted(asked: argparse.Namespace) -> list[Mutant]:
    """Return the mutants that were asked for: a family's sample is the same every time."""
    every = list[Mutant]()
    for family in asked.families:
        names = [name.partition(":")[::2] for name in FAMILIES.get(family, family).split()]
        found = [one for name in names for one in mutants(*name)]
        found = [one for one in found if re.search(asked.only, one.key.rpartition("\t")[0])]
        if asked.sample:  # a larger sample has all of a smaller one
            found = random.Random(family).sample(found, len(found))[: asked.sample]
        every += found
    every.sort(key=lambda one: one.text != "pass")  # calls and refusals that are gone come first
    return every


def main() -> None:
    """Run the mutants that have no result yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=list(FAMILIES))
    parser.add_argument("--seconds", type=float, default=30, help="of tests for each mutant")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("/tmp/mutants"))
    parser.add_argument("--only", default="", help="pattern of changes: ' -> pass$'")
    parser.add_argument("--trace", nargs="*", help="new tests, below tests/, to be traced too")
    parser.add_argument("--again", action="store_true", help="those that lived on, too")
    parser.add_argument("--sample", type=int, default=0, help="so many of each family, at random")
    parser.add_argument("--rooms", default=ROOMS, help="whose tests are run, below tests/")
    asked = parser.parse_args()
    every, rooms = wanted(asked), asked.rooms.split()
    work, trees = asked.work, [asked.work / f"tree{at}" for at in range(asked.workers)]
    for tree in trees:
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".venv", ".git", "__pycache__"))
    if new := (asked.trace or []) if (work / "trace").exists() else rooms:
        trace(trees[0], work, new, asked.workers)
    again = {"not run", *(ALIVE if asked.again else ())}
    found = results(work)
    left = [one for one in every if found.get(one.key, "not run") in again]
    sys.dont_write_bytecode = True  # a change within the second would meet the old one's
    os.environ["PYTHONDONTWRITEBYTECODE"] = os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    pytest.main([*OPTIONS, "--collect-only", *(f"tests/{room}" for room in rooms)])
    for file in {one.file for one in every}:
        importlib.import_module(f"anonymize.{file[:-3].replace('/', '.')}")
    loaded: dict[str, list[FunctionType]] = defaultdict(list)  # by file; forks change their code
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            loaded[one.__code__.co_filename].append(one)
    gc.freeze()
    children = []
    for at, tree in enumerate(trees):
        if not (child := os.fork()):
            worker = _Worker(tree, work, asked.seconds, loaded)
            with (work / "results.tsv").open("a", buffering=1) as to:
                for one in left[at :: len(trees)]:
                    to.write(f"{one.key}\t{worker.judge(one)}\n")
            os._exit(0)
        children.append(child)
    while children:
        os.waitpid(children.pop(), 0)
    report(every, results(work))


if __name__ == "__main__":
    main()
