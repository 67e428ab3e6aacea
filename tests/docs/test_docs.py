"""Documentation is run: what README and the tours tell a reader to type does what they show."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml

from anonymize.policy import parse_policy
from tests.docs.blocks import Document, Step, read_document
from tests.docs.servers import NEEDS, servers
from tests.workplace import warm

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PREPARED = {"README.md": "coatcheck keys init schemas/customers.yaml schemas/patients.yaml"}
"""What a reader has done before: README's library part goes on from `make run`, which makes a
keyring.
"""
MOST_NOT_RUN = 4
LONG = ("README.md", "analyst.md", "incidents.md", "policies.md", "robust-training.md")
TABLES = (
    "detection.md", "how-it-works.md", "measured.md", "prefect.md", "scale.md", "threat-model.md",
    "threats-to-training.md",
    "vault-and-keys.md",
)  # fmt: skip
"""Pages of tables in docs/, in which there is nothing to run; so are all of docs/reference/."""
SKELETON = {
    "version": 1,
    "dataset": "d",
    "purpose": "p",
    "source": {"path": "d.csv"},
    "sink": {"path": "out/d"},
    "columns": {"c": {"action": "keep"}},
}


@dataclass(frozen=True)
class Desk:
    """A reader's folder: the repository's data and policies, and nothing of ours."""

    folder: Path
    logs: Path
    given: Mapping[str, str] = field(default_factory=dict)
    """Variables by which the page's commands find their servers."""

    def run(self, steps: list[Step], prepared: str) -> list[str]:
        """Run the steps in one shell, in order; return what is not as the document shows."""
        script = [f"{prepared} || exit 99" if prepared else ":"]
        for number, step in enumerate(steps):
            given, log = self.logs / f"{number}.py", self.logs / f"{number}.out"
            given.write_text(step.text, encoding="utf-8")
            done = {
                "command": step.text,
                "python": f"program {shlex.quote(str(given))}",
                "file": f"cp {shlex.quote(str(given))} {shlex.quote(step.name)}",
            }[step.kind]
            script.append(f"{{ {done}\n}} > {shlex.quote(str(log))} 2>&1 < /dev/null; echo $?")
        shell = subprocess.run(
            ["bash", "-c", "\n".join(script)],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
        )
        codes = shell.stdout.split()
        assert len(codes) == len(steps), shell.stderr
        return [
            problem
            for number, (step, code) in enumerate(zip(steps, codes, strict=True))
            for problem in _problems(
                step, int(code), (self.logs / f"{number}.out").read_text(encoding="utf-8")
            )
        ]

    def command(self, name: str, script: str) -> None:
        """Put a script on PATH."""
        shim = self.logs / name
        shim.write_text(script)
        shim.chmod(0o755)

    def environment(self) -> dict[str, str]:
        """Return the test's environment with the shim of the command first on PATH."""
        path = os.pathsep.join(
            [str(self.logs), str(Path(sys.executable).parent), os.environ["PATH"]]
        )
        prefect = {
            "PREFECT_HOME": str(self.logs / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        }
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **prefect, **self.given}


def _problems(step: Step, code: int, output: str) -> list[str]:
    what = step.text.splitlines()[0]
    problems = [
        f"line {step.line}: {what}: does not print: {line}" for line in step.missing(output)
    ]
    if code != step.exit_code:
        problems.insert(0, f"line {step.line}: {what}: exit {code}, not {step.exit_code}")
    return [f"{problem}\n{output}" for problem in problems]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a folder with links to the data, pages and policies, and the command on PATH."""
    desk = Desk(tmp_path / "desk", tmp_path / "logs")
    for folder in (desk.folder, desk.logs):
        folder.mkdir()
    for name in ("data", "docs", "examples", "schemas"):
        (desk.folder / name).symlink_to(ROOT / name)
    python = f"#!/bin/sh\nexec {shlex.quote(sys.executable)}"
    desk.command("coatcheck", f'{python} -m anonymize "$@"\n')
    desk.command("program", f'{python} "$@"\n')
    return desk


def _all() -> list[Document]:
    return [read_document(path) for path in DOCUMENTS]


def _to_run(path: Path) -> object:
    """Leave pages that need servers, and long ones, to `make soak`: half a minute of processor
    time each.
    """
    later = path.name in NEEDS or path.name in LONG
    return pytest.param(path, marks=pytest.mark.soak if later else ())


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("path", map(_to_run, DOCUMENTS), ids=lambda path: path.name)
def test_a_document_does_what_it_shows(path: Path, desk: Desk) -> None:
    """Every command and program runs, ends as stated, and prints each line that is shown.

    README's commands start cold, as a reader's do; those of other pages have the libraries loaded.
    """
    if path.name != "README.md":
        assert warm().takes(desk.environment())
        desk.command("coatcheck", warm().script("anonymize"))
        desk.command("program", warm().script())
    with servers(path.name) as given:
        desk = replace(desk, given=given)
        problems = desk.run(read_document(path).steps, PREPARED.get(path.name, ""))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_documents_policies_load(path: Path) -> None:
    """A whole policy, or a part of one put into a policy that holds nothing else. One that extends
    a file is loaded with it, by the commands of its page.
    """
    for line, text in read_document(path).policies:
        said = yaml.safe_load(text)
        if "extends" not in said:
            parse_policy(yaml.safe_dump({**SKELETON, **said}), f"{path.name}, block at line {line}")


def test_few_blocks_are_not_run() -> None:
    """Each says why."""
    reasons = [reason for document in _all() for reason in document.not_run]
    assert len(reasons) <= MOST_NOT_RUN, reasons


def test_every_document_has_something_to_run() -> None:
    """A tour without a command that runs is a promise nobody checks."""
    assert all(
        len(read_document(path).steps) >= 4
        for path in DOCUMENTS
        if path.name not in TABLES and path.parent.name != "reference"
    )


def test_links_between_documents_lead_somewhere() -> None:
    """Relative links name files that exist."""
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_shown_output_is_compared() -> None:
    """A line that is not printed is found; spaces do not count and … stands for anything."""
    step = Step(1, "command", "x", shown=["a   b … d", "absent"])
    assert step.missing("a b c  d\nmore\n") == ["absent"]
