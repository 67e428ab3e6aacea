"""What messages tell people to type exists."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import click
import pytest
import typer
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.cli.hints import in_words_of_options
from anonymize.errors import ArgumentError, PlanError, PolicyError, SourceError

ROOT = Path(__file__).resolve().parents[2]
POLICY = """version: 1
dataset: people
purpose: test
source: %s
sink: {path: out}
columns: {a: {action: keep}, by: {action: drop}, column_1: {action: keep}}
"""
KEYED = b"".join(b'{"by": {"u%d@x.org": 1}}\n' % at for at in range(40))
TWO_ARRAYS = b'{"x": [{"a": 1}], "y": [{"a": 1}]}'
TWO_FILES = BytesIO()
with ZipFile(TWO_FILES, "w") as _archive:
    _archive.writestr("a.csv", "a,b\n1,2\n")
    _archive.writestr("b.csv", "a,b\n1,2\n")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_COMMAND = re.compile(
    r"\bcoatcheck ((?:keys |audit |approval |canaries |bucket |he )?[a-z]+(?:-[a-z]+)*)"
)
OTHERS = {"--no-deps", "--user", "--work-pool", "--image", "--store", "--releases"}
"""Options of other programs that are known by their name, and of ``python -m flows.deploy``, whose
test is in tests/flows.
"""
NO_COMMANDS = ("manifest", "audit head", "erasure", "keyring", "may", "homomorphic")
"""What follows the project's name where it is no command: the beginnings of signed texts, a
sentence.
"""


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{before}{name}", command
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} ")  # type: ignore[arg-type]


COMMANDS = dict(_commands(typer.main.get_command(app)))  # type: ignore[arg-type]
OPTIONS = {
    option
    for command in COMMANDS.values()
    for parameter in command.params
    for option in (*parameter.opts, *parameter.secondary_opts)
} | {"--help", "--version"}


@cache
def _texts() -> list[tuple[str, str]]:
    """Return every text of the code that a person may read, docstrings too, and where it is."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node.value)
        for room in ("anonymize", "flows")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_options_that_texts_name_exist() -> None:
    """On some command at least."""
    strange = [
        (where, found)
        for where, text in _texts()
        for found in _OPTION.findall(text)
        if found not in OPTIONS
    ]
    assert [(where, found) for where, found in strange if found not in OTHERS] == []


def test_commands_that_texts_name_exist() -> None:
    """With the options that follow them."""
    wrong = []
    for where, text in _texts():
        for found in _COMMAND.finditer(text):
            rest = text[found.end() :].split("coatcheck")[0].split(";")[0]
            command = COMMANDS.get(found.group(1))
            known = (
                {option for parameter in command.params for option in parameter.opts}
                if command
                else set()
            )
            options = [
                option for option in _OPTION.findall(rest) if found.start() + 60 > text.find(option)
            ]
            if command is None and found.group(1) in NO_COMMANDS:
                continue
            if command is None or set(options) - known:
                wrong.append((where, found.group(0), options))
    assert wrong == []


@pytest.mark.parametrize("name", ["expire", "keys relock", "run", "forget"])
def test_acts_of_the_library_have_their_command(name: str) -> None:
    """What only Python could do was not done at night."""
    assert name in COMMANDS


_KEY = re.compile(
    r"\b(?:say |else )?(path|format|encoding|delimiter|header|null_values|types|skip_rows"
    r"|skip_footer|comment|decimal|thousands|widths|sheet|records|member|rename|auth|paging|most_bytes"
    r"|most_seconds): ?(?=\S)"
)
_READ_BY = ("anonymize/io/", "anonymize/pipeline/opening.py", "anonymize/detect/")
"""Where texts come from that a command says which reads a source itself."""


def _messages() -> Iterator[str]:
    """Yield the texts of errors about sources, the values in them as ``NAME``; no docstrings."""
    for path in sorted((ROOT / "anonymize").rglob("*.py")):
        if not str(path.relative_to(ROOT)).startswith(_READ_BY):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) in inside | docs:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    p.value if isinstance(p, ast.Constant) else "NAME" for p in node.values
                )  # type: ignore[misc]


def test_every_hint_about_a_source_has_its_option() -> None:
    """A key of the policy helps nobody who has none yet; each text that names one is turned into an
    option.
    """
    named = [text for text in _messages() if _KEY.search(text)]
    turned = [in_words_of_options(text) for text in named]
    assert len(named) >= 8
    assert [text for text in turned if _KEY.search(text)] == []
    found = {option for text in turned for option in _OPTION.findall(text)}
    known = {option for p in COMMANDS["inspect"].params for option in (*p.opts, *p.secondary_opts)}
    assert found <= known
    assert known - {o for p in COMMANDS["init"].params for o in (*p.opts, *p.secondary_opts)} == {
        "--expect",
        "--json",
    }


@pytest.mark.parametrize(
    ("name", "data", "hint", "option"),
    [
        ("a.csv", "a,b\nимя,2\n".encode("cp1251"), "encoding: NAME", "--encoding NAME"),
        ("a.txt", b"a,b\n1,2\n", "format: NAME", "--format NAME"),
        ("a.csv", b"a,b,a\n1,2,3\n", "rename: {3: NAME}", "--rename 3=NAME"),
        ("a.json", TWO_ARRAYS, "records: PATH", "--records PATH"),
        ("a.zip", TWO_FILES.getvalue(), "member: NAME", "--member NAME"),
        ("a.csv", b"555-123-4567,x\n1,y\n", "header: false", "--no-header"),
        ("a.jsonl", KEYED, "types: {by: string}", "--type by=string"),
    ],
)  # fmt: skip
def test_inspect_and_init_name_their_options_and_plan_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, hint: str, option: str
) -> None:
    """And what the hint says helps, in both."""
    monkeypatch.chdir(tmp_path)
    source, policy = tmp_path / name, tmp_path / "policy.yaml"
    source.write_bytes(data)
    policy.write_text(POLICY % f"{{path: {name}}}")
    run = CliRunner().invoke
    for command in (["inspect", name], ["init", name, "-o", "draft.yaml"]):
        error = run(app, [*command, "--ner", "off"]).exception
        assert isinstance(error, SourceError)
        assert option in str(error)
        assert hint not in str(error)
    error = run(app, ["plan", "policy.yaml"]).exception
    assert isinstance(error, SourceError)
    assert hint in str(error)
    assert "--" not in str(error)
    if "NAME" not in hint and "PATH" not in hint:
        assert run(app, ["inspect", name, "--ner", "off", *shlex.split(option)]).exit_code == 0
        policy.write_text(POLICY % f"{{path: {name}, {hint}}}")
        planned = run(app, ["plan", "policy.yaml"]).exception
        assert planned is None or isinstance(
            planned, PlanError
        )  # about the columns, no longer about the source


@pytest.mark.parametrize("command", [["inspect", "a.csv"], ["init", "a.csv", "-o", "draft.yaml"]])
@pytest.mark.parametrize(
    ("option", "value"),
    [("--countries", "xx"), ("--countries", "us,usa"), ("--languages", "xx"), ("--languages", "")],
)
def test_unknown_countries_and_languages_are_refused_as_in_a_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], option: str, value: str
) -> None:
    """Accepted, they looked for nothing and said nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    error = CliRunner().invoke(app, [*command, "--ner", "off", option, value]).exception
    assert isinstance(error, ArgumentError)
    assert str(error).startswith(f"{option}: ")
    assert not (tmp_path / "draft.yaml").exists()
    key = option.removeprefix("--")
    (tmp_path / "p.yaml").write_text(
        POLICY % "{path: a.csv}" + f"detect: {{ner: 'off', {key}: [{value}]}}\n"
    )
    refused = CliRunner().invoke(app, ["plan", "p.yaml"]).exception
    assert isinstance(refused, PolicyError | PlanError)
    assert f"detect.{key}" in str(refused)
